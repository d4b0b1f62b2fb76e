"""What a liveness property demands: from which states on something is pending, and what ends the wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from checker.ir.nodes import TRUE, AlwaysEventually, Eventually, Expr, LeadsTo, Liveness
from checker.report import Kind


@dataclass(frozen=True, slots=True)
class Demand:
    """Whenever `trigger` holds, `goal` holds then or later; with `initially` only of the initial states.

    `texts` are the sources of both, or "". `never` and `idle` say what is vacuous about it where the trigger never
    holds, or never without the goal.
    """

    kind: Kind
    trigger: Expr
    goal: Expr
    initially: bool = False
    texts: tuple[str, str] = ("", "")
    never: str = ""
    idle: str = ""


def demand(prop: Liveness) -> Demand:
    """Return what `prop` demands."""
    match prop:
        case LeadsTo(_, left, right):
            never, idle = "its left side never holds", "wherever its left side holds, its right side does"
            return Demand(Kind.LEADS_TO, left, right, texts=prop.texts, never=never, idle=idle)
        case Eventually(_, expr):
            texts = "", prop.text
            return Demand(Kind.EVENTUALLY, TRUE, expr, initially=True, texts=texts, idle="it holds from the start")
        case AlwaysEventually(_, expr):
            texts, idle = ("", prop.text), "it holds in every state: an invariant says more"
            return Demand(Kind.ALWAYS_EVENTUALLY, TRUE, expr, texts=texts, idle=idle)
        case _:
            assert_never(prop)
