"""The generated text and the interpreter agree: on every step of every state, on failures, on what is counted."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers

from checker.backends.text.machine import TextMachine
from checker.engine.search import explore
from checker.interp import Interpreter
from checker.ir.nodes import Expr, If, Model, State
from checker.ir.verify import verify
from checker.ir.walk import expressions, statements, temps
from checker.machine import Failure, Machine, Undefined
from tests.support.random_models import random_model
from tests.support.toy_models import counter, kitchen_sink, philosophers

TOYS = (philosophers(4), counter(3), counter(3, strict=True), kitchen_sink())


def assert_agree(model: Model, folder: Path) -> None:
    """Compare all steps from every state that is reachable, in order; a search knows nothing else of its machine."""
    verify(model)
    reference, text = Interpreter(model), TextMachine(model, folder=folder)
    assert text.initial() == reference.initial()
    for state in explore(TextMachine(model, folder=folder), go_on=True).states:
        assert text.successors(state) == reference.successors(state)
    assert text.hits == reference.hits


def conditions(model: Model) -> list[Expr]:
    """Everything the model evaluates that needs no temp."""
    found = [conjunct.expr for action in model.actions for conjunct in action.guard]
    found += [actor.finished for actor in model.actors] + [actor.resting for actor in model.actors]
    inner = [expr for action in model.actions for stmt in statements(action.update) for expr in expressions(stmt)]
    return found + [expr for expr in inner if not temps(expr)]


def outcome(machine: Machine, expr: Expr, state: State) -> object:
    try:
        return machine.evaluate(expr, state)
    except Undefined as undefined:
        return undefined.message


@pytest.mark.parametrize("model", TOYS, ids=lambda model: model.name)
def test_toys_agree(model: Model, tmp_path: Path) -> None:
    assert_agree(model, tmp_path)


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_models_agree(seed: int, tmp_path: Path) -> None:
    model = random_model(Random(seed))
    assert_agree(model, tmp_path)


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_expressions_agree(seed: int, tmp_path: Path) -> None:
    model = random_model(Random(seed))
    reference, text = Interpreter(model), TextMachine(model, folder=tmp_path)
    for state in explore(reference, go_on=True).states:
        for expr in conditions(model):
            assert outcome(text, expr, state) == outcome(reference, expr, state)


def test_kitchen_sink_has_failures_choices_and_branches() -> None:
    """What the toy is there to exercise happens in it."""
    model = kitchen_sink()
    found = explore(TextMachine(model), go_on=True)
    assert any(label is not None and len(label.choices) == 2 for label in found.labels)
    assert {type(step.failure) for step in found.failures} == {Failure}
    assert any(isinstance(stmt, If) for action in model.actions for stmt in action.update)
