"""Inductive invariants by elimination: of many facts that hold in a sample, the most that imply each other.

A *fact* forbids a few literals to hold together. Facts that some step from states of all facts leads out of are
dropped until none is left that has to be (Houdini: C. Flanagan, K. R. M. Leino, *Houdini, an annotation assistant for
ESC/Java*, FME 2001). What remains is inductive: true initially, and kept by every step that starts where all of it
holds.

If that is not enough to exclude what must not be, the solver shows a state that the facts allow. If literals true of
it never held together in the sample, a smallest such set of them becomes a new fact, which is judged the same way, its
own counterexamples first excluded by further facts (as in A. R. Bradley, *SAT-based model checking without unrolling*,
VMCAI 2011, but generalized by the sample, as in learning from examples and implications).

Soundness does not rest on the sample: whatever facts there are, the solver has found each of them kept, assuming the
ones that remain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import z3

from checker.symbolic.deadline import Deadline, NoAnswer, answered
from checker.symbolic.mining.literals import Fact, Literal, first_facts, lemma, literals
from checker.symbolic.mining.sampling import Sample
from checker.symbolic.proof import Lemma
from checker.symbolic.steps import Step
from checker.symbolic.system import System
from checker.symbolic.terms import all_of, any_of, array

Question: TypeAlias = Sequence[Any]  # expressions of z3 over the state that should not all hold


@dataclass(slots=True)
class _After:
    """A step: by literal, a truth value that stands for it afterwards, and the formula that says so and takes it."""

    truths: list[Any]
    changed: frozenset[int]  # literals that it may change
    formula: Any
    broken: dict[Fact, Any] = field(default_factory=dict)  # by fact: that it does not hold afterwards
    kept: set[Fact] = field(default_factory=set)  # shown to be kept, as long as all of `used` are assumed
    used: set[Fact] = field(default_factory=set)

    def asked(self, facts: Iterable[Fact]) -> list[Fact]:
        """Return the facts that the step may break."""
        return [fact for fact in facts if not self.changed.isdisjoint(fact)]


@dataclass(slots=True)
class Houdini:
    """Facts about the states of a system that the sample suggests, and the solver that judges them.

    Methods that ask the solver raise NoAnswer.
    """

    sample: Sample
    deadline: Deadline
    literals: Sequence[Literal] = ()
    facts: dict[Fact, Any] = field(default_factory=dict)  # each with the truth value that assumes it
    dropped: set[Fact] = field(default_factory=set)
    retried: set[Fact] = field(default_factory=set)  # dropped, and taken back when there were more
    goals: set[Fact] = field(default_factory=set)  # facts to be kept by means of others
    checks: int = 0
    solver: Any = None
    now: list[Any] = field(default_factory=list)  # by literal, a truth value that stands for it
    _not: list[Any] = field(default_factory=list)
    _steps: dict[int, _After] = field(default_factory=dict)
    _names: dict[int, Fact] = field(default_factory=dict)  # by the truth value that assumes it
    system: System = field(init=False)

    def __post_init__(self) -> None:
        self.system = self.sample.scalars.system
        self.literals = literals(self.sample)
        self.solver = z3.Solver()
        lift = self.system.terms.lift
        self.solver.add(lift(self.system.typed))
        for number, literal in enumerate(self.literals):
            self.now.append(z3.Bool(f"literal {number}"))
            self.solver.add(self.now[number] == lift(literal.term))
            self._not.append(z3.Not(self.now[number]))
        self.add(first_facts(self.literals))

    def add(self, facts: Iterable[Fact]) -> None:
        """Take up facts, unless they have been dropped before."""
        for fact in facts:
            if fact not in self.dropped and fact not in self.facts:
                assumed = z3.Bool(f"fact {fact}")
                self.facts[fact] = assumed
                self._names[assumed.get_id()] = fact
                self.solver.add(any_of([z3.Not(assumed), *(self._not[n] for n in fact)]))

    # --- one question --------------------------------------------------------------------------

    def check(self, *assumptions: Any) -> Any:
        """Ask the solver, all facts assumed; return a model or None."""
        self.deadline.bind(self.solver)
        self.checks += 1
        assumed = [*self.facts.values(), *assumptions]
        answer = z3.CheckSatResult(
            z3.Z3_solver_check_assumptions(self.solver.ctx.ref(), self.solver.solver, len(assumed), array(assumed))
        )
        if answered(self.solver, answer) == z3.unknown:
            raise NoAnswer
        return self.solver.model() if answer == z3.sat else None

    def true_now(self, model: Any) -> list[int]:
        """Return the literals that hold in the state of a model."""
        return [n for n, truth in enumerate(self.now) if z3.is_true(model.eval(truth, model_completion=True))]

    # --- induction -----------------------------------------------------------------------------

    def settle(self) -> None:
        """Drop facts until the rest is inductive. Before a goal is dropped, the state it is broken from is excluded."""
        settled = False
        while not settled:
            settled = self._initially()
            for step in self.system.steps:
                if step.fires is not False:
                    settled = self._keep(step) and settled

    def _initially(self) -> bool:
        """Drop the facts that do not hold initially; tell whether there were none."""
        self.solver.push()
        self.solver.add(self.system.terms.lift(self.system.initial))
        assumed, self.facts = self.facts, {}
        broken = self._broken(assumed, self.now)
        self.facts = assumed
        self.solver.pop()
        self._drop(broken)
        return not broken

    def _broken(self, facts: Iterable[Fact], truths: Sequence[Any]) -> set[Fact]:
        """Return those of `facts` that some model breaks, where `truths` stand for the literals."""
        left, broken, made = list(facts), set[Fact](), dict[Fact, Any]()
        while left and (model := self._breaking(left, truths, made)) is not None:
            found = self._broken_by(model, left, truths)
            broken |= found
            left = [fact for fact in left if fact not in found]
        return broken

    def _breaking(self, facts: Iterable[Fact], truths: Sequence[Any], made: dict[Fact, Any]) -> Any:
        """Return a model in which one of `facts` is broken, None if there is none. `made` keeps what that means."""
        question = z3.Bool(f"question {self.checks}")
        some = []
        for fact in facts:
            if fact not in made:
                made[fact] = all_of([truths[n] for n in fact])
            some.append(made[fact])
        self.solver.add(any_of([z3.Not(question), *some]))
        return self.check(question)

    def _broken_by(self, model: Any, facts: Iterable[Fact], truths: Sequence[Any]) -> set[Fact]:
        true = {n for n, truth in enumerate(truths) if z3.is_true(model.eval(truth, model_completion=True))}
        return {fact for fact in facts if true.issuperset(fact)}

    def _keep(self, step: Step) -> bool:
        """Drop the facts that a step breaks; tell whether nothing had to be changed."""
        kept, learned = True, list[Fact]()
        after = self._after(step)
        asked = after.asked(self.facts)
        if not asked or (after.kept.issuperset(asked) and after.used <= self.facts.keys()):
            return True
        then = after.truths
        self.solver.push()
        self.solver.add(after.formula)
        while asked := after.asked(self.facts):
            model = self._breaking(asked, then, after.broken)
            if model is None:
                after.kept, after.used = set(asked), self._used()
                break
            kept = False
            broken = self._broken_by(model, asked, then)
            support = [] if broken.isdisjoint(self.goals) else self.support(self.true_now(model))
            self.add(support)
            learned += support
            if not support:
                self._drop(broken)
        self.solver.pop()
        for fact in learned:  # `pop` has forgotten what was said of them
            if fact in self.facts:
                del self.facts[fact]
                self.add([fact])
        return kept

    def _after(self, step: Step) -> _After:
        """Return what is known of a step, translated when it is first asked for."""
        if step.index not in self._steps:
            lift, after = self.system.terms.lift, self.system.after(step)
            then, links = list(self.now), []
            for number, literal in enumerate(self.literals):
                if not after.keys().isdisjoint(literal.leaves):
                    then[number] = z3.Bool(f"literal {number} then")
                    links.append(then[number] == lift(literal.term))
            pairs = [(self.system.leaves[leaf], lift(term)) for leaf, term in after.items()]
            formula = [lift(step.fires), *([z3.substitute(all_of(links), *pairs)] if links else [])]
            changed = frozenset(n for n, truth in enumerate(then) if truth is not self.now[n])
            self._steps[step.index] = _After(then, changed, all_of(formula))
        return self._steps[step.index]

    def _drop(self, facts: set[Fact]) -> None:
        for fact in facts:
            del self.facts[fact]
        self.dropped |= facts

    # --- learning ------------------------------------------------------------------------------

    def support(self, true: Sequence[int]) -> list[Fact]:
        """Return new facts that exclude a state in which the literals `true` hold: all of three, or a longer one."""
        facts = [fact for fact in self._threes(true) if self._is_new(fact)]
        if facts:
            return facts
        fact = self.exclude(true)
        return [] if fact is None else [fact]

    def exclude(self, true: Sequence[int]) -> Fact | None:
        """Return a small new fact that excludes a state in which the literals `true` hold, None if there is none."""
        for first in sorted(true, key=lambda n: self.literals[n].holds.bit_count()):
            fact = self._unseen(first, true)
            if fact is None:
                return None  # the sample has a state of which all of `true` holds
            if self._is_new(fact):
                return fact
        return None

    def _is_new(self, fact: Fact) -> bool:
        return fact not in self.dropped and fact not in self.facts

    def _threes(self, true: Sequence[int]) -> Iterator[Fact]:
        """Yield three of `true` each that never hold together in the sample, any two of which do."""
        holds = [literal.holds for literal in self.literals]
        some = [n for n in true if holds[n] != self.sample.everywhere]
        for place, a in enumerate(some):
            rest = [(b, holds[a] & holds[b]) for b in some[place + 1 :] if holds[a] & holds[b]]
            for second, (b, together) in enumerate(rest):
                for c, _ in rest[second + 1 :]:
                    if not together & holds[c] and holds[b] & holds[c] and self._few_orders(a, b, c):
                        yield a, b, c

    def _few_orders(self, *numbers: int) -> bool:
        return sum(self.literals[n].order for n in numbers) <= 1

    def _unseen(self, first: int, true: Sequence[int]) -> Fact | None:
        """Return a few of `true` that never hold together in the sample, chosen greedily after `first`."""
        chosen, left = [first], self.literals[first].holds
        while left:
            best = min(true, key=lambda n: (left & self.literals[n].holds).bit_count())
            rest = left & self.literals[best].holds
            if rest == left:
                return None
            chosen.append(best)
            left = rest
        return self._shrunk(chosen)

    def _shrunk(self, chosen: list[int]) -> Fact:
        for number in list(chosen):
            others = [n for n in chosen if n != number]
            if others and self._never(others):
                chosen = others
        return tuple(sorted(chosen))

    def _never(self, numbers: Sequence[int]) -> bool:
        left = self.sample.everywhere
        for number in numbers:
            left &= self.literals[number].holds
        return not left

    # --- what it is for ------------------------------------------------------------------------

    def open(self, question: Question) -> Any:
        """Return a model of a state that the facts allow and `question` is about; None if there is none."""
        self.solver.push()
        self.solver.add(*question)
        model = self.check()
        self.solver.pop()
        return model

    def prove(self, question: Question) -> Any:
        """Return None if no state is as in `question`, by proof, else a model of one that the facts allow.

        New facts are tried as long as there are any.
        """
        while (model := self.open(question)) is not None:
            if not self.learn([self.true_now(model)]):
                return model
        return None

    def learn(self, states: Iterable[Sequence[int]]) -> bool:
        """Look for facts that exclude states, given by the literals true there; tell whether any are new to be tried.

        First those of three literals, all at once, then longer ones, and with them, once more, those that were dropped
        when there were fewer; then facts that had to be dropped, with what they need to be kept.
        """
        states = list(states)
        new = [fact for true in states for fact in self.support(true)]
        new += self._again([frozenset(true) for true in states], self.retried if new else self.goals)
        if new:
            self.add(new)
            self.settle()
        return bool(new)

    def _again(self, states: Sequence[frozenset[int]], before: set[Fact]) -> list[Fact]:
        """Take back facts that were dropped and would exclude one of `states`, each once: with others they may be kept.

        Those that have been taken back are in `before`.
        """
        facts = [fact for fact in self.dropped - before if any(true.issuperset(fact) for true in states)]
        before.update(facts)
        self.dropped.difference_update(facts)
        return facts

    def needed(self, proved: Iterable[Question]) -> tuple[Lemma, ...]:
        """Return what is inductive and excludes all of `proved`: the facts that the solver's arguments use."""
        found: dict[Fact, None] = {}
        for question in proved:
            self.open(question)
            found.update(dict.fromkeys(self._used()))
        steps = [step for step in self.system.steps if step.fires is not False]
        asked: dict[int, int] = {}  # how many facts a step has been asked about
        while any(asked.get(step.index) != len(found) for step in steps):
            for step in steps:
                asked[step.index] = len(found)
                after = self._after(step)
                broken = after.asked(found)
                if broken:
                    self.solver.push()
                    self.solver.add(after.formula)
                    self._breaking(broken, after.truths, after.broken)
                    found.update(dict.fromkeys(self._used()))
                    self.solver.pop()
        return tuple(lemma(self.sample.scalars, [self.literals[n] for n in fact]) for fact in found)

    def _used(self) -> set[Fact]:
        """Return the facts that the last answer `no` rests on."""
        return {self._names[a.get_id()] for a in self.solver.unsat_core() if a.get_id() in self._names}
