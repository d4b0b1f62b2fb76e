"""What is said of a user's mistake: values with a code, a place, a reason and a way out."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
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


def suggest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean …` for a name close to a known one, else nothing."""
    close = nearest(name, known)
    return f"; did you mean `{close}`?" if close else ""


def choices(name: str, known: Iterable[str]) -> str:
    """Return what a wrong name may be meant to be, and all that there are."""
    names = list(known)
    there = ", ".join(names) or "none"
    close = nearest(name, names)
    return f"; did you mean `{close}`? There are: {there}" if close else f"; there are: {there}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` is probably meant to be, or None."""
    difflib = importlib.import_module("difflib")  # loaded when something is wrong
    close: list[str] = difflib.get_close_matches(name, list(known), n=1)
    return close[0] if close else None
