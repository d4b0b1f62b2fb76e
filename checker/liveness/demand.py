"""What a liveness property demands: from which states on something is pending, and what ends the wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from checker.ir.nodes import TRUE, AlwaysEventually, Eventually, Expr, LeadsTo, Liveness
from checker.report import Kind


@dataclass(frozen=True, slots=True)
class Demand:
    """Whenever `trigger` holds, `goal` holds then or later; with `initially` only of the initial states."""

    kind: Kind
    trigger: Expr
    goal: Expr
    initially: bool = False


def demand(prop: Liveness) -> Demand:
    """Return what `prop` demands."""
    match prop:
        case LeadsTo(_, left, right):
            return Demand(Kind.LEADS_TO, left, right)
        case Eventually(_, expr):
            return Demand(Kind.EVENTUALLY, TRUE, expr, initially=True)
        case AlwaysEventually(_, expr):
            return Demand(Kind.ALWAYS_EVENTUALLY, TRUE, expr)
        case _:
            assert_never(prop)
