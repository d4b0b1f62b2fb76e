"""A user's mistakes as text: place, what is wrong, the line with a caret, what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checker.diagnostics import Diagnostic
from checker.loc import Loc
from checker.render.style import BLUE, RED, Style, plural


def render_diagnostics(diagnostics: Sequence[Diagnostic], style: Style) -> str:
    """Return every diagnostic in source order, then how many there are."""
    blocks = [render_diagnostic(diagnostic, style) for diagnostic in diagnostics]
    total = plural(len(diagnostics), "mistake")
    last = style.paint(f"✗ the spec is wrong: {total} (exit 150)", RED, bold=True)
    return "\n\n".join([*blocks, last])


def render_diagnostic(diagnostic: Diagnostic, style: Style) -> str:
    """Return `file:line:column: CODE message`, the source line with a caret under the place, and the fix."""
    loc = diagnostic.loc
    place = f"{loc}:{loc.column + 1}" if loc.line else loc.file
    lines = [f"{style.bold(place)}: {style.paint(diagnostic.code, RED, bold=True)} {diagnostic.message}"]
    lines += excerpt(loc, style)
    if diagnostic.fix:
        lines += [style.paint(line, BLUE) for line in style.wrap(diagnostic.fix, first="  fix: ", rest=" " * 7)]
    return "\n".join(lines)


def excerpt(loc: Loc, style: Style) -> list[str]:
    """Return the source line of `loc` and carets under its span; nothing if the source is not there."""
    line = _source_line(loc)
    if line is None:
        return []
    number = f"{loc.line:5} | "
    shown = line.expandtabs(1)
    # Columns of `ast` count UTF-8 bytes; a caret stands under characters.
    start = len(line.encode()[: loc.column].decode(errors="ignore"))
    same_line = loc.end_line == loc.line and loc.end_column > loc.column
    end = len(line.encode()[: loc.end_column].decode(errors="ignore")) if same_line else len(shown.rstrip())
    carets = "^" * max(1, end - start)
    return [
        style.dim(number) + shown,
        " " * (len(number) - 2) + style.dim("| ") + " " * start + style.paint(carets, RED),
    ]


def _source_line(loc: Loc) -> str | None:
    if loc.line < 1:
        return None
    try:
        lines = Path(loc.file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None  # a file that cannot be read has a diagnostic of its own
    return lines[loc.line - 1] if loc.line <= len(lines) else None
