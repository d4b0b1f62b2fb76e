"""What a proof proves, by the names of the properties it decides."""

from __future__ import annotations

from checker.engine.select import DEADLOCK, ORPHAN, select
from checker.ir.nodes import Model
from checker.symbolic.proof import Proof
from checker.symbolic.relation import STEPS, safety


def claims(model: Model, proof: Proof) -> tuple[str, ...]:
    """Return the properties that `proof` proves, `steps` among them: that no step fails.

    No actor is ever blocked: no orphan, and no deadlock (i) of DESIGN 2. With progress of all of whom it is demanded,
    no deadlock (ii) either: its members, or those who wait for it, would be stuck.
    """
    chosen = select(model, ())
    never = {level: frozenset[str]() for level in ("obliged", "may")}
    for strategy in proof.strategies:
        never[strategy.level] |= frozenset(strategy.actors)
    found = [name for name in safety(model) if name in proof.properties]
    found += [p.name for p in chosen.progress if p.to is None and p.actor in never["obliged"]]
    if never["may"].issuperset(actor.name for actor in model.actors):
        found.append(ORPHAN)
        if never["obliged"] >= chosen.demanded:
            found.append(DEADLOCK)
    return (*found, STEPS) if proof.safe else tuple(found)
