"""The model as terms says what the interpreter says: states, steps, failures, properties."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import z3

from checker.engine.conditions import holds
from checker.interp import Interpreter
from checker.ir.domains import OptionT, RecordT, SeqT, SetT, Type, show, values
from checker.ir.nodes import (
    Action,
    Actor,
    Assign,
    Choose,
    Duty,
    Invariant,
    Model,
    Sometimes,
    State,
    StepProperty,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.machine import Failure
from checker.models import describe, load
from checker.symbolic.expressions import OPERATORS
from checker.symbolic.steps import Step
from checker.symbolic.system import System, translate
from checker.symbolic.terms import Term, known
from checker.symbolic.values import decode, scalars
from tests.agree.test_native import with_properties
from tests.support.expected import specs_in
from tests.support.random_expressions import Expressions, random_variables
from tests.support.random_models import BIT, random_model
from tests.support.toy_models import counter, kitchen_sink, philosophers, variable

STATES = 25  # of each model
TOYS = (philosophers(3), counter(3), counter(3, strict=True), kitchen_sink())


def reachable(machine: Interpreter, limit: int) -> list[State]:
    """Return the first states of a breadth-first search."""
    found = dict.fromkeys(machine.initial())
    for state in list(found):
        found[state] = None
    queue = list(found)
    while queue and len(found) < limit:
        for _, after in machine.successors(queue.pop(0)):
            if not isinstance(after, Failure) and after not in found:
                found[after] = None
                queue.append(after)
    return list(found)[:limit]


class Case:
    """One model, both ways."""

    def __init__(self, model: Model, *, words: bool) -> None:
        self.model = model
        self.machine = Interpreter(model)
        self.system: System = translate(model, words=words)
        self.solver = z3.Solver()
        self.solver.add(self.lift(self.system.typed))

    def lift(self, term: Term) -> z3.ExprRef:
        return self.system.terms.lift(term)

    def compare(self, limit: int) -> None:
        initial = self.machine.initial()
        found = self.all_states(self.system.initial, len(initial) + 1)
        assert sorted(map(self.shown, found)) == sorted(map(self.shown, initial))
        for state in reachable(self.machine, limit):
            self.solver.push()
            self.solver.add(self.lift(self.system.is_state(state)))
            assert self.solver.check() == z3.sat, "a reachable state is no value of the terms"
            model = self.solver.model()
            assert self.system.decode(self.system.terms.value_in(model)) == state
            self.compare_steps(state)
            self.compare_properties(state, model)
            self.solver.pop()

    def all_states(self, condition: Term, limit: int) -> list[State]:
        found: list[State] = []
        self.solver.push()
        self.solver.add(self.lift(condition))
        while len(found) < limit and self.solver.check() == z3.sat:
            found.append(self.system.decode(self.system.terms.value_in(self.solver.model())))
            self.solver.add(z3.Not(self.lift(self.system.is_state(found[-1]))))
        self.solver.pop()
        return found

    def once(self, steps: list[object]) -> list[str]:
        """Sort steps; of those that fail keep one: the interpreter makes no choices after a failure."""
        return sorted([*map(self.shown, (step for step in steps if step != "fails")), *["fails"] * ("fails" in steps)])

    def shown(self, state: object) -> str:
        """Return a state in words, the same for equal ones (of a set, `repr` depends on how it was made)."""
        assert isinstance(state, tuple)
        return ", ".join(show(v.type, value) for v, value in zip(self.model.variables, state, strict=True))

    def compare_steps(self, state: State) -> None:
        expected: dict[int, list[object]] = {}
        for label, after in self.machine.successors(state):
            expected.setdefault(label.action, []).append("fails" if isinstance(after, Failure) else after)
        for step in self.system.steps:
            found = self.steps(step)
            assert self.once(found) == self.once(expected.get(step.index, [])), (step.action.name, state)

    def steps(self, step: Step) -> list[object]:
        """Return what becomes of the state of the solver by one action, once for each value of its inputs."""
        found: list[object] = []
        self.solver.push()
        self.solver.add(self.lift(step.legal))
        while self.solver.check() == z3.sat:
            value_of = self.system.terms.value_in(self.solver.model())
            assert not (value_of(step.fires) and value_of(step.fails))
            if value_of(step.undefined):
                found = ["fails"]
                break
            if value_of(step.fires):
                found.append(self.target(step, value_of))
            elif value_of(step.fails):
                found.append("fails")
            inputs = [term for given in step.inputs for term in scalars(given.value) if not known(term)]
            if not inputs:
                break
            self.solver.add(z3.Or([term != self.lift(_plain(term, value_of(term))) for term in inputs]))
        self.solver.pop()
        return found

    def target(self, step: Step, value_of: object) -> State:
        after = {**self.system.state, **step.changes}
        return tuple(
            decode(self.system.terms, v.type, after[v.name], value_of)  # type: ignore[arg-type]
            for v in self.model.variables
        )

    def compare_properties(self, state: State, model: z3.ModelRef) -> None:
        value_of = self.system.terms.value_in(model)
        for prop in self.model.properties:
            if isinstance(prop, (Invariant, Sometimes)):
                assert value_of(self.system.holds(prop.expr)) == holds(self.machine, prop.expr, state), prop.name
            if isinstance(prop, StepProperty):
                for step in self.system.steps:
                    if not step.inputs and value_of(step.fires):
                        after = self.target(step, value_of)
                        expected = holds(self.machine, prop.expr, after, state)
                        assert value_of(self.system.kept(step, prop)) == expected, prop.name


def _plain(term: Term, value: int) -> Term:
    return bool(value) if z3.is_bool(term) else value


def test_operators_are_all_there() -> None:
    assert set(OPERATORS) == set(Op)


@pytest.mark.parametrize("words", [False, True], ids=["integers", "words"])
@pytest.mark.parametrize("model", TOYS, ids=lambda model: model.name)
def test_toys(model: Model, words: bool) -> None:
    Case(model, words=words).compare(STATES)


@pytest.mark.parametrize("words", [False, True], ids=["integers", "words"])
def test_random_models(words: bool) -> None:
    for number in range(15):
        random = Random(f"symbolic/{number}")
        Case(with_properties(random_model(random), random), words=words).compare(15)


@pytest.mark.parametrize("words", [False, True], ids=["integers", "words"])
@pytest.mark.parametrize("kind", [OptionT(BIT), SeqT(BIT, 2), RecordT("R", (("slot", OptionT(BIT)),))], ids=str)
def test_what_is_chosen_may_be_empty(kind: Type, words: bool) -> None:
    """One step for each choice: an input has nothing but blanks where the chosen value has nothing."""
    every = tuple(values(kind))
    options, held, chosen = Var("options", SetT(kind)), Var("held", kind), Temp("chosen", kind)
    variables = (variable(options, frozenset(every[:2]), frozenset(every)), variable(held, every[0]))
    action = Action("choose", "one", (), (Choose(chosen, options), Assign(held, chosen)), Duty.OBLIGED)
    model = Model("choosing", (), variables, (Actor("one", Duty.OBLIGED),), (action,), ())
    Case(model, words=words).compare(STATES)


def assigning(random: Random, *, depth: int) -> Model:
    """Return a model each action of which assigns a random expression to a variable of its type, in range or not."""
    variables = random_variables(random)
    make = Expressions(random, variables)
    updates = [Assign(Var(v.name, v.type), make.of(v.type, depth)) for v in variables]
    actions = [Action(f"set {n}", "one", (), (update,), Duty.OBLIGED) for n, update in enumerate(updates)]
    return Model("assigning", (), variables, (Actor("one", Duty.OBLIGED),), tuple(actions), ())


def compare_expressions(numbers: range, *, depth: int, words: bool) -> None:
    for number in numbers:
        Case(assigning(Random(f"assigning/{number}"), depth=depth), words=words).compare(1)


@pytest.mark.parametrize("words", [False, True], ids=["integers", "words"])
def test_random_expressions(words: bool) -> None:
    compare_expressions(range(5), depth=2, words=words)


@pytest.mark.nightly
@pytest.mark.parametrize("words", [False, True], ids=["integers", "words"])
def test_many_random_expressions(words: bool) -> None:
    compare_expressions(range(10, 500), depth=3, words=words)


@pytest.mark.nightly
@pytest.mark.parametrize("words", [False, True], ids=["integers", "words"])
def test_many_random_models(words: bool) -> None:
    for number in range(30, 2_000):
        random = Random(f"symbolic/{number}")
        Case(with_properties(random_model(random), random), words=words).compare(30)


@pytest.mark.parametrize("path", [*specs_in("corpus"), *specs_in("blocks")], ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    for row in describe(str(path)).expected[:1]:
        Case(load(str(path), dict(row.settings)), words=False).compare(5)


def test_page_service() -> None:
    Case(load("page_service", {"requests": "1"}), words=False).compare(8)
