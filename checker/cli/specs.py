"""The catalogue of specs and the parameters of one, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from checker.info import ExpectedRow, SpecInfo
from checker.render.style import Style, table, thousands


def render_catalogue(specs: Mapping[str, SpecInfo], style: Style) -> str:
    """Return one line a spec: its name in the catalogue and the first line of its docstring."""
    rows = [(style.bold(name), summary(spec.doc)) for name, spec in specs.items()]
    hint = style.dim("check list SPEC shows parameters, check SPEC checks it")
    return "\n".join([*table(rows, indent=""), "", hint])


def summary(doc: str) -> str:
    """Return the first line of a docstring without its full stop."""
    return (doc.strip().splitlines() or [""])[0].rstrip(".")


def render_info(spec: SpecInfo, style: Style) -> str:
    """Return a spec's docstring, parameters and expected verdicts."""
    marks = {True: "  unbounded in `check prove`", False: ""}
    parameters = [(style.bold(p.name), p.default, style.dim(p.domain + marks[p.unbounded])) for p in spec.parameters]
    expected = [expected_cells(row) for row in spec.expected]
    blocks = [
        [style.bold(spec.name), style.dim(str(spec.path))],
        textwrap.dedent(spec.doc).strip().splitlines(),
        [style.bold("parameters") + style.dim("  (default, all values)"), *table(parameters)] if parameters else [],
        [style.bold("expected"), *table(expected, right=frozenset({2, 3, 4}))] if expected else [],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def expected_cells(row: ExpectedRow) -> tuple[str, ...]:
    counts = (row.states, row.transitions, row.depth)
    never = f"violated: {', '.join(row.violated)}" if row.violated else ""
    return (row.verdict, settings_text(row), *("-" if count is None else thousands(count) for count in counts), never)


def settings_text(row: ExpectedRow) -> str:
    return " ".join(f"{name}={value}" for name, value in row.settings) or "(defaults)"
