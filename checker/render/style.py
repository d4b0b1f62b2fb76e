"""Colour, alignment and wrapping: the little typography that a terminal report needs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import click

RED, GREEN, YELLOW, BLUE = "red", "green", "yellow", "cyan"


@dataclass(frozen=True, slots=True)
class Style:
    """How wide a line may be, and whether colour is wanted (never in a pipe, never with NO_COLOR)."""

    width: int = 100
    color: bool = False

    def paint(self, text: str, color: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
        return click.style(text, fg=color, bold=bold or None, dim=dim or None) if self.color and text else text

    def dim(self, text: str) -> str:
        return self.paint(text, dim=True)

    def bold(self, text: str) -> str:
        return self.paint(text, bold=True)

    def rule(self, title: str) -> str:
        return self.bold(title)

    def wrap(self, text: str, *, first: str = "", rest: str = "") -> list[str]:
        """Break `text` into lines of at most `width`; words longer than that stay whole."""
        return textwrap.wrap(
            text,
            max(self.width, len(rest) + 24),
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first.rstrip()]

    def flow(self, items: Sequence[str], *, indent: str) -> list[str]:
        """Put items beside each other, three spaces apart, each whole on a line where it fits."""
        rows: list[str] = []
        for item in items:
            if rows and len(rows[-1]) + 3 + len(item) <= self.width:
                rows[-1] += f"   {item}"
            else:
                rows += self.wrap(item, first=indent, rest=f"{indent}    ")
        return rows

    def spread(self, left: str, right: str) -> str:
        """Put `right` at the right margin of the line, or two spaces after `left` if there is no room."""
        gap = max(2, self.width - len(click.unstyle(left)) - len(right))
        return f"{left}{' ' * gap}{self.dim(right)}" if right else left


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ", right: frozenset[int] = frozenset()) -> list[str]:
    """Align cells in columns two spaces apart; columns in `right` are aligned to the right."""
    if not rows:
        return []
    widths = [max(len(click.unstyle(row[i])) for row in rows) for i in range(len(rows[0]))]

    def pad(cell: str, column: int) -> str:
        space = " " * (widths[column] - len(click.unstyle(cell)))
        return space + cell if column in right else cell + space

    return [(indent + "  ".join(pad(cell, column) for column, cell in enumerate(row))).rstrip() for row in rows]


def plural(count: int, noun: str) -> str:
    """Say `1 step`, `2 steps`, `12 345 states`."""
    return f"{thousands(count)} {noun}{'' if count == 1 else 's'}"


def thousands(count: int) -> str:
    return f"{count:,}".replace(",", " ") if count >= 10_000 else str(count)


def megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB" if size < 10 * 2**20 else f"{thousands(round(size / 2**20))} MiB"


def duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 100 else f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def rate(count: int, seconds: float) -> str:
    return f"{thousands(round(count / seconds))} states/s" if seconds > 0 else "- states/s"
