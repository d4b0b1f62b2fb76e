"""The native engine's certificates are those of `waits.analysis`, in every reachable state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers

from checker.api import check_model
from checker.backends.native import detection, situations
from checker.backends.text.machine import TextMachine
from checker.engine import native_situations, native_waits
from checker.engine.exact import decide
from checker.engine.limits import Limits
from checker.engine.native import explore_native
from checker.engine.native_detection import Detector
from checker.engine.native_exact import decide_native
from checker.engine.native_situations import Situations
from checker.engine.native_waits import Certifier
from checker.engine.search import explore
from checker.engine.select import select
from checker.engine.watch import Knots
from checker.info import catalogue
from checker.ir.nodes import Model
from checker.models import describe, load
from checker.options import Options
from checker.waits.analysis import NONE, WaitAnalysis
from checker.waits.complete import complete
from checker.waits.conditions import ALL, MAY, OBLIGED
from tests.support.expected import rows_of, specs_in
from tests.support.random_models import random_model
from tests.support.toy_models import counter, kitchen_sink, philosophers
from tests.waits.scenarios import hostage, lost_notification, pipeline, two_permits

MOST = 2_000  # states of a model that are compared


def assert_same_certificates(model: Model, *, most: int = MOST) -> int:
    """Compare the certificates of all states; return in how many somebody has one."""
    machine, selection = TextMachine(model), select(model, ())
    knots = Knots(WaitAnalysis(machine), selection)
    limits = Limits(max_states=most)
    found = explore_native(machine, selection, knots=knots, limits=limits, go_on=True, failures_stop=False)
    masks = Certifier(found.store, knots).masks()
    reference = WaitAnalysis(machine)
    certified = 0
    for state, native in zip(found.states, masks, strict=True):
        expected = reference.certificates(state)
        assert native == (expected if expected.stuck else NONE)
        certified += bool(expected.stuck)
    return certified


SCENARIOS = [pipeline(cancel_first=False), pipeline(cancel_first=True), hostage(), two_permits(), lost_notification()]


@pytest.mark.parametrize("model", [philosophers(4), counter(3), kitchen_sink(), *SCENARIOS])
def test_certificates_of_toys_agree(model: Model) -> None:
    assert_same_certificates(model)


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_certificates_of_random_models_agree(seed: int) -> None:
    assert_same_certificates(random_model(Random(seed)), most=500)


@given(seed=integers(0, 2**32 - 1), direct=integers(0, 4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_certificates_agree_where_everything_is_looked_up_by_hash(
    seed: int, direct: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few bits as an index and little room, spots, hashes and tables that grow are what is tested."""
    monkeypatch.setattr(situations, "DIRECT", direct)
    monkeypatch.setattr(native_waits, "ROOM", 1)
    monkeypatch.setattr(native_situations, "ROOM", 2)
    assert_same_certificates(random_model(Random(seed)), most=500)


@pytest.mark.parametrize("path", [*specs_in("corpus"), *specs_in("blocks")], ids=lambda path: path.stem)
def test_certificates_of_the_corpus_agree(path: Path) -> None:
    for row in rows_of(path)[:1]:
        assert_same_certificates(load(str(path), dict(row.settings)))


@pytest.mark.parametrize(("levels", "bits"), [((OBLIGED,), 64), ((OBLIGED, MAY), 32), ((MAY, ALL), 64)])
@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_open_questions_are_those_that_complete_detection_has_no_certificate_for(
    levels: tuple[int, ...], bits: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detection, "word_bits", lambda _: bits)
    model = random_model(Random(seed))
    machine, selection = TextMachine(model), select(model, ())
    knots = Knots(WaitAnalysis(machine), selection)
    explored = explore(machine, go_on=True, failures_stop=False)
    found = explore_native(machine, selection, knots=knots, go_on=True, failures_stop=False)
    if explored.failures:
        return  # a step that fails moves nobody: then the question is not asked this way
    exact = complete(explored, knots.analysis)
    everybody = (1 << len(model.actors)) - 1
    detector = Detector(found, dict.fromkeys(levels, everybody))
    first = detector.answer()
    for number, state in enumerate(explored.states):
        certified = knots.analysis.certificates(state)
        excused = knots.analysis.resting(state) | knots.analysis.finished(state)
        for level, asked in detector.open(number).items():
            assert asked & ~excused == exact[number][level] & ~certified[level]
            assert first < 0 or first <= number or not asked & ~excused


def told(knots: Knots) -> tuple[dict[str, int], dict[tuple[str, ...], int]]:
    """Return which state shows each violated property, and each warning."""
    first = {name: sighting.number for name, sighting in knots.first.items()}
    return first, {core: sighting.number for core, sighting in knots.warnings.items()}


def assert_same_decision(model: Model) -> bool:
    """Compare what complete detection decides, where the search goes on; tell if anything is violated."""
    machine, selection = TextMachine(model), select(model, ())
    knots, native = (Knots(WaitAnalysis(machine), selection) for _ in range(2))
    explored = explore(machine, inspect=knots.look, go_on=True, failures_stop=False)
    decide(explored, knots)
    decide_native(explore_native(machine, selection, knots=native, go_on=True, failures_stop=False), native)
    assert told(native) == told(knots)
    return bool(knots.first)


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_complete_detection_of_random_models_decides_the_same_where_the_search_goes_on(seed: int) -> None:
    assert_same_decision(random_model(Random(seed)))


@pytest.mark.parametrize("model", SCENARIOS)
def test_complete_detection_decides_the_same_where_something_is_violated(model: Model) -> None:
    assert_same_decision(model)


@pytest.mark.nightly
@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=400, deadline=None)
def test_complete_detection_of_many_random_models_decides_the_same(seed: int) -> None:
    assert_same_decision(random_model(Random(seed)))


@pytest.mark.parametrize("model", [pipeline(cancel_first=False), two_permits(), kitchen_sink()])
def test_situations_that_were_kept_are_not_worked_out_again(model: Model, tmp_path: Path) -> None:
    machine, selection = TextMachine(model), select(model, ())
    runs, known = [], []
    for _ in range(2):
        knots = Knots(WaitAnalysis(machine), selection)
        store = explore_native(machine, selection, knots=knots, go_on=True, folder=tmp_path).store
        known.append((tmp_path / store.program.beside.name).read_bytes())
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Situations, "learn", fail)
            runs.append((Certifier(store, knots).masks(), knots.first, knots.warnings))
    assert runs[0] == runs[1]
    assert known[0] == known[1]


def test_a_file_of_situations_that_is_damaged_is_worked_out_again(tmp_path: Path) -> None:
    machine, selection = TextMachine(counter(3)), select(counter(3), ())
    for _ in range(2):
        knots = Knots(WaitAnalysis(machine), selection)
        store = explore_native(machine, selection, knots=knots, go_on=True, folder=tmp_path).store
        assert store.program.beside.read_bytes()
        store.program.beside.write_bytes(b"something else")


def fail(*_: object) -> None:
    raise AssertionError("nothing was to be learned")


def test_a_model_without_actors_has_no_certificates() -> None:
    model = replace(counter(2), actors=(), actions=(), properties=())
    assert assert_same_certificates(model) == 0


def test_the_memory_of_complete_detection_is_reported_apart() -> None:
    native, structural = (
        check_model(counter(3), options=Options(engine="native", waits=waits)) for waits in ("complete", "structural")
    )
    assert native.memory is not None
    assert structural.memory is not None
    assert native.memory.states == structural.memory.states > 0
    assert native.memory.detection > structural.memory.detection == 0


@pytest.mark.nightly
@pytest.mark.parametrize("spec", sorted(catalogue()))
def test_certificates_of_the_catalogue_agree(spec: str) -> None:
    for row in describe(spec).expected:
        assert_same_certificates(load(spec, dict(row.settings)), most=100_000)
