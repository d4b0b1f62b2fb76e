"""Looking for a proof that nobody hangs: an invariant, a strategy and a ranking whose obligations are all met.

What is found is a guess from samples until its obligations are solved; what is not met is mended where that is
possible: a state that may be unreachable is excluded by further candidates, a step that the ranking does not decrease becomes one
of those it is made for, actions that no ranking decreases leave the strategy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import z3

from checker.ir.nodes import Invariant, Progress, StepProperty
from checker.symbolic.clauses import Clause, Row, Scalars
from checker.symbolic.inductive import Deadline, inductive
from checker.symbolic.mining import Samples, distinct
from checker.symbolic.obligations import Obligations, Taken
from checker.symbolic.proof import LEVELS, Proof, Rank, Strategy
from checker.symbolic.ranking import Change, rank
from checker.symbolic.reduce import reduced, with_lemmas
from checker.symbolic.sampling import Sampled
from checker.symbolic.script import Obligation

ROUNDS = 8  # of mending


@dataclass(frozen=True, slots=True)
class Open:
    """An obligation that is not met, and a state (perhaps unreachable) in which it is not, if the solver gave one."""

    obligation: Obligation
    row: Row | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A proof of all that could be proved: `open` is what is lacking for more, `stray` are actions no ranking decreases."""

    proof: Proof
    open: tuple[Open, ...]
    stray: tuple[str, ...]


def attempt(scalars: Scalars, sampled: Sampled, deadline: Deadline) -> Attempt:
    """Look for a proof that no step fails, that the safety properties hold and that no actor hangs. Raises TimeIsUp."""
    return _Search(scalars, sampled, deadline).run()


@dataclass(slots=True)
class _Search:
    scalars: Scalars
    sampled: Sampled
    deadline: Deadline
    samples: Samples = field(init=False)
    invariant: list[Clause] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)
    stray: tuple[str, ...] = ()
    met: set[str] = field(default_factory=set)  # names of obligations, which stay met when the invariant grows

    def run(self) -> Attempt:
        self.samples = Samples(self.scalars, self.sampled.rows)
        self.changes = list(self.sampled.changes)
        self.invariant = inductive(self.scalars, self.samples.candidates(), deadline=self.deadline)
        strategies = self.strategies()
        for _ in range(ROUNDS):
            clauses = list(self.invariant)
            found = Proof((), True, tuple(self.safety()), tuple(self.ranks), strategies)
            unmet = list(self.unmet(with_lemmas(self.scalars, found, clauses)))
            if not unmet or not self.mend(unmet):
                break
            if any(" ends " in item.obligation.name for item in unmet):
                strategies = self.strategies()
                self.met = {name for name in self.met if " ends " not in name and " rests " not in name}
                self.met.discard("bounded")
        proved = without(found, {item.obligation.name for item in unmet})
        needed = reduced(self.scalars, proved, clauses, self.deadline)
        return Attempt(with_lemmas(self.scalars, proved, needed), tuple(unmet), self.stray)

    def safety(self) -> Iterator[str]:
        for prop in self.scalars.system.model.properties:
            if isinstance(prop, (Invariant, StepProperty)):
                yield prop.name

    def strategies(self) -> tuple[Strategy, ...]:
        """Return a strategy for each level, without the actions that no ranking decreases."""
        model = self.scalars.system.model
        demanded = tuple(dict.fromkeys(p.actor for p in model.properties if isinstance(p, Progress) and p.to is None))
        self.ranks, self.stray = [], ()
        may = self.strategy("may", tuple(actor.name for actor in model.actors))
        if self.stray:
            return may, self.strategy("obliged", demanded)
        obliged = tuple(action.name for action in model.actions if action.duty in LEVELS["obliged"])
        return may, Strategy("obliged", obliged, may.ranking, demanded)  # one ranking does for both

    def strategy(self, level: str, actors: tuple[str, ...]) -> Strategy:
        names = [action.name for action in self.scalars.system.model.actions if action.duty in LEVELS[level]]
        kept = tuple(names)
        while True:
            found = rank(self.samples, [change for change in self.changes if change[0] in kept], self.deadline)
            if not found.stray:
                break
            kept = tuple(name for name in kept if name not in found.stray)
        self.stray = tuple(name for name in names if name not in kept)
        first = len(self.ranks)
        self.ranks += found.ranking
        return Strategy(level, kept, tuple(range(first, len(self.ranks))), actors)

    # --- obligations -----------------------------------------------------------------------------

    def unmet(self, proof: Proof) -> Iterator[Open]:
        writer = Obligations(self.scalars.system, proof)
        script = writer.write(own=False)
        taken = {item.step.action.name: item for item in writer.taken}
        for obligation in script.obligations:
            if obligation.name in self.met:
                continue
            model = script.failing(obligation, self.deadline)
            if model is None:
                self.met.add(obligation.name)
            elif model is z3.unknown:
                yield Open(obligation, None)
            else:
                yield self.opened(obligation, model, taken)

    def opened(self, obligation: Obligation, model: Any, taken: dict[str, Taken]) -> Open:
        value_of = self.scalars.system.terms.value_in(model)
        row = tuple(map(value_of, self.scalars.terms))
        level, _, action = obligation.name.partition(" ends ")
        if level in LEVELS:  # a step that the ranking has to be made for, if it can be taken at all
            after = tuple(value_of(taken[action].after(term)) for term in self.scalars.terms)
            self.changes.append((action, row, after))
        return Open(obligation, row)

    def mend(self, unmet: list[Open]) -> bool:
        """Look for clauses that exclude the states in question; tell whether anything is different now."""
        wanted = [clause for item in unmet if item.row is not None for clause in self.samples.excluding(item.row)]
        fresh = distinct(dict.fromkeys(wanted), self.invariant)
        more = inductive(self.scalars, fresh, known=self.invariant, deadline=self.deadline) if fresh else []
        self.invariant += more
        return bool(more) or any(" ends " in item.obligation.name for item in unmet)


def without(proof: Proof, unmet: Collection[str]) -> Proof:
    """Return what is left to be said when some obligations are not met."""
    broken = {name.removeprefix("property ").partition(", ")[0] for name in unmet if name.startswith("property ")}
    properties = tuple(name for name in proof.properties if name not in broken)
    if any(name == "bounded" or name.startswith("safe ") for name in unmet):
        return Proof(proof.invariant, False, properties)
    kept = []
    for strategy in proof.strategies:
        mine = [name.removeprefix(f"{strategy.level} ") for name in unmet if name.startswith(f"{strategy.level} ")]
        hanging = {name.partition(" ")[2].partition(", ")[0] for name in mine}
        actors = tuple(name for name in strategy.actors if name not in hanging)
        if actors and not any(name.startswith("ends ") for name in mine):
            kept.append(replace(strategy, actors=actors))
    places = {old: new for new, old in enumerate(sorted({place for item in kept for place in item.ranking}))}
    renumbered = (replace(item, ranking=tuple(places[place] for place in item.ranking)) for item in kept)
    ranks = tuple(proof.ranks[old] for old in places)
    return Proof(proof.invariant, True, properties, ranks, tuple(renumbered))
