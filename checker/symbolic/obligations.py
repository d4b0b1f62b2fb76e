"""What has to be shown for a proof to be one: its obligations, each a formula that must have no model.

`docs/proofs.md` has the argument. In short, for an invariant I, a level (obliged, or obliged and may), some actions Y of
that level and a ranking:

- I holds at first, every step keeps it, no step from it fails;
- *ends*: every step of Y from I decreases the ranking, numbers from 0 on compared one after the other;
- *rests*: where I holds and no action of Y is enabled, the actor is finished or resting, or has an action enabled;
- *still*: a step of Y that does not move the actor does not make it finished or resting, unless one of its own actions is
  enabled before or after.

Then the actor is never stuck (level obliged) or never blocked (level may): from any reachable state run Y until nothing of it
is enabled. The actor has moved, or could have, or was finished or resting all along.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import z3

from checker.ir.nodes import Actor, Invariant, StepProperty
from checker.symbolic.proof import LEVELS, Proof, Strategy
from checker.symbolic.script import Script, symbols
from checker.symbolic.steps import Step
from checker.symbolic.system import System
from checker.symbolic.terms import Term, known

@dataclass(frozen=True, slots=True)
class Taken:
    """One action in a script: when it fires, and the scalars after it."""

    step: Step
    fires: Any
    new: list[tuple[Any, Any]]  # scalar before, scalar after

    def after(self, expression: Any) -> Any:
        """Return an expression over the state as one over the state after the step."""
        return z3.substitute(expression, *self.new) if self.new else expression

    def changes(self, names: Iterable[str]) -> bool:
        """Tell whether the step may change one of these scalars."""
        names = set(names)
        return any(before.decl().name() in names for before, _ in self.new)


class Obligations:
    """Writes the script of a proof."""

    def __init__(self, system: System, proof: Proof) -> None:
        self.system = system
        self.lift = system.terms.lift
        self.proof = proof
        self.script = Script()
        self.typed = self.script.define("typed", self.lift(self.system.typed), "each scalar has a value of its type")
        lemmas = [
            self.script.define(f"lemma {number}", lemma.term, lemma.says)
            for number, lemma in enumerate(proof.invariant, start=1)
        ]
        self.invariant = self.script.define("invariant", z3.And([self.typed, *lemmas]))
        self.ranks = [
            self.script.define(f"rank {number}", rank.term, rank.says)
            for number, rank in enumerate(proof.ranks, start=1)
        ]
        self.taken = [self._take(step) for step in self.system.steps]
        self._ranked: dict[
            tuple[Component, ...], set[str]
        ] = {}  # by ranking: the actions that are shown to decrease it
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
            self.oblige("bounded", "every component of the ranking is at least 0", [self.invariant, low])
        for strategy in self.proof.strategies:
            self.strategy(strategy)
        return self.script

    # --- the invariant ---------------------------------------------------------------------------

    def inductive(self) -> None:
        initial = self.lift(self.system.initial)
        self.oblige(
            "initial", "the invariant holds in every initial state", [self.typed, initial, z3.Not(self.invariant)]
        )
        for taken in self.taken:
            name = taken.step.action.name
            touched = [lemma.term for lemma in self.proof.invariant if taken.changes(symbols(lemma.term))]
            kept = [taken.after(part) for part in (*touched, self.lift(self.system.typed))]
            self.oblige(
                f"keeps {name}", "the step keeps the invariant", [self.invariant, taken.fires, z3.Not(z3.And(kept))]
            )

    def safe(self) -> None:
        for step in self.system.steps:
            fails = self.lift(step.fails)
            self.oblige(f"safe {step.action.name}", "the step never fails", [self.invariant, fails])

    def properties(self) -> None:
        for prop in self.system.model.properties:
            match prop:
                case Invariant(name, expr) if name in self.proof.properties:
                    broken = z3.Not(self.lift(self.system.holds(expr)))
                    self.oblige(f"property {name}", "it follows from the invariant", [self.invariant, broken])
                case StepProperty(name) if name in self.proof.properties:
                    for taken in self.taken:
                        broken = z3.Not(self.lift(self.system.kept(taken.step, prop)))
                        parts = [self.invariant, taken.fires, broken]
                        self.oblige(f"property {name}, {taken.step.action.name}", "every such step has it", parts)

    # --- strategies ------------------------------------------------------------------------------

    def strategy(self, strategy: Strategy) -> None:
        """Write what a strategy has to show; a ranking of several strategies once."""
        steps = [taken for taken in self.taken if taken.step.action.name in strategy.actions]
        wrong = [t.step.action.name for t in steps if t.step.action.duty not in LEVELS[strategy.level]]
        if wrong:
            raise ValueError(f"{wrong[0]} is not {strategy.level}")
        shared = self._ranked.setdefault(strategy.ranking, set())
        self.ends(strategy, [taken for taken in steps if taken.step.action.name not in shared])
        shared.update(strategy.actions)
        for actor in self.system.model.actors:
            if actor.name in strategy.actors:
                self.rests(strategy, actor, steps)
                self.still(strategy, actor, steps)

    def ends(self, strategy: Strategy, steps: list[Taken]) -> None:
        ranks = [self.ranks[place] for place in strategy.ranking]
        for taken in steps:
            lower = z3.BoolVal(False)
            for place, before in reversed(list(zip(strategy.ranking, ranks, strict=True))):
                after = taken.after(self.proof.ranks[place].term)
                lower = z3.Or(after < before, z3.And(after == before, lower))
            name = taken.step.action.name
            says = "the step decreases the ranking"
            self.oblige(f"{strategy.level} ends {name}", says, [self.invariant, taken.fires, z3.Not(lower)])

    def rests(self, strategy: Strategy, actor: Actor, steps: list[Taken]) -> None:
        idle = [z3.Not(self.lift(taken.step.enabled)) for taken in steps]
        says = f"where nothing of the strategy is enabled, {actor.name} is finished, rests or can act"
        parts = [self.invariant, *idle, z3.Not(self.excused(actor)), z3.Not(self.enabled(actor))]
        self.oblige(f"{strategy.level} rests {actor.name}", says, parts)

    def still(self, strategy: Strategy, actor: Actor, steps: list[Taken]) -> None:
        excused, enabled = self.excused(actor), self.enabled(actor)
        read = symbols(excused)
        for taken in steps:
            action = taken.step.action
            moves = actor.name == action.owner or actor.name in action.participants
            if moves or not taken.changes(read):
                continue
            parts = [
                self.invariant,
                taken.fires,
                z3.Not(excused),
                z3.Not(enabled),
                taken.after(excused),
                z3.Not(taken.after(enabled)),
            ]
            says = f"the step does not make {actor.name} finished or resting unseen"
            self.oblige(f"{strategy.level} still {actor.name}, {action.name}", says, parts)

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

    def oblige(self, name: str, says: str, assertions: Iterable[Term]) -> None:
        parts = [self.lift(part) if known(part) else part for part in assertions]
        if not any(z3.is_false(part) for part in parts):
            self.script.oblige(name, says, parts)
