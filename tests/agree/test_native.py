"""The native engine and the generated text agree: on states, steps, failures and what is counted; on whole reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from checker import Report, check
from checker.api import check_model
from checker.backends.native import runtime
from checker.backends.native.expressions import OPERATORS
from checker.backends.native.intrinsics import LINE
from checker.backends.native.program import Program
from checker.backends.text.machine import TextMachine
from checker.engine import native_store
from checker.engine.limits import Limits
from checker.engine.native import explore_native
from checker.engine.search import explore
from checker.engine.select import select
from checker.ir.build import disjunction, negation
from checker.ir.domains import IntT, SetT
from checker.ir.nodes import (
    AlwaysEventually,
    Eventually,
    Invariant,
    LeadsTo,
    Model,
    Old,
    Progress,
    Property,
    Sometimes,
    StepProperty,
    Var,
)
from checker.ir.ops import Op
from checker.ir.walk import substitute
from checker.options import Options
from checker.report import Finding
from tests.support.expected import rows_of, specs_in
from tests.support.random_models import random_model
from tests.support.toy_models import const, counter, kitchen_sink, odometers, op, philosophers

TOYS = (philosophers(4), counter(3), counter(3, strict=True), kitchen_sink())


def assert_same_search(model: Model) -> None:
    """Compare both searches, by everything that numbers and counts."""
    text = TextMachine(model)
    expected = explore(text, go_on=True)
    hits = list(text.hits)
    found = explore_native(text, select(model, ()), go_on=True)
    assert list(found.states) == expected.states
    assert found.levels == expected.levels
    assert found.totals == expected.totals
    assert found.new_by_action() == expected.new_by_action()
    assert found.hits == hits
    assert found.failures == expected.failures
    for number in {0, len(expected.states) // 2, len(expected.states) - 1}:
        assert found.trace(number) == expected.trace(number)


def assert_same_report(found: Report, expected: Report) -> None:
    """Compare two reports by what they say; of places that fail, native tells the first message only."""
    for name in ("verdict", "exit_code", "states", "transitions", "depth", "complete", "warnings", "coverage"):
        assert getattr(found, name) == getattr(expected, name), name
    assert [(p.name, p.verdict, p.note, p.witness) for p in found.properties] == [
        (p.name, p.verdict, p.note, p.witness) for p in expected.properties
    ]
    assert found.findings[:1] == expected.findings[:1]
    assert _kinds(found.findings) == _kinds(expected.findings)
    assert [f for f in found.findings if f in expected.findings] == list(found.findings)
    assert [f for f in found.findings if f.graph is not None] == [f for f in expected.findings if f.graph is not None]


def _kinds(findings: tuple[Finding, ...]) -> set[object]:
    return {(finding.kind, finding.loc, finding.warning) for finding in findings}


def with_properties(model: Model, random: Random) -> Model:
    """Return `model` with properties made of its guards."""
    exprs = [conjunct.expr for action in model.actions for conjunct in action.guard] or [
        actor.finished for actor in model.actors
    ]
    before = {Var(v.name, v.type): Old(v.name, v.type) for v in model.variables}
    one, other, third = (random.choice(exprs) for _ in range(3))
    properties: list[Property] = [
        Invariant("one", disjunction((negation(one), negation(other)))),
        Sometimes("met", third),
        StepProperty("kept", disjunction((negation(substitute(one, before)), other, negation(third)))),  # type: ignore[arg-type]
        Progress("moves", model.actors[0].name),
        Progress("arrives", model.actors[-1].name, to=other),
        LeadsTo("leads", one, other),
        Eventually("ends", third),
        AlwaysEventually("again", other),
    ]
    return replace(model, properties=tuple(random.sample(properties, random.randint(0, 4))))


@pytest.mark.parametrize("model", TOYS, ids=lambda model: model.name)
def test_toys_agree(model: Model) -> None:
    assert_same_search(model)


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_random_models_agree(seed: int) -> None:
    assert_same_search(random_model(Random(seed)))


@pytest.mark.parametrize("limited", [False, True])
@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_reports_on_random_models_agree(limited: bool, seed: int) -> None:
    random = Random(seed)
    model = with_properties(random_model(random), random)
    depth, states = random.choice(((None, 5), (3, None), (3, 5))) if limited else (None, None)
    options = Options(go_on=random.random() < 0.5, max_depth=depth, max_states=states)
    found = check_model(model, options=replace(options, engine="native"))
    assert_same_report(found, check_model(model, options=options))


@pytest.mark.parametrize(
    "options", [{"properties": ("small",)}, {"properties": ("kept",)}, {"witness": "met"}], ids=["state", "step", "met"]
)
def test_small_levels_follow_each_other_up_to_where_something_is_found(options: dict[str, Any]) -> None:
    """Where nobody looks for certificates, none between them; a step that fails at the end is not come to."""
    n = Var("n", IntT(0, 30))
    properties: list[Property] = [
        Invariant("small", op(Op.LT, n, const(7))),
        StepProperty("kept", op(Op.LT, Old(n.name, n.type), const(7))),
        Sometimes("met", op(Op.EQ, n, const(7))),
    ]
    model = counter(30, *properties, strict=True)
    found = check_model(model, options=Options(engine="native", **options))
    expected = check_model(model, options=Options(engine="text", **options))
    assert_same_report(found, expected)
    assert found.states in (8, 9)


@pytest.mark.parametrize("path", [*specs_in("corpus"), *specs_in("blocks")], ids=lambda path: path.stem)
def test_reports_on_the_corpus_agree(path: Path) -> None:
    for row in rows_of(path):
        found = check(str(path), options=Options(engine="native"), **dict(row.settings))
        assert_same_report(found, check(str(path), options=None, **dict(row.settings)))


@pytest.mark.parametrize("model", [philosophers(7), kitchen_sink()], ids=lambda model: model.name)
def test_tables_that_grow_often_agree(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_store, "SMALLEST", 8)
    assert_same_search(model)
    monkeypatch.setattr(native_store, "MANY", 0)
    assert_same_search(model)


@pytest.mark.parametrize("words", range(1, 8))
def test_states_of_any_width_agree(words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_store, "SMALLEST", 8)
    model = odometers(words, {1: 2000, 2: 40, 3: 9}.get(words, 3))
    assert Program(model).layout.words == words
    assert_same_search(model)
    if words < 5:
        assert_same_report(check_model(model, options=Options(engine="native")), check_model(model))


@pytest.mark.parametrize("words", [1, 3])
def test_tables_as_full_as_can_be_agree(words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most states are far from where they belong."""
    monkeypatch.setattr(native_store, "SMALLEST", 1 << 12)
    monkeypatch.setattr(native_store, "FULLEST", 0.97)
    monkeypatch.setattr(native_store, "GROWTH", 1.1)
    assert_same_search(odometers(words, {1: 1500, 3: 9}[words]))


@pytest.mark.parametrize(
    ("states", "most"), [(33_461, 22), (50_816, 22.3), (321_000_000, 20.2), (1010**3, 19.6), (10 * 1010**3, 21.4)]
)
def test_tables_are_never_mostly_empty(states: int, most: float) -> None:
    """The bytes a state of one word takes; a billion states are to fit into 20 GiB."""
    buckets = native_store.SMALLEST // LINE
    while buckets * LINE * native_store.FULLEST < states:
        buckets = int(buckets * native_store.growth(buckets))
    assert 8 + 8 * buckets * LINE / states < most


def test_memory_ends_a_search_as_incomplete() -> None:
    model = philosophers(14)
    found = explore_native(TextMachine(model), select(model, ()), limits=Limits(max_memory=1_000_000))
    assert found.stopped_by == "--max-memory 1000000"
    assert not found.complete
    assert 0 < found.expanded < len(found.states)


def test_numbers_of_wide_states_that_run_out_are_no_lack_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runtime, "MOST", 5000)
    model = odometers(2, 100)
    found = explore_native(TextMachine(model), select(model, ()))
    assert found.stopped_by.startswith("5,000 states")
    assert not found.complete
    assert 3000 < len(found.states) <= 5000


def test_code_is_kept_and_a_folder_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    model = counter(3)
    assert Program(model, folder=tmp_path).fresh
    assert not Program(model, folder=tmp_path).fresh
    for kept in tmp_path.glob("*.o"):
        kept.write_bytes(kept.read_bytes()[:-40])  # cut off
    assert Program(model, folder=tmp_path).fresh
    blocked = tmp_path / "file"
    blocked.touch()
    found = explore_native(TextMachine(model), select(model, ()), go_on=True, folder=blocked)
    assert len(found.states) == 4


def test_code_is_found_again_however_sets_are_hashed(tmp_path: Path) -> None:
    """Members that fall on each other are in the order they were put in, as names are at one hash seed or another."""
    n, kind = Var("n", IntT(0, 9)), SetT(IntT(0, 9))
    one, other = (op(Op.IN, n, const(frozenset(members), kind)) for members in ((0, 8), (8, 0)))
    assert one == other
    assert str(one) != str(other)
    assert Program(counter(9), [one], folder=tmp_path).fresh
    assert not Program(counter(9), [other], folder=tmp_path).fresh


def test_every_operator_has_its_instructions() -> None:
    assert set(OPERATORS) == set(Op)
