"""Many conditions judged at once: which of them hold in a state, or of a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from checker.backends.text.machine import TextMachine
from checker.ir.nodes import Expr, State
from checker.machine import Machine, Undefined

Mask: TypeAlias = Callable[[State, State | None], int]


def mask_of(machine: Machine, exprs: Sequence[Expr]) -> Mask:
    """Return a function of a state and the one before it: bit i is set where `exprs[i]` holds.

    A condition that has no value does not hold.
    """

    def one_by_one(state: State, old: State | None) -> int:
        return sum(1 << place for place, expr in enumerate(exprs) if holds(machine, expr, state, old))

    return machine.mask(exprs, otherwise=one_by_one) if isinstance(machine, TextMachine) else one_by_one


def holds(machine: Machine, expr: Expr, state: State, old: State | None = None) -> bool:
    """Tell whether `expr` holds; what has no value does not."""
    return why_not(machine, expr, state, old) is None


def why_not(machine: Machine, expr: Expr, state: State, old: State | None = None) -> str | None:
    """Return None if `expr` holds, "" if it is false, and why it has no value if it has none."""
    try:
        return None if machine.evaluate(expr, state, old) else ""
    except Undefined as undefined:
        return undefined.message
