"""What a proof proves, by the names of the properties it decides."""

from __future__ import annotations

from checker.ir.nodes import Invariant, Model, Progress, StepProperty
from checker.symbolic.proof import Proof

DEADLOCK, ORPHAN = "deadlock", "orphan"


def claims(model: Model, proof: Proof) -> tuple[str, ...]:
    """Return the properties that `proof` proves.

    No actor is ever blocked: no orphan, and no deadlock (i) of DESIGN 2. With progress of all of whom it is demanded,
    no deadlock (ii) either: its members, or those who wait for it, would be stuck.
    """
    safe = [p.name for p in model.properties if isinstance(p, (Invariant, StepProperty)) and p.name in proof.properties]
    never = {level: frozenset[str]() for level in ("obliged", "may")}
    for strategy in proof.strategies:
        never[strategy.level] |= frozenset(strategy.actors)
    demanded = [p for p in model.properties if isinstance(p, Progress)]
    progress = [p.name for p in demanded if p.to is None and p.actor in never["obliged"]]
    found = [*safe, *progress]
    if never["may"].issuperset(actor.name for actor in model.actors):
        found.append(ORPHAN)
        if all(p.actor in never["obliged"] for p in demanded):
            found.append(DEADLOCK)
    return tuple(found)
