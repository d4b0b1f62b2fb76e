"""Places in spec source: what every diagnostic, action and conjunct points at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loc:
    """A span of source text. Lines count from 1, columns from 0 (as in `ast`)."""

    file: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Loc("<generated>", 0)
