"""Size budgets: functions 80 lines, modules 600. What is over is listed with its size, which may only shrink."""

from __future__ import annotations

import ast

from tests.repo.tree import sources

FUNCTION_LINES = 80
MODULE_LINES = 600
GRANTED: dict[str, int] = {}  # `checker/x.py` or `checker/x.py:function` -> lines it has today


def sizes() -> dict[str, tuple[int, int]]:
    """Return every module and function with its lines and its budget."""
    found = {}
    for source in sources():
        found[source.shown] = (len(source.text.splitlines()), MODULE_LINES)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found[f"{source.shown}:{node.name}"] = (lines, FUNCTION_LINES)
    return found


def test_functions_and_modules_keep_to_their_budgets() -> None:
    over = {name: lines for name, (lines, budget) in sizes().items() if lines > max(budget, GRANTED.get(name, 0))}
    assert not over, "split: " + ", ".join(f"{name} has {lines} lines" for name, lines in over.items())


def test_grants_only_shrink() -> None:
    found = sizes()
    stale = {
        name: lines
        for name, lines in GRANTED.items()
        if name not in found or found[name][0] < lines or found[name][0] <= found[name][1]
    }
    assert not stale, f"lower or remove these grants: {stale}"
