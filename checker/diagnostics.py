"""What is said of a user's mistake: values with a code, a place, a reason and a way out."""

from __future__ import annotations

from dataclasses import dataclass

from checker.loc import Loc


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake in a spec. `code` is a key of `checker.catalogue.CATALOGUE`; `fix` says what to write instead."""

    code: str
    message: str
    loc: Loc
    fix: str = ""


class SpecError(Exception):
    """The spec is wrong (exit 150). Carries every diagnostic found, in source order."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("\n".join(f"{d.loc}: {d.code} {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics


class UsageError(Exception):
    """The command or the call is wrong (exit 2): an unknown spec, parameter or value."""


class InternalError(Exception):
    """Our bug (exit 255): two engines disagree, a replay diverges, the IR is malformed."""
