"""Several workers of the native engine find what one finds: states by level, counts, and whole reports."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from checker import Report, check
from checker.api import check_model
from checker.backends.native import crew
from checker.backends.native.program import Program
from checker.backends.text.machine import TextMachine
from checker.engine import native, native_store, native_workers
from checker.engine.exploration import INTERRUPTED
from checker.engine.limits import Limits
from checker.engine.native import NativeExploration, explore_native
from checker.engine.native_workers import Workers
from checker.engine.select import select
from checker.ir.nodes import Model, Sometimes
from checker.options import Options
from tests.agree.test_native import with_properties
from tests.support.expected import rows_of, specs_in
from tests.support.random_models import random_model
from tests.support.toy_models import const, odometers, philosophers


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several workers expand the smallest levels, a state at a time, and their tables grow often."""
    monkeypatch.setattr(native, "TOGETHER", 1)
    monkeypatch.setattr(native_store, "SHARED", 1)
    monkeypatch.setattr(native_store, "SMALLEST", 8)
    monkeypatch.setattr(native_store, "GROWTH", 1.2)
    for name in ("SOURCES", "NUMBERS", "PART"):
        monkeypatch.setattr(native_workers, name, 2)


def levels_of(found: NativeExploration) -> list[set[tuple[int, ...]]]:
    """Return the states of each level, as they are packed."""
    k, words = found.store.k, found.store.words.view
    ends = [*found.levels[1:], len(found.states)]
    return [
        {tuple(words[number * k : (number + 1) * k]) for number in range(begin, end)}
        for begin, end in zip(found.levels, ends, strict=True)
    ]


def explored(model: Model, workers: int) -> NativeExploration:
    return explore_native(TextMachine(model), select(model, ()), go_on=True, workers=workers)


def assert_same_levels(model: Model, workers: int) -> NativeExploration:
    """Compare a search by several workers to one by one: states, levels, counts; every state is in the table, once."""
    expected, found = explored(model, 1), explored(model, workers)
    assert found.levels == expected.levels
    assert levels_of(found) == levels_of(expected)
    assert len({state for level in levels_of(found) for state in level}) == len(found.states)
    assert (found.totals, found.hits) == (expected.totals, expected.hits)
    assert found.complete
    assert [step.failure for step in found.failures] == [step.failure for step in expected.failures] or found.failures
    assert {step.failure.place for step in found.failures} == {step.failure.place for step in expected.failures}
    entries = found.store._table.view[: found.store.places].tolist()
    assert sum(entry != 0 for entry in entries) == len(found.states)
    if found.store.k > 1:
        assert {(entry & 0xFFFFFFFF) - 1 for entry in entries if entry} == set(range(len(found.states)))
    return found


def assert_same_report(found: Report, expected: Report) -> None:
    """Compare reports by all they say; how many states an action was the first to reach may be unknown."""
    known = [new for _, new, _, _ in found.coverage.actions]
    actions = tuple(
        (name, None if None in known else new, total, loc) for name, new, total, loc in expected.coverage.actions
    )
    counted = replace(expected.coverage, actions=actions)
    assert replace(found, seconds=0, memory=None, flags=()) == replace(
        expected, seconds=0, memory=None, flags=(), coverage=counted
    )


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("workers", [2, 3])
@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=6, deadline=None)
def test_workers_find_what_one_finds(workers: int, seed: int) -> None:
    random = Random(seed)
    model = with_properties(random_model(random), random)
    assert_same_levels(model, workers)
    options = Options(go_on=random.random() < 0.5, max_depth=random.choice((None, 3)), engine="native")
    found, expected = (check_model(model, options=replace(options, workers=count)) for count in (workers, 1))
    assert_same_report(found, expected)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("path", specs_in("corpus")[::3], ids=lambda path: path.stem)
def test_reports_on_the_corpus_are_those_of_one(path: Path) -> None:
    assert_reports_are_those_of_one(path)


@pytest.mark.nightly
@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("path", [*specs_in("corpus"), *specs_in("blocks")], ids=lambda path: path.stem)
def test_reports_on_all_of_the_corpus_are_those_of_one(path: Path) -> None:
    assert_reports_are_those_of_one(path)


def assert_reports_are_those_of_one(path: Path) -> None:
    for row in rows_of(path):
        found, expected = (
            check(str(path), options=Options(engine="native", workers=count), **dict(row.settings)) for count in (3, 1)
        )
        assert_same_report(found, expected)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("words", [1, 2, 3, 6])
def test_workers_agree_on_states_of_any_width(words: int) -> None:
    assert_same_levels(odometers(words, {1: 300, 2: 40, 3: 9}.get(words, 3)), 3)


@pytest.mark.usefixtures("eager")
def test_workers_meet_at_places_move_parts_and_close_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until all of it has happened: another worker was first, a table grew in parts, numbers were left over."""
    happened = dict.fromkeys(("late", "moved", "grown"), 0)
    end, grow = Workers.end, Workers.grow

    def count_end(self: Workers) -> None:
        happened["late"] += self.late
        happened["moved"] += self.moved
        end(self)

    def count_grow(self: Workers, buckets: int) -> None:
        happened["grown"] += 1
        grow(self, buckets)

    monkeypatch.setattr(Workers, "end", count_end)
    monkeypatch.setattr(Workers, "grow", count_grow)
    models = odometers(3, 40), odometers(1, 300), philosophers(13), odometers(2, 200)
    for turn in range(40):
        for workers in (2, 3, 5):
            assert_same_levels(models[turn % len(models)], workers)
        if turn >= 3 and all(happened.values()):
            break
    assert all(happened.values())


@pytest.mark.usefixtures("eager")
def test_what_a_sleeping_worker_has_left_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers fall asleep with states that they have taken, as the table had to grow, and are not woken again."""
    wake, left, turns = Workers._wake, list[int](), count()

    def wake_seldom(self: Workers) -> None:
        others = self._own[1 : self.count]
        holding = sum(own.worker.stop - own.search.expanded for own in others)
        if not left and next(turns) % 4 == 0:
            wake(self)
        elif holding:
            deadline = time.monotonic() + 10
            while any(own.worker.awake for own in others) and time.monotonic() < deadline:
                time.sleep(0.001)
            left.append(holding)

    monkeypatch.setattr(Workers, "_wake", wake_seldom)
    for name in ("SOURCES", "FEWEST"):  # more than fit into a batch
        monkeypatch.setattr(native_workers, name, 64)
    for turn in range(40):
        assert_same_levels((odometers(1, 300), philosophers(13))[turn % 2], 3)
        if left:
            break
    assert left


@pytest.mark.usefixtures("eager")
def test_what_is_found_out_of_order_is_found_once_more_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    model = philosophers(9)
    searched: list[int] = []

    def counted(*args: Any, workers: int, **more: Any) -> NativeExploration:
        searched.append(workers)
        return explore_native(*args, workers=workers, **more)

    monkeypatch.setattr(native, "explore_native", counted)
    options = Options(engine="native", workers=3, go_on=True)
    assert_same_report(check_model(model, options=options), check_model(model, options=replace(options, workers=1)))
    assert searched == [3, 1, 1]


def test_a_repetition_that_is_cut_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "TOGETHER", 1)
    model, options = philosophers(9), Options(engine="native", workers=2)

    def cut(*args: Any, workers: int, limits: Limits, **more: Any) -> NativeExploration:
        within = limits if workers > 1 else replace(limits, max_seconds=0.0)
        return explore_native(*args, workers=workers, limits=within, **more)

    expected = check_model(model, options=options)
    monkeypatch.setattr(native, "explore_native", cut)
    found = check_model(model, options=options)
    assert (found.verdict, found.states, found.stopped_by) == (expected.verdict, expected.states, "")
    assert [len(f.trace.steps) for f in found.findings] == [len(f.trace.steps) for f in expected.findings]


def test_max_states_and_unmet_conditions_are_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "TOGETHER", 1)
    model = philosophers(7)
    never = replace(model, properties=(Sometimes("never", const(False)),))
    for limits, searched in ((Limits(max_states=100), model), (Limits(), never)):
        selection = select(searched, ())
        found = explore_native(TextMachine(searched), selection, limits=limits, go_on=True, workers=2)
        assert found.in_order >= len(found.states)
    assert explored(model, 2).in_order < 100


def test_threads_that_cannot_be_started_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "TOGETHER", 1)
    start, started = threading.Thread.start, list[threading.Thread]()

    def start_two(self: threading.Thread) -> None:
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", start_two)
    assert len(explored(philosophers(9), 5).states) == 2786
    assert len(started) == 2
    assert not any(thread.is_alive() for thread in started)


def test_an_interrupt_comes_between_calls_of_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes while workers expand a level; what they do is concluded, and nothing is lost."""
    monkeypatch.setattr(native, "TOGETHER", 1)
    call, calls, joint = Program.call, list[object](), count(1)

    def interrupting(self: Program, kernel: Callable[..., object], *args: int) -> int:
        calls.append(kernel)
        if kernel is crew.expand_all and next(joint) == 5:
            signal.raise_signal(signal.SIGINT)
        return call(self, kernel, *args)

    monkeypatch.setattr(Program, "call", interrupting)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts behind itself ignores it
    try:
        found = explored(philosophers(11), 2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert found.stopped_by == INTERRUPTED
    assert 0 < found.expanded < len(found.states)
    assert found.levels[-1] < len(found.states)
    states = [state for level in levels_of(found) for state in level]
    assert len(set(states)) == len(states) == len(found.states)
    assert calls[-1] is crew.expand_all
    assert found.trace(len(states) - 1).steps
