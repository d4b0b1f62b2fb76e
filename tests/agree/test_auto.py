"""`--engine auto`: whether and when the search moves from text to machine code can be seen in nothing but the time."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from checker import api
from checker.api import check_model
from checker.diagnostics import UsageError
from checker.engine import handover
from checker.engine.handover import COST, PATIENCE, Handover
from checker.engine.limits import Update
from checker.ir.domains import IntT, SetT
from checker.ir.nodes import Model, Variable
from checker.models import load
from checker.options import Options
from checker.render.document import report_document
from checker.report import Report
from tests.support.random_models import random_model
from tests.support.toy_models import counter, philosophers

OPTIONS = (
    Options(),
    Options(go_on=True),
    Options(waits="structural"),
    Options(waits="off", properties=("deadlock",)),
    Options(max_states=40),
    Options(max_depth=4),
    Options(strict=True),
)
SPECS: tuple[tuple[str, dict[str, str]], ...] = (
    ("dining_philosophers", {}),
    ("bounded_buffer", {}),
    ("lost_notification", {}),
    ("poison_job", {}),
    ("heartbeat", {}),
    ("tests/corpus/deadlock_only_may_can_cut.py", {}),
    ("tests/corpus/expr_choose.py", {}),
    ("tests/corpus/own_moves.py", {}),
    ("tests/corpus/prop_transition.py", {}),
    ("tests/corpus/prop_progress_to.py", {}),
)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search moves as soon as it is asked."""
    monkeypatch.setattr(handover, "COST", 0.0)


def told(report: Report) -> dict[str, Any]:
    """Return everything a report says but time, memory, engine and how to choose it."""
    document = report_document(report)
    own = ("seconds", "memory", "engine", "engine_note", "reproduce")
    return {name: value for name, value in document.items() if name not in own}


@pytest.mark.parametrize(("spec", "settings"), SPECS, ids=[spec for spec, _ in SPECS])
@pytest.mark.usefixtures("at_once")
def test_moving_changes_nothing_in_the_report(spec: str, settings: dict[str, str]) -> None:
    model = load(spec, settings)
    for options in OPTIONS:
        moved = check_model(model, options=options)
        stayed = check_model(model, options=Options(**{**_fields(options), "engine": "text"}))
        assert moved.engine == ("native" if moved.depth > 2 else moved.engine)
        assert told(moved) == told(stayed), f"{spec} {options}"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.usefixtures("at_once")
def test_moving_changes_nothing_on_random_models(seed: int) -> None:
    model = random_model(Random(seed), space=60)
    for options in (Options(go_on=True), Options(max_states=20)):
        stayed = check_model(model, options=Options(**{**_fields(options), "engine": "text"}))
        assert told(check_model(model, options=options)) == told(stayed)


def _fields(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in Options.__slots__}


def test_small_searches_stay_in_text() -> None:
    report = check_model(philosophers(5))
    assert (report.engine, report.engine_note) == ("text", "")


def test_it_moves_when_it_has_taken_as_long_as_moving_costs() -> None:
    growing = Update(states=1000, queue=400, depth=5)
    ending = Update(states=1000, queue=10, depth=5)
    asked = Handover(lambda _: None)
    assert not asked.pays(COST * 0.9, growing)
    assert asked.pays(COST, growing)
    assert not asked.pays(COST, ending)
    assert asked.pays(COST * PATIENCE, ending)


def test_that_machine_code_is_kept_is_believed_of_the_same_engine_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "user_folder", lambda kind: tmp_path / kind)
    steps = [(b"old", 60.0), (b"old", 0.0), (b"old", 60.0), (b"new", 60.0), (b"new", 0.0), (b"new", 60.0)]
    engines = []
    for version, cost in steps:
        monkeypatch.setattr(api, "version_of", lambda *_, version=version: version)
        monkeypatch.setattr(handover, "COST", cost)
        engines.append(check_model(philosophers(5)).engine)
    assert engines == ["text", "native", "native", "text", "native", "native"]


def test_that_it_moved_before_is_believed_of_the_same_question_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "user_folder", lambda kind: tmp_path / kind)
    whole, part = Options(), Options(properties=("deadlock",))
    with monkeypatch.context() as at_once:
        at_once.setattr(handover, "COST", 0.0)
        assert check_model(philosophers(5), options=whole).engine == "native"
    assert check_model(philosophers(5), options=part).engine == "text"
    assert check_model(philosophers(5), options=whole).engine == "native"


@pytest.mark.usefixtures("at_once")
def test_a_model_that_is_too_large_for_native_stays_in_text() -> None:
    wide = Variable("wide", SetT(IntT(0, 70)), (frozenset(),))
    small = counter(5)
    model = Model(small.name, small.params, (*small.variables, wide), small.actors, small.actions, small.properties)
    with pytest.raises(UsageError):
        check_model(model, options=Options(engine="native"))
    report = check_model(model)
    assert report.engine == "text"
    assert report.engine_note
    assert told(report) == told(check_model(model, options=Options(engine="text")))


@pytest.mark.usefixtures("at_once")
def test_without_the_packages_of_native_it_stays_in_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("checker.engine.native", "checker.backends.native"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    report = check_model(philosophers(5))
    assert "knotcheck[native]" in report.engine_note
    assert report.engine == "text"
    assert told(report) == told(check_model(philosophers(5), options=Options(engine="text")))


def test_the_limit_of_time_counts_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "COST", 0.0)
    report = check_model(philosophers(12), options=Options(max_seconds=0.0))
    assert report.stopped_by == "--max-seconds 0"
