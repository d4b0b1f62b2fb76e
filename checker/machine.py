"""What an engine offers: initial states and successors. The interpreter and the generated text both do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from checker.ir.domains import Value
from checker.ir.nodes import Expr, Fault, Model, State
from checker.loc import Loc


class Label(NamedTuple):
    """Which action was taken, and the position chosen at each `Choose` met on the way (domain order)."""

    action: int  # index into Model.actions
    choices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that cannot be completed: a safety violation."""

    fault: Fault
    message: str
    loc: Loc

    @property
    def place(self) -> tuple[Fault, Loc]:
        """What fails where: failures that differ from it in the value only are the same to a user."""
        return self.fault, self.loc


class Machine(Protocol):
    model: Model

    def initial(self) -> list[State]:
        """Return the initial states, in the order of the variables' declared values."""

    def successors(self, state: State) -> list[tuple[Label, State | Failure]]:
        """Return every step from `state`, ordered by label."""

    def evaluate(self, expr: Expr, state: State, old: State | None = None) -> Value:
        """Evaluate `expr`; raise `Undefined` where it has no value (None unwrapped, index outside)."""


class Undefined(Exception):
    """An expression has no value in this state; `message` says why."""

    def __init__(self, message: str, loc: Loc | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.loc = loc
