"""Looking for a proof that nobody hangs: an invariant, a strategy and a ranking whose obligations are all met.

What is found is a guess from samples until its obligations are solved; what is not met is mended where that is
possible: a state that may be unreachable is excluded by further candidates, a step that the ranking does not decrease becomes one
of those it is made for, actions that no ranking decreases leave the strategy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import z3

from checker.ir.nodes import Duty, Invariant, Progress, StepProperty
from checker.symbolic.clauses import Clause, Row, Scalars
from checker.symbolic.houdini import Deadline, inductive
from checker.symbolic.mining import Samples, distinct
from checker.symbolic.obligations import LEVELS, Component, Obligations, Proof, Strategy
from checker.symbolic.ranking import Change, rank
from checker.symbolic.sampling import Sampled
from checker.symbolic.script import Obligation, Script

ROUNDS = 8  # of mending


@dataclass(frozen=True, slots=True)
class Open:
    """An obligation that is not met, and a state (perhaps unreachable) in which it is not, if the solver gave one."""

    obligation: Obligation
    row: Row | None
    action: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A proof as far as it was found: `open` is what it lacks, `stray` are actions that no ranking decreases."""

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
    met: set[str] = field(default_factory=set)  # names of obligations, which stay met when the invariant grows

    def run(self) -> Attempt:
        self.samples = Samples(self.scalars, self.sampled.rows)
        self.changes = list(self.sampled.changes)
        self.invariant = inductive(self.scalars, self.samples.candidates(), deadline=self.deadline)
        strategies, stray = self.strategies()
        for _ in range(ROUNDS):
            found = Proof(tuple(self.invariant), tuple(self.safety()), strategies)
            unmet = list(self.unmet(found))
            if not unmet or not self.mend(unmet):
                break
            if any(" ends " in item.obligation.name for item in unmet):
                strategies, stray = self.strategies()
                self.met = {name for name in self.met if " ends " not in name and " rests " not in name}
        return Attempt(found, tuple(unmet), stray)

    def safety(self) -> Iterator[str]:
        for prop in self.scalars.system.model.properties:
            if isinstance(prop, (Invariant, StepProperty)):
                yield prop.name

    def strategies(self) -> tuple[tuple[Strategy, ...], tuple[str, ...]]:
        """Return a strategy for each level, without the actions that no ranking decreases."""
        model = self.scalars.system.model
        demanded = tuple(p.actor for p in model.properties if isinstance(p, Progress) and p.to is None)
        everybody = tuple(actor.name for actor in model.actors)
        found: list[Strategy] = []
        stray: tuple[str, ...] = ()
        for level, actors in (("may", everybody), ("obliged", demanded)):
            names = tuple(action.name for action in model.actions if action.duty in LEVELS[level])
            if found and not stray:  # one ranking does for both
                found.append(Strategy(level, names, found[0].ranking, actors))
                continue
            kept, ranking, gone = self.ranked(names)
            found.append(Strategy(level, kept, ranking, actors))
            stray = gone
        return tuple(found), stray

    def ranked(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Component, ...], tuple[str, ...]]:
        """Return actions that a ranking decreases, the ranking, and the actions among `names` that it does not."""
        kept = names
        while True:
            found = rank(self.samples, [change for change in self.changes if change[0] in kept], self.deadline)
            if not found.stray:
                return kept, found.ranking, tuple(name for name in names if name not in kept)
            kept = tuple(name for name in kept if name not in found.stray)

    # --- obligations -----------------------------------------------------------------------------

    def unmet(self, proof: Proof) -> Iterator[Open]:
        writer = Obligations(self.scalars, proof)
        script = writer.write()
        after = {taken.step.action.name: taken.terms for taken in writer.taken}
        for obligation in script.obligations:
            if obligation.name in self.met or obligation.name.startswith(("initial", "keeps ")):
                continue
            model = script.failing(obligation, self.deadline)
            if model is None:
                self.met.add(obligation.name)
            elif model is z3.unknown:
                yield Open(obligation, None)
            else:
                yield self.opened(obligation, model, after)

    def opened(self, obligation: Obligation, model: Any, after: dict[str, list[Any]]) -> Open:
        value_of = self.scalars.system.terms.value_in(model)
        row = tuple(map(value_of, self.scalars.terms))
        level, _, action = obligation.name.partition(" ends ")
        if level not in LEVELS:
            return Open(obligation, row)
        self.changes.append((action, row, tuple(map(value_of, after[action]))))
        return Open(obligation, row, action)

    def mend(self, unmet: list[Open]) -> bool:
        """Look for clauses that exclude the states in question; tell whether anything is different now."""
        wanted = [clause for item in unmet if item.row is not None for clause in self.samples.excluding(item.row)]
        fresh = distinct(dict.fromkeys(wanted), self.invariant)
        more = inductive(self.scalars, fresh, known=self.invariant, deadline=self.deadline) if fresh else []
        self.invariant += more
        return bool(more) or any(item.action for item in unmet)
