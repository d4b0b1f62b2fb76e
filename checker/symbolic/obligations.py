"""What has to be shown for a proof to be one: its obligations, each a formula that must have no model.

`docs/proofs.md` has the argument. In short, for an invariant I, a level X of actions (obliged, or obliged and may),
an actor and a ranking, numbers from 0 on that are compared one after the other:

- I holds at first, every step keeps it, no step from it fails;
- *helps*: where I holds and the actor is neither finished nor resting and has no action enabled, there is an enabled
  action of X whose every outcome is lower in the ranking, or moves the actor, or enables an action of it;
- *still*: no such step makes the actor finished or resting without having moved it or enabled an action of it.

Then the actor is never stuck (X: obliged) or never blocked (X: obliged and may).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import z3

from checker.ir.nodes import Actor, Invariant, StepProperty
from checker.symbolic.deadline import Deadline
from checker.symbolic.proof import LEVELS, Proof, Strategy
from checker.symbolic.script import Obligation, Script, symbols
from checker.symbolic.steps import Step
from checker.symbolic.system import System
from checker.symbolic.terms import Term, known
from checker.symbolic.values import scalars


@dataclass(frozen=True, slots=True)
class Taken:
    """One action in a script: when it fires, and the scalars after it."""

    step: Step
    fires: Any
    new: list[tuple[Any, Any]]  # scalar before, scalar after

    def after(self, expression: Any) -> Any:
        """Return an expression over the state as one over the state after the step."""
        return z3.substitute(expression, *self.new) if self.new else expression

    def changes(self, names: Collection[str]) -> bool:
        """Tell whether the step may change one of these scalars."""
        return any(before.decl().name() in names for before, _ in self.new)


class Obligations:
    """Writes the script of a proof."""

    def __init__(self, system: System, proof: Proof) -> None:
        self.system = system
        self.lift = system.terms.lift
        self.proof = proof
        unknowns = (*system.leaves.values(), *(t for s in system.steps for i in s.inputs for t in scalars(i.value)))
        self.script = Script(frozenset(term.decl().name() for term in unknowns if not known(term)))
        self.typed = self.script.define(
            "the types", self.lift(self.system.typed), "each scalar has a value of its type"
        )
        self.lemmas = [system.parse(lemma.smt) for lemma in proof.invariant]
        named = [
            self.script.define(f"lemma {number}", term, lemma.says)
            for number, (lemma, term) in enumerate(zip(proof.invariant, self.lemmas, strict=True), start=1)
        ]
        self.invariant = self.script.define("the invariant", z3.And([self.typed, *named]))
        self.ranks = [
            self.script.define(f"rank {number}", system.parse(rank.smt, number=True), rank.says)
            for number, rank in enumerate(proof.ranks, start=1)
        ]
        self.taken = [self._take(step) for step in self.system.steps]
        self._lower: dict[str, Any] = {}
        self._enabled: dict[str, Any] = {}
        self._excused: dict[str, Any] = {}

    def _take(self, step: Step) -> Taken:
        name = step.action.name
        changes = self.system.after(step)
        new = []
        for leaf, term in changes.items():
            before = self.system.leaves[leaf]
            new.append((before, self.script.define(f"{name}: {before.decl().name()}", self.lift(term))))
        return Taken(step, self.script.define(f"{name} fires", self.lift(step.fires)), new)

    def write(self, *, own: bool = True) -> Script:
        """Return the script with all obligations; without `own` those of being an invariant are left out."""
        if own:
            self.inductive()
        if self.proof.safe or self.proof.strategies:
            self.safe()
        self.properties()
        if self.ranks:
            low = z3.Or([rank < 0 for rank in self.ranks])
            says = "every component of the ranking is at least 0"
            self.oblige("bounded", says, [self.invariant, low], about=("bounded",))
        for strategy in self.proof.strategies:
            self.strategy(strategy)
        return self.script

    # --- the invariant ---------------------------------------------------------------------------

    def inductive(self) -> None:
        initial = self.lift(self.system.initial)
        self.oblige(
            "initial",
            "the invariant holds in every initial state",
            [self.typed, initial, z3.Not(self.invariant)],
            about=("initial",),
        )
        reads = [symbols(lemma).keys() for lemma in self.lemmas]
        for taken in self.taken:
            name = taken.step.action.name
            touched = [lemma for lemma, read in zip(self.lemmas, reads, strict=True) if taken.changes(read)]
            kept = [taken.after(part) for part in (*touched, self.lift(self.system.typed))]
            parts = [self.invariant, taken.fires, z3.Not(z3.And(kept))]
            self.oblige(f"keeps {name}", "the step keeps the invariant", parts, about=("keeps",))

    def safe(self) -> None:
        for step in self.system.steps:
            fails = self.lift(step.fails)
            self.oblige(f"safe {step.action.name}", "the step never fails", [self.invariant, fails], about=("safe",))

    def properties(self) -> None:
        for prop in self.system.model.properties:
            match prop:
                case Invariant(name, expr) if name in self.proof.properties:
                    broken = z3.Not(self.lift(self.system.holds(expr)))
                    parts = [self.invariant, broken]
                    self.oblige(f"property {name}", "it follows from the invariant", parts, about=("property", name))
                case StepProperty(name) if name in self.proof.properties:
                    for taken in self.taken:
                        broken = z3.Not(self.lift(self.system.kept(taken.step, prop)))
                        parts = [self.invariant, taken.fires, broken]
                        says, about = "every such step has it", ("property", name)
                        self.oblige(f"property {name}, {taken.step.action.name}", says, parts, about=about)

    # --- strategies ------------------------------------------------------------------------------

    def strategy(self, strategy: Strategy) -> None:
        """Write what a strategy has to show of each of its actors."""
        steps = [taken for taken in self.taken if taken.step.action.duty in LEVELS[strategy.level]]
        lower = [self.lower(strategy, taken) for taken in steps]
        for actor in self.system.model.actors:
            if actor.name in strategy.actors:
                waits = [self.invariant, z3.Not(self.excused(actor)), z3.Not(self.enabled(actor))]
                self.helps(strategy.level, actor, waits, list(zip(steps, lower, strict=True)))
                self.still(strategy.level, actor, waits, list(zip(steps, lower, strict=True)))

    def lower(self, strategy: Strategy, taken: Taken) -> Any:
        """Return whether a step leads to what is lower in the ranking."""
        name = f"{taken.step.action.name} lowers {' '.join(str(place + 1) for place in strategy.ranking)}"
        if name not in self._lower:
            found = z3.BoolVal(False)
            for place in reversed(strategy.ranking):
                before, meaning = self.script.definitions[f"rank {place + 1}"]
                after = taken.after(meaning)
                found = z3.Or(after < before, z3.And(after == before, found))
            self._lower[name] = self.script.define(name, found)
        return self._lower[name]

    def helps(self, level: str, actor: Actor, waits: list[Any], steps: list[tuple[Taken, Any]]) -> None:
        useless = []
        for taken, lower in steps:
            step = taken.step
            good = z3.BoolVal(True) if moves(step, actor) else z3.Or(lower, taken.after(self.enabled(actor)))
            useless += [self.lift(step.legal), z3.Not(z3.And(self.lift(step.enabled), good))]
        says = f"where {actor.name} waits, some step is nearer to its moving on"
        self.oblige(f"{level} helps {actor.name}", says, [*waits, *useless], about=(level, actor.name))

    def still(self, level: str, actor: Actor, waits: list[Any], steps: list[tuple[Taken, Any]]) -> None:
        excused, enabled = self.excused(actor), self.enabled(actor)
        read = symbols(excused)
        for taken, lower in steps:
            if not moves(taken.step, actor) and taken.changes(read):
                unseen = [taken.fires, lower, taken.after(excused), z3.Not(taken.after(enabled))]
                says = f"the step does not make {actor.name} finished or resting unseen"
                name = f"{level} still {actor.name}, {taken.step.action.name}"
                self.oblige(name, says, [*waits, *unseen], about=(level, actor.name))

    def excused(self, actor: Actor) -> Any:
        """Return whether an actor is finished or resting."""
        if actor.name not in self._excused:
            parts = (self.system.holds(actor.finished), self.system.holds(actor.resting))
            self._excused[actor.name] = z3.Or([self.lift(part) for part in parts])
        return self._excused[actor.name]

    def enabled(self, actor: Actor) -> Any:
        """Return whether an action of an actor is enabled, of whatever duty."""
        if actor.name not in self._enabled:
            own = [step.enabled for step in self.system.steps if step.action.owner == actor.name]
            self._enabled[actor.name] = z3.Or([self.lift(term) for term in own])
        return self._enabled[actor.name]

    def oblige(self, name: str, says: str, assertions: Iterable[Term], *, about: tuple[str, ...]) -> None:
        parts = [self.lift(part) if known(part) else part for part in assertions]
        if not any(z3.is_false(part) for part in parts):
            self.script.oblige(name, says, parts, about=about)


def refused(system: System, proof: Proof, deadline: Deadline) -> list[Obligation]:
    """Return the obligations of a proof that a solver does not confirm which knows nothing of how it was found.

    Raises TimeIsUp.
    """
    script = Obligations(system, proof).write()
    return [item for item in script.obligations if script.failing(item, deadline) is not None]


def moves(step: Step, actor: Actor) -> bool:
    """Tell whether a step moves an actor."""
    return actor.name == step.action.owner or actor.name in step.action.participants
