"""The transition relation of a system as one formula over two states, and copies of it along a run.

`take` has one truth value an action: exactly one is true in a step. A scalar that no action taken may write keeps its
value. Copies are made by substitution, so the model is translated once whatever the length of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import z3

from checker.ir.nodes import Invariant, Model, Sometimes, StepProperty
from checker.symbolic.system import System
from checker.symbolic.terms import Term, both, conjunction, disjunction, implies, known, negate
from checker.symbolic.values import scalars

STEPS = "steps"  # the name under which it is reported that no step fails


@dataclass(frozen=True, slots=True)
class Target:
    """What must never be: `bad` is over the state and the inputs of the steps from it.

    It may be about the state alone (an invariant that does not hold), or about a step that can be taken from it (one
    that fails, or breaks a step property).
    """

    name: str
    kind: str  # invariant, action property, sometimes, steps
    bad: Term

    @property
    def in_step(self) -> bool:
        """Whether it is about a step from the state."""
        return self.kind in ("action property", STEPS)


def targets(system: System, names: tuple[str, ...] = ()) -> list[Target]:
    """Return what the safety properties called `names` forbid; without names of all, and that a step fails."""
    found = []
    for prop in system.model.properties:
        if names and prop.name not in names:
            continue
        if isinstance(prop, Invariant):
            found.append(Target(prop.name, "invariant", negate(system.holds(prop.expr))))
        elif isinstance(prop, StepProperty):
            broken = (both(step.fires, negate(system.kept(step, prop))) for step in system.steps)
            found.append(Target(prop.name, "action property", disjunction(broken)))
    if not names or STEPS in names:
        found.append(Target(STEPS, STEPS, disjunction(step.fails for step in system.steps)))
    return found


def witnesses(system: System) -> list[Target]:
    """Return what the `sometimes` properties ask to be reached."""
    wanted = (prop for prop in system.model.properties if isinstance(prop, Sometimes))
    return [Target(prop.name, "sometimes", system.holds(prop.expr)) for prop in wanted]


def safety(model: Model) -> tuple[str, ...]:
    """Return the names of the safety properties."""
    return tuple(prop.name for prop in model.properties if isinstance(prop, (Invariant, StepProperty)))


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """The steps of a system as one formula over `now`, `inputs`, `take` and `then`."""

    system: System
    now: tuple[Any, ...]
    then: tuple[Any, ...]
    inputs: tuple[Any, ...]
    take: tuple[Any, ...]
    formula: Any

    def at(self, term: Term, time: int) -> Any:
        """Return `term`, over any of its unknowns, of the step from state number `time` of a run."""
        here = ((v, self.copy(v, time)) for v in (*self.now, *self.inputs, *self.take))
        there = ((v, self.copy(w, time + 1)) for v, w in zip(self.then, self.now, strict=True))
        return z3.substitute(self.system.terms.lift(term), *here, *there)

    def copy(self, unknown: Any, time: int) -> Any:
        """Return an unknown as it is in state number `time` of a run."""
        return z3.Const(f"{unknown.decl().name()} @{time}", unknown.sort())


def relation(system: System) -> Relation:
    """Return the steps of `system` as one formula."""
    lift = system.terms.lift
    now = tuple(system.unknowns())
    then = tuple(z3.Const(f"{v.decl().name()}'", v.sort()) for v in now)
    place = {v.get_id(): number for number, v in enumerate(now)}
    take = tuple(z3.Bool(f"take {step.action.name}") for step in system.steps)
    writers: dict[int, list[Any]] = {}
    parts = [disjunction(take), *([z3.AtMost(*take, 1)] if len(take) > 1 else [])]
    for step, taken in zip(system.steps, take, strict=True):
        parts.append(implies(taken, step.fires))
        for leaf, term in system.after(step).items():
            number = place[system.leaves[leaf].get_id()]
            writers.setdefault(number, []).append(taken)
            parts.append(implies(taken, then[number] == lift(term)))
    for number, unknown in enumerate(now):
        parts.append(disjunction((then[number] == unknown, *writers.get(number, ()))))
    given = (term for step in system.steps for item in step.inputs for term in scalars(item.value))
    return Relation(system, now, then, tuple(term for term in given if not known(term)), take, lift(conjunction(parts)))
