"""The repository as data: its files, modules, imports and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("model", "specs", "checker", "docs", "tests", "bench")
SKIPPED = {"__pycache__", "corpus", "golden"}


@dataclass(frozen=True)
class Source:
    """One Python file. `name` is its dotted module name."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def shown(self) -> str:
        return str(self.path.relative_to(ROOT))


@dataclass(frozen=True)
class Import:
    """One import of `target`; `deep` when it is inside a function."""

    source: Source
    target: str
    line: int
    deep: bool


def files() -> Iterator[Path]:
    """Yield every file of the project that a person writes or reads."""
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != ".git")
    for folder in (".ci", *PACKAGES):
        yield from (p for p in sorted((ROOT / folder).rglob("*")) if p.is_file() and "__pycache__" not in p.parts)


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    """Return the Python files of these packages (default: all), except specs with deliberate mistakes."""
    found = []
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not SKIPPED.intersection(parts):
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                text = path.read_text(encoding="utf-8")
                found.append(Source(path, name, text, ast.parse(text, filename=str(path))))
    return tuple(found)


@cache
def imports() -> tuple[Import, ...]:
    """Return what our files import, as full module names where the module is one of ours."""
    known = {source.name for source in sources()}
    return tuple(
        Import(source, target, node.lineno, deep)
        for source in sources()
        for node, deep in _statements(source.tree, False)
        for target in _targets(node, known)
    )


def _statements(node: ast.AST, deep: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield the imports in a node, and whether each is inside a function."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node, deep
    deep = deep or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _statements(child, deep)


def _targets(node: ast.Import | ast.ImportFrom, known: set[str]) -> Iterable[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.module is None or node.level:
        return []
    return {f"{node.module}.{alias.name}" for alias in node.names} & known or {node.module}
