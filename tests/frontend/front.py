"""The front end as tests call it: a source text compiled, within a time limit, its mistakes as values."""

from __future__ import annotations

import signal
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from checker.diagnostics import Diagnostic, SpecError, UsageError
from checker.frontend import load
from checker.ir.nodes import Action, Model
from checker.ir.text import print_model

WORDS = (
    "Actor, Block, Bool, Enum, Expect, Function, Int, Key, Map, Option, Own, Record, Seq, Set, Spec, Type, action, "
    "actor, always_eventually, any_of, any_value, at, awaitable, both, choose, count, drop, eventually, excludes, "
    "fault, first, invariant, leads_to, may, me, "
    "move, obliged, own, owned, param, participant, progress, require, rest, sometimes, step, task, transition, until, "
    "wait"
)
HEADER = f"from model import ({WORDS})\n"
HEADER_LINES = 1


class Late(Exception):
    """The time limit is over."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Late if the block takes longer."""

    def late(signal_number: int, frame: FrameType | None) -> None:
        raise Late(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def written(folder: Path, text: str, *, name: str = "spec.py") -> Path:
    """Write a spec that may use every word of the language; its own first line is the file's second."""
    path = folder / name
    path.write_text(HEADER + textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return path


def compiled(folder: Path, text: str, **settings: str) -> Model:
    return load(str(written(folder, text)), settings)


def mistakes(path: Path, *, seconds: float = 20.0) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a spec file: nothing if it compiles, or if only the call is wrong."""
    try:
        with within(seconds):
            load(str(path), {})
    except SpecError as error:
        return error.diagnostics
    except UsageError:
        pass
    return ()


def actions(model: Model) -> str:
    """Return the actions of a model as text."""
    text = print_model(model)
    return text[text.index("action ") :].strip() + "\n" if "action " in text else ""


def action(model: Model, name: str) -> Action:
    return next(item for item in model.actions if item.name == name)
