"""Looking for a proof that nobody hangs: an invariant and rankings whose obligations are all met.

What is found is a guess from samples until its obligations are solved; what is not met is mended where that is
possible: a state that may be unreachable is excluded by further facts, and the steps from it become steps that
the ranking is made for. One ranking for everybody is tried first; who is not helped by it gets one of its own, made
for the steps that are taken while it waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from checker.engine.select import select
from checker.ir.nodes import Model
from checker.ir.walk import variables
from checker.symbolic.deadline import Deadline, NoAnswer, TimeIsUp
from checker.symbolic.mining.houdini import Houdini
from checker.symbolic.mining.sampling import Change, Walk, explored, sample, walk
from checker.symbolic.obligations import Obligations, refused
from checker.symbolic.proof import LEVELS, Open, Proof, Rank, Strategy
from checker.symbolic.ranking import rank
from checker.symbolic.relation import safety
from checker.symbolic.scalars import Scalars
from checker.symbolic.script import Obligation
from checker.symbolic.system import System, translate

ROUNDS = 20  # of mending


@dataclass(frozen=True, slots=True)
class Attempt:
    """A proof of all that could be proved; `open` is what is lacking for more."""

    system: System
    proof: Proof
    open: tuple[Open, ...]


def prove_progress(model: Model, deadline: Deadline | None = None) -> Attempt | None:
    """Look for a proof that no step fails, that the safety properties hold and that no actor hangs.

    None if the time is over before there is any.
    """
    system, deadline = translate(model), deadline or Deadline()
    scalars = Scalars(system)
    try:
        searches = explored(model, deadline)
        houdini = Houdini(sample(scalars, searches), deadline)
        return _Search(houdini, walk(scalars, [searches[0], searches[-1]])).run()
    except NoAnswer:
        return None


@dataclass(frozen=True, slots=True)
class _Unmet:
    """An obligation that is not met, and what a state in which it is not says, if a solver found one."""

    obligation: Obligation
    open: Open | None = None
    true: tuple[int, ...] = ()  # literals
    changes: tuple[Change, ...] = ()


@dataclass(slots=True, eq=False)
class _Plan:
    """A strategy in the making: `changes` are the steps its ranking is made for."""

    level: str
    actors: tuple[str, ...]
    changes: dict[Change, None]
    ranking: list[Rank] = field(default_factory=list)


@dataclass(slots=True)
class _Search:
    houdini: Houdini
    walk: Walk
    met: dict[str, Obligation] = field(default_factory=dict)  # by name; they stay met when the invariant grows

    @property
    def system(self) -> System:
        return self.houdini.system

    def run(self) -> Attempt:
        self.houdini.settle()
        plans = list(self.together())
        found, unmet = self.settle(plans)
        alone = list(self.alone(plans, unmet))
        if alone:
            plans += alone
            found, unmet = self.settle(plans)
        proved = without(found, [item.obligation for item in unmet])
        script = Obligations(self.system, proved).write(own=False)
        questions = [script.meaning(item.assertions) for item in script.obligations]
        whole = replace(proved, invariant=self.houdini.needed(questions))
        whole = without(whole, refused(self.system, whole, self.houdini.deadline))
        return Attempt(self.system, whole, tuple(item.open for item in unmet if item.open))

    # --- plans -----------------------------------------------------------------------------------

    def together(self) -> Iterator[_Plan]:
        """Yield one plan for each level, with one ranking for both."""
        model = self.system.model
        may = _Plan("may", tuple(actor.name for actor in model.actors), self.steps("may"))
        self.rank(may)
        yield may
        demanded = select(model, ()).demanded
        obliged = tuple(actor.name for actor in model.actors if actor.name in demanded)
        yield _Plan("obliged", obliged, dict(may.changes), may.ranking)

    def alone(self, plans: list[_Plan], unmet: list[_Unmet]) -> Iterator[_Plan]:
        """Yield a plan for each actor that the common ones do not help, and take it out of these."""
        for plan in plans:
            hanging = [name for name in plan.actors if (plan.level, name) in {item.obligation.about for item in unmet}]
            plan.actors = tuple(name for name in plan.actors if name not in hanging)
            for name in hanging:
                waits = self.walk.waits[name]
                steps = {change: None for change in self.steps(plan.level) if change[1] in waits and change[2] in waits}
                own = _Plan(plan.level, (name,), steps)
                self.rank(own)
                yield own

    def steps(self, level: str) -> dict[Change, None]:
        names = actions_of(self.system.model, level)
        return {change: None for change in self.walk.changes if change[0] in names}

    # --- obligations -----------------------------------------------------------------------------

    def settle(self, plans: list[_Plan]) -> tuple[Proof, list[_Unmet]]:
        """Mend as long as that is of use; return the proof and what it lacks."""
        for turn in range(ROUNDS):
            ranks, strategies = assembled(plans)
            found = Proof((), True, safety(self.system.model), ranks, strategies)
            unmet = list(self.unmet(found))
            if not unmet or turn == ROUNDS - 1 or not self.mend(unmet, plans):
                return found, unmet
        raise AssertionError("the last turn returns")

    def unmet(self, proof: Proof) -> Iterator[_Unmet]:
        script = Obligations(self.system, proof).write(own=False)
        for obligation in script.obligations:
            if obligation.name in self.met:
                continue
            try:
                model = self.houdini.open(script.meaning(obligation.assertions))
            except TimeIsUp:
                raise
            except NoAnswer:
                yield _Unmet(obligation)
                continue
            if model is None:
                self.met[obligation.name] = obligation
            else:
                yield self.opened(obligation, model)

    def opened(self, obligation: Obligation, model: Any) -> _Unmet:
        system, scalars = self.system, self.houdini.sample.scalars
        value_of = system.terms.value_in(model)
        row = tuple(map(value_of, scalars.terms))
        enabled, changes = [], list[Change]()
        for step in system.steps:
            if value_of(step.enabled):
                enabled.append(step.action.name)
            if value_of(step.fires):
                after = system.after(step)
                pairs = zip(scalars.leaves, scalars.terms, strict=True)
                changes.append((step.action.name, row, tuple(value_of(after.get(leaf, term)) for leaf, term in pairs)))
        about, state = obligation.about[-1], system.decode(value_of)
        shown = Open(obligation.name, state, tuple(self.matter(about)), about, tuple(enabled))
        return _Unmet(obligation, shown, tuple(self.houdini.true_now(model)), tuple(changes))

    def matter(self, actor: str) -> Iterator[str]:
        """Yield the variables to look at: where everybody stands, and what the actor waits for."""
        model = self.system.model
        read = {name for a in model.actions if a.owner == actor for c in a.guard for name in variables(c.expr)}
        for variable in model.variables:
            if variable.name.endswith(".pc") or variable.name in read or not variable.inits:
                yield variable.name

    def mend(self, unmet: list[_Unmet], plans: list[_Plan]) -> bool:
        """Look for facts that exclude the states in question, else for rankings that the steps from there decrease.

        Tell whether anything is different now.
        """
        before = len(self.houdini.facts)
        self.houdini.learn(item.true for item in unmet if item.true)
        more = len(self.houdini.facts) > before
        return more or any([self.ranked_for(plan, unmet) for plan in plans])  # noqa: C419 - every plan

    def ranked_for(self, plan: _Plan, unmet: list[_Unmet]) -> bool:
        """Make the plan's ranking for the steps from states in which it does not help; tell whether any is new."""
        names = actions_of(self.system.model, plan.level)
        mine = [item for item in unmet if concerns(item.obligation, plan)]
        fresh = {c: None for item in mine for c in item.changes if c[0] in names and c not in plan.changes}
        if fresh:
            plan.changes.update(fresh)
            self.rank(plan)
        return bool(fresh)

    def rank(self, plan: _Plan) -> None:
        plan.ranking = rank(self.houdini.sample, plan.changes, self.houdini.deadline)
        self.met = {
            name: item for name, item in self.met.items() if item.about != ("bounded",) and not concerns(item, plan)
        }


def concerns(obligation: Obligation, plan: _Plan) -> bool:
    """Tell whether an obligation is one of a plan's."""
    return obligation.about in {(plan.level, actor) for actor in plan.actors}


def actions_of(model: Model, level: str) -> frozenset[str]:
    return frozenset(action.name for action in model.actions if action.duty in LEVELS[level])


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
    return Proof(proof.invariant, proof.safe, properties, ranks, tuple(renumbered))
