"""Looking for a proof that nobody hangs: an invariant and rankings whose obligations are all met.

What is found is a guess from samples until its obligations are solved; what is not met is mended where that is
possible: a state that may be unreachable is excluded by further candidates, and the steps from it become steps that
the ranking is made for. One ranking for everybody is tried first; who is not helped by it gets one of its own, made
for the steps that are taken while it waits.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import z3

from checker.backends.text.machine import TextMachine
from checker.ir.nodes import Invariant, Model, Progress, State, StepProperty
from checker.ir.walk import variables
from checker.symbolic.clauses import Clause, Row, Scalars
from checker.symbolic.inductive import Deadline, TimeIsUp, inductive
from checker.symbolic.mining import Samples, distinct
from checker.symbolic.obligations import Obligations
from checker.symbolic.proof import LEVELS, Proof, Rank, Strategy
from checker.symbolic.ranking import Change, rank
from checker.symbolic.reduce import reduced, with_lemmas
from checker.symbolic.sampling import Sampled, sample
from checker.symbolic.script import Obligation
from checker.symbolic.system import System, translate

ROUNDS = 20  # of mending


@dataclass(frozen=True, slots=True)
class Open:
    """An obligation that is not met, a state (perhaps unreachable) in which it is not, and what could be done there."""

    obligation: Obligation
    row: Row | None
    state: State | None = None
    variables: tuple[str, ...] = ()  # those that matter there
    enabled: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A proof of all that could be proved; `open` is what is lacking for more."""

    system: System
    proof: Proof
    open: tuple[Open, ...]


def prove_progress(model: Model, *, seconds: float) -> Attempt | None:
    """Look for a proof that nobody hangs, guided by small instances; None if the time is over before there is any."""
    scalars = Scalars(translate(model))
    deadline = Deadline(time.monotonic() + seconds)
    try:
        return attempt(scalars, sample(scalars, TextMachine), deadline)
    except TimeIsUp:
        return None


def attempt(scalars: Scalars, sampled: Sampled, deadline: Deadline) -> Attempt:
    """Look for a proof that no step fails, that the safety properties hold and that no actor hangs. Raises TimeIsUp."""
    return _Search(scalars, sampled, deadline).run()


@dataclass(slots=True, eq=False)
class _Plan:
    """A strategy in the making: `changes` are the steps its ranking is made for."""

    level: str
    actors: tuple[str, ...]
    changes: dict[Change, None]
    ranking: list[Rank] = field(default_factory=list)


@dataclass(slots=True)
class _Search:
    scalars: Scalars
    sampled: Sampled
    deadline: Deadline
    samples: Samples = field(init=False)
    invariant: list[Clause] = field(default_factory=list)
    met: dict[str, Obligation] = field(default_factory=dict)  # by name; they stay met when the invariant grows

    def run(self) -> Attempt:
        self.samples = Samples(self.scalars, self.sampled.rows)
        self.invariant = inductive(self.scalars, self.samples.candidates(), deadline=self.deadline)
        plans = list(self.together())
        found, unmet = self.settle(plans)
        alone = list(self.alone(plans, unmet))
        if alone:
            plans += alone
            found, unmet = self.settle(plans)
        proved = without(found, [item.obligation for item in unmet])
        needed = reduced(self.scalars, proved, self.invariant, self.deadline)
        return Attempt(self.scalars.system, self.judged(with_lemmas(self.scalars, proved, needed)), tuple(unmet))

    def judged(self, proof: Proof) -> Proof:
        """Return a proof as it stands, less what a solver does not confirm that knows nothing of how it was found."""
        script = Obligations(self.scalars.system, proof).write()
        refused = [item for item in script.obligations if script.failing(item, self.deadline) is not None]
        return without(proof, refused) if refused else proof

    # --- plans -----------------------------------------------------------------------------------

    def together(self) -> Iterator[_Plan]:
        """Yield one plan for each level, with one ranking for both."""
        model = self.scalars.system.model
        may = _Plan("may", tuple(actor.name for actor in model.actors), self.steps("may"))
        self.rank(may)
        yield may
        yield _Plan("obliged", demanded(model), dict(may.changes), may.ranking)

    def alone(self, plans: list[_Plan], unmet: list[Open]) -> Iterator[_Plan]:
        """Yield a plan for each actor that the common ones do not help, and take it out of these."""
        for plan in plans:
            hanging = [name for name in plan.actors if (plan.level, name) in {item.obligation.about for item in unmet}]
            plan.actors = tuple(name for name in plan.actors if name not in hanging)
            for name in hanging:
                waits = self.sampled.waits[name]
                steps = {change: None for change in self.steps(plan.level) if change[1] in waits and change[2] in waits}
                own = _Plan(plan.level, (name,), steps)
                self.rank(own)
                yield own

    def steps(self, level: str) -> dict[Change, None]:
        names = actions_of(self.scalars.system.model, level)
        return {change: None for change in self.sampled.changes if change[0] in names}

    # --- obligations -----------------------------------------------------------------------------

    def settle(self, plans: list[_Plan]) -> tuple[Proof, list[Open]]:
        """Mend as long as that is of use; return the proof and what it lacks."""
        safety = tuple(p.name for p in self.scalars.system.model.properties if isinstance(p, (Invariant, StepProperty)))
        for turn in range(ROUNDS):
            ranks, strategies = assembled(plans)
            found = Proof((), True, safety, ranks, strategies)
            unmet = list(self.unmet(with_lemmas(self.scalars, found, self.invariant)))
            if not unmet or turn == ROUNDS - 1 or not self.mend(unmet, plans):
                return found, unmet
        raise AssertionError("the last turn returns")

    def unmet(self, proof: Proof) -> Iterator[Open]:
        script = Obligations(self.scalars.system, proof).write(own=False)
        for obligation in script.obligations:
            if obligation.name in self.met:
                continue
            model = script.failing(obligation, self.deadline)
            if model is None:
                self.met[obligation.name] = obligation
            elif model is z3.unknown:
                yield Open(obligation, None)
            else:
                yield self.opened(obligation, model)

    def opened(self, obligation: Obligation, model: Any) -> Open:
        system = self.scalars.system
        value_of = system.terms.value_in(model)
        row = tuple(map(value_of, self.scalars.terms))
        enabled, changes = [], list[Change]()
        for step in system.steps:
            if value_of(step.enabled):
                enabled.append(step.action.name)
            if value_of(step.fires):
                after = system.after(step)
                new = tuple(value_of(after.get(leaf, term)) for leaf, term in self.scalars.pairs())
                changes.append((step.action.name, row, new))
        matter = tuple(self.matter(obligation))
        return Open(obligation, row, system.decode(value_of), matter, tuple(enabled), tuple(changes))

    def matter(self, obligation: Obligation) -> Iterator[str]:
        """Yield the variables to look at: where everybody stands, and what the actor waits for."""
        model = self.scalars.system.model
        about = obligation.about[-1]
        read = {name for a in model.actions if a.owner == about for c in a.guard for name in variables(c.expr)}
        for variable in model.variables:
            if variable.name.endswith(".pc") or variable.name in read or not variable.inits:
                yield variable.name

    def mend(self, unmet: list[Open], plans: list[_Plan]) -> bool:
        """Look for clauses that exclude the states in question, else for rankings that the steps from there decrease.

        Tell whether anything is different now.
        """
        wanted = [clause for item in unmet if item.row is not None for clause in self.samples.excluding(item.row)]
        fresh = distinct(dict.fromkeys(wanted), self.invariant)
        more = inductive(self.scalars, fresh, known=self.invariant, deadline=self.deadline) if fresh else []
        self.invariant += more
        return bool(more) or any([self.ranked_for(plan, unmet) for plan in plans])  # noqa: C419 - every plan

    def ranked_for(self, plan: _Plan, unmet: list[Open]) -> bool:
        """Make the plan's ranking for the steps from states in which it does not help; tell whether any is new."""
        names = actions_of(self.scalars.system.model, plan.level)
        mine = [item for item in unmet if concerns(item.obligation, plan)]
        fresh = {c: None for item in mine for c in item.changes if c[0] in names and c not in plan.changes}
        if fresh:
            plan.changes.update(fresh)
            self.rank(plan)
        return bool(fresh)

    def rank(self, plan: _Plan) -> None:
        plan.ranking = rank(self.samples, plan.changes, self.deadline)
        self.met = {
            name: item for name, item in self.met.items() if item.about != ("bounded",) and not concerns(item, plan)
        }


def concerns(obligation: Obligation, plan: _Plan) -> bool:
    """Tell whether an obligation is one of a plan's."""
    return obligation.about in {(plan.level, actor) for actor in plan.actors}


def actions_of(model: Model, level: str) -> frozenset[str]:
    return frozenset(action.name for action in model.actions if action.duty in LEVELS[level])


def demanded(model: Model) -> tuple[str, ...]:
    """Return the actors of which progress is demanded, whatever to: a cycle of stuck actors they are in is an error."""
    return tuple(dict.fromkeys(p.actor for p in model.properties if isinstance(p, Progress)))


def assembled(plans: list[_Plan]) -> tuple[tuple[Rank, ...], tuple[Strategy, ...]]:
    """Return the rankings of all plans, each once, and the strategies."""
    ranks: dict[Rank, int] = {}
    for plan in plans:
        for item in plan.ranking:
            ranks.setdefault(item, len(ranks))
    chosen = (Strategy(p.level, tuple(ranks[item] for item in p.ranking), p.actors) for p in plans if p.actors)
    return tuple(ranks), tuple(chosen)


def without(proof: Proof, unmet: Collection[Obligation]) -> Proof:
    """Return what is left to be said when some obligations are not met."""
    about = {item.about for item in unmet}
    if about & {("initial",), ("keeps",)}:
        return Proof(())
    properties = tuple(name for name in proof.properties if ("property", name) not in about)
    if about & {("bounded",), ("safe",)}:
        return Proof(proof.invariant, False, properties)
    kept = []
    for strategy in proof.strategies:
        actors = tuple(name for name in strategy.actors if (strategy.level, name) not in about)
        if actors:
            kept.append(replace(strategy, actors=actors))
    places = {old: new for new, old in enumerate(sorted({place for item in kept for place in item.ranking}))}
    renumbered = (replace(item, ranking=tuple(places[place] for place in item.ranking)) for item in kept)
    ranks = tuple(proof.ranks[old] for old in places)
    return Proof(proof.invariant, True, properties, ranks, tuple(renumbered))
