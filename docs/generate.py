"""Writes the generated pages: `./dev docs`. They cannot disagree with the code; a test checks that they are current."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.table import page
from checker.api import check_model
from checker.catalogue import CATALOGUE
from checker.frontend import load
from checker.info import catalogue
from checker.ir.ops import Op
from checker.render.style import Style
from checker.render.text import render_report
from model import Spec

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    return {
        ROOT / "docs/errors.md": errors(),
        ROOT / "docs/operators.md": operators(),
        ROOT / "specs/README.md": specs(),
        ROOT / "README.md": readme(),
        ROOT / "docs/performance.md": page(),
    }


def errors() -> str:
    lines = [
        *_heading("Diagnostics", "checker/catalogue.py"),
        "What can be wrong with a spec (exit 150). Codes are stable: they are never reused for something else.",
    ]
    for code, (title, explanation) in CATALOGUE.items():
        lines += ["", f"## {code}", "", f"**{title}.** {explanation}"]
    return _text(lines)


def operators() -> str:
    rows = [(f"`{op.symbol}`", "any" if op.arity < 0 else str(op.arity), op.meaning) for op in Op]
    return _text(
        [
            *_heading("Operators of the IR", "checker/ir/ops.py"),
            *_table(("operator", "arguments", "meaning"), rows),
        ]
    )


def specs() -> str:
    lines = [
        *_heading("The catalogue", "the specs' docstrings and `EXPECTED`"),
        "Every row is reproduced by `check NAME --set …`, all rows of a spec by `check expected NAME`.",
    ]
    for name, path in catalogue().items():
        for found in _spec_classes(path):
            summary = (inspect.getdoc(inspect.getmodule(found)) or "").partition("\n")[0]
            link = path.relative_to(ROOT / "specs")
            lines += ["", f"## [{name}]({link})", "", summary, ""]
            lines += _table(("settings", "verdict", "states", "transitions", "depth"), _rows(found))
    return _text(lines)


def readme() -> str:
    """Return the README with the report it begins with, as the command prints it."""
    settings = {"handle": "strong", "scenario": "stop"}
    report = check_model(load("page_service", settings), spec="page_service", settings=tuple(settings.items()))
    shown = render_report(report, Style(width=120))
    body = shown[shown.index("✗ deadlock") : shown.index("  replay:")].rstrip()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, rest = text.split("<!-- report -->", 1)
    after = rest.split("<!-- /report -->", 1)[1]
    return f"{before}<!-- report -->\n```\n{body}\n```\n<!-- /report -->{after}"


def _spec_classes(path: Path) -> list[type[Spec]]:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    members = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Spec)]
    return [found for found in members if found.__module__ == module.__name__]


def _rows(spec: type[Spec]) -> Iterator[tuple[str, ...]]:
    for row in spec.EXPECTED:
        settings = " ".join(f"`{name}={value}`" for name, value in row.settings.items()) or "the defaults"
        counts = (row.states, row.transitions, row.depth)
        yield (settings, row.verdict, *("" if count is None else f"{count:,}" for count in counts))


def _heading(title: str, source: str) -> list[str]:
    return [f"# {title}", "", f"<!-- generated from {source} by `./dev docs`: change it there -->", ""]


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [header, tuple("---" for _ in header), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
