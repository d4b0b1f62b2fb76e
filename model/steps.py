"""What a step may do beside assigning: guard itself, choose, move values, range over what is owned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from model.placeholder import NotExecutable


def require(condition: object) -> None:
    """Make `condition` a part of the action's guard. At the top of an action, before any write."""
    raise NotExecutable("require()")


def choose(options: object) -> Any:
    """Pick any value of a type, Set or tuple: one successor each. Choosing from nothing is a range violation.

    Not in a guard: there, give the action a parameter.
    """
    raise NotExecutable("choose()")


def move(slot: object) -> Any:
    """Take the value out of an Own slot, or a move-only value out of its place, leaving it empty.

    Moving from an empty slot is an ownership violation.
    """
    raise NotExecutable("move()")


def own(value: object) -> Any:
    """Make `value` one that cannot be copied: what an acquire returns (`return own(self.Guard(…))`).

    Needed only where nothing says so; a value put into a field declared `Own(T)` is owned there anyhow.
    """
    raise NotExecutable("own()")


def drop(slot: object) -> None:
    """Empty an Own slot: the value is gone, and who waits for its release sees so."""
    raise NotExecutable("drop()")


def owned(item: object) -> Iterable[Any]:
    """Range over every full slot of type `Own(item)` anywhere in the model: fields, locals, carried values.

    `all(g.gate != self.key for g in owned(self.Guard))` waits until no such guard is left.
    """
    raise NotExecutable("owned()")


def count(conditions: Iterable[object]) -> int:
    """How many of the conditions hold: `count(self.done[w] for w in self.Worker) >= 2`."""
    raise NotExecutable("count()")
