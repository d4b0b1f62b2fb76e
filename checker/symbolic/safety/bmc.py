"""Bounded model checking: runs of one length after another, until one ends in what must not be.

A. Biere, A. Cimatti, E. Clarke, Y. Zhu, *Symbolic model checking without BDDs*, TACAS 1999. Lengths are tried in
order, so the first run found is a shortest one. That there is none up to a length proves nothing about longer ones,
unless there is no longer one.

Two steps in a row whose actions do not touch what the other reads or writes come in the order of the actions (C. Wang,
Z. Yang, V. Kahlon, A. Gupta, *Peephole partial order reduction*, TACAS 2008). Claim: every state that a run of n steps
leads to is one that such a run of n steps leads to. Of all runs of n steps from one initial state to one state take the
first in the order of their lists of actions: if two independent steps in a row were in the wrong order, swapping them
would be a run to the same state that comes before it. So nothing is missed: what is asked of each length is asked of
the last state, or of a step from it, and what holds in states on the way was asked at smaller lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import z3

from checker.diagnostics import InternalError
from checker.interp import Interpreter
from checker.ir.nodes import Model, State
from checker.machine import Failure, Label
from checker.passes.instance import instance
from checker.symbolic.deadline import Deadline, TimeIsUp, answered, interruptible
from checker.symbolic.relation import Relation, Target, relation, targets, witnesses
from checker.symbolic.script import symbols
from checker.symbolic.system import System, translate
from checker.symbolic.terms import disjunction, known, negate
from checker.trace import Trace


@dataclass(frozen=True, slots=True)
class Run:
    """A run as a solver gave it, and the model it is a run of: an instance, if parameters were left unknown."""

    model: Model
    states: tuple[State, ...]
    ends_in_step: bool  # what is sought is a step from the last state


@dataclass(slots=True)
class Searched:
    """What a bounded search came to: by target a run of least length, and the length up to which there is none."""

    found: dict[str, Run] = field(default_factory=dict)
    violated: str = ""  # the target that ended the search
    depth: int = -1  # no target is met within so many steps (if none was)
    exhausted: bool = False  # no run is longer
    interrupted: bool = False
    stopped_by: str = ""


def solver_for(system: System) -> Any:
    """Return a solver: one for propositional logic if all numbers are words."""
    return z3.Solver() if system.terms.width is None else z3.SolverFor("QF_FD")


def search(
    model: Model,
    *,
    depth: int,
    names: tuple[str, ...] = (),
    meet: bool = True,
    deadline: Deadline | None = None,
    heard: Callable[[int], None] | None = None,
) -> Searched:
    """Look for a shortest run to a violation of `names` (all safety, if empty) of at most `depth` steps.

    With `meet`, note the first run to each `sometimes` on the way. `heard` is told each length that has
    been dealt with.
    """
    system = translate(model, words=not model.unbounded)
    steps = relation(system)
    wanted = witnesses(system) if meet else []
    forbidden = targets(system, names)
    return _Search(system, steps, forbidden, wanted, deadline or Deadline()).run(depth, heard)


@dataclass(slots=True)
class _Search:
    system: System
    steps: Relation
    forbidden: Sequence[Target]
    wanted: list[Target]
    deadline: Deadline
    solver: Any = None
    questions: int = 0
    result: Searched = field(default_factory=Searched)

    def run(self, depth: int, heard: Callable[[int], None] | None) -> Searched:
        """Search up to `depth`; an interrupt ends it."""
        try:
            with interruptible():
                return self._run(depth, heard)
        except KeyboardInterrupt:
            self.result.stopped_by, self.result.interrupted = "an interrupt", True
            return self.result

    def _run(self, depth: int, heard: Callable[[int], None] | None) -> Searched:
        self.solver = solver_for(self.system)
        self.solver.add(self.steps.at(self.system.initial, 0), self.steps.at(self.system.typed, 0))
        ordered = in_order(self.steps)
        for length in range(depth + 1):
            # A step from the state that a run ends in is one more.
            in_state = [target for target in self.forbidden if not target.in_step]
            in_step = [target for target in self.forbidden if target.in_step]
            met = self._meet(in_state, length) or self._meet(in_step, length)
            if met:
                self.result.violated = met[0].name
                return self.result
            while met := self._meet(self.wanted, length):
                self.wanted = [target for target in self.wanted if target not in met]
            if self.result.stopped_by:
                return self.result
            self.result.depth = length
            if heard is not None:
                heard(length)
            good = negate(disjunction(target.bad for target in self.forbidden))
            self.solver.add(self.steps.at(good, length), self.steps.at(self.steps.formula, length))
            self.solver.add(*(pair(length) for pair in ordered if length))
            if self._check() == z3.unsat:
                self.result.exhausted = True
                return self.result
        return self.result

    def _check(self, *assumed: Any) -> Any:
        try:
            answer = answered(self.solver, self.deadline.bind(self.solver).check(*assumed))
        except TimeIsUp:
            answer = z3.unknown
        if answer == z3.unknown:
            self.result.stopped_by = "--seconds" if self.deadline.at is not None else self.solver.reason_unknown()
        return answer

    def _meet(self, sought: Sequence[Target], length: int) -> list[Target]:
        """Return those of `sought` that one run of this length meets at its end; none if no run meets any."""
        bad = disjunction(target.bad for target in sought)
        if bad is False or self.result.stopped_by:
            return []
        self.questions += 1
        question = z3.Bool(f"question {self.questions}")  # an assumption: what the solver has learned stays
        self.solver.add(z3.Implies(question, self.steps.at(bad, length)))
        met = []
        if self._check(question) == z3.sat:
            model = self.solver.model()
            value_of = self.system.terms.value_in(model)
            met = [target for target in sought if value_of(self.steps.at(target.bad, length))]
            for target in met:
                self.result.found[target.name] = read_run(self.steps, model, length, step=target.in_step)
        self.solver.add(z3.Not(question))
        return met


def in_order(steps: Relation) -> list[Callable[[int], Any]]:
    """Return, for each two independent actions, that step n - 1 and step n do not take them in the wrong order."""
    lift, system = steps.system.terms.lift, steps.system
    writes, touches = [], []
    for step in system.steps:
        after = system.after(step)
        writes.append({system.leaves[leaf].decl().name() for leaf in after})
        read = (symbols(lift(term)) for term in (step.fires, *after.values()))
        touches.append(writes[-1].union(*read))

    def pair(before: Any, then: Any) -> Callable[[int], Any]:
        return lambda time: z3.Not(z3.And(steps.copy(before, time - 1), steps.copy(then, time)))

    numbers = range(len(system.steps))
    return [
        pair(steps.take[late], steps.take[early])
        for early in numbers
        for late in numbers[early + 1 :]
        if not writes[early] & touches[late] and not writes[late] & touches[early]
    ]


def read_run(steps: Relation, model: Any, length: int, *, step: bool) -> Run:
    """Return the run of `length` steps that a model of z3's shows; parameters left unknown have their value in it."""
    system = steps.system
    value_of = system.terms.value_in(model)

    def state(place: int) -> State:
        return system.decode(lambda term: value_of(term if known(term) else steps.copy(term, place)))

    states = [state(place) for place in range(length + 1)]
    given = {name: int(value_of(steps.copy(system.terms.number(name), 0))) for name in system.model.unbounded}
    return Run(instance(system.model, given) if given else system.model, tuple(states), step)


# --- the run, taken again ----------------------------------------------------------------------


def trace_of(run: Run, *, broken: Callable[[State, State], bool]) -> tuple[Trace, tuple[State, ...], Failure | None]:
    """Return `run` as a trace of labels: what the interpreter makes of it, states and a failure at the end.

    If the run ends in a step, that is one that fails or, if there is none, one for which `broken` is true (of the state
    before and after it). InternalError if the interpreter does not take these steps.
    """
    machine = Interpreter(run.model)
    states = list(run.states)
    labels: list[Label] = []
    for here, there in pairwise(states):
        labels.append(_label(machine, here, lambda after, there=there: after == there))  # type: ignore[misc]
    failure: Failure | None = None
    if run.ends_in_step:
        last = states[-1]
        steps = machine.successors(last)
        failed = next(((label, after) for label, after in steps if isinstance(after, Failure)), None)
        if failed is not None and isinstance(failed[1], Failure):
            labels.append(failed[0])
            failure = failed[1]
        else:
            label = _label(machine, last, lambda after: not isinstance(after, Failure) and broken(last, after))
            labels.append(label)
            after = machine.step(last, label)
            assert after is not None
            assert not isinstance(after, Failure)
            states.append(after)
    return Trace(_initial(machine, states[0]), tuple(labels)), tuple(states), failure


def _label(machine: Interpreter, state: State, fits: Callable[[State | Failure], bool]) -> Label:
    for label, after in machine.successors(state):
        if fits(after):
            return label
    raise InternalError(f"the solver took a step from {state} that the interpreter does not know")


def _initial(machine: Interpreter, state: State) -> int:
    try:
        return machine.initial().index(state)
    except ValueError:
        raise InternalError(f"the solver began in {state}, which is no initial state") from None
