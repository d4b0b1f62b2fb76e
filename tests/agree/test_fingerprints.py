"""A search by fingerprints finds what an exact one finds, says how sure that is, and is wrong as often as it says."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists

from checker import Report
from checker.api import FORGOTTEN, SHARED, check_model
from checker.backends.native import fingerprints, runtime
from checker.backends.native.intrinsics import LINE
from checker.backends.native.program import Program
from checker.backends.text.machine import TextMachine
from checker.diagnostics import UsageError
from checker.engine import native, native_store
from checker.engine.limits import Limits, Update
from checker.engine.native import NativeExploration, explore_native
from checker.engine.replay import replay
from checker.engine.select import select
from checker.ir.domains import IntT, SetT, values
from checker.ir.nodes import Action, Actor, Assign, Choose, Duty, Invariant, Model, Temp, Var
from checker.ir.ops import Op
from checker.models import load
from checker.options import Options
from checker.report import Verdict
from tests.agree.test_native import with_properties
from tests.support.expected import rows_of, specs_in
from tests.support.random_models import random_model
from tests.support.toy_models import const, kitchen_sink, odometers, op, philosophers, require, variable

LARGE = IntT(0, 2**60)
SAFETY = ("invariant", "action property", "sometimes")


def widened(model: Model) -> Model:
    """Return `model` with states of more than one word."""
    return replace(
        model, variables=(variable(Var("wide.first", LARGE)), *model.variables, variable(Var("wide.last", LARGE)))
    )


def fan(ways: int) -> Model:
    """One actor draws a number of so many (a multiple of 50), again and again; another counts."""
    drawn, n = Var("drawn", LARGE), Var("n", LARGE)
    tens, ones = (Temp(name, IntT(0, limit - 1)) for name, limit in (("tens", ways // 50), ("ones", 50)))
    both = op(Op.ADD, op(Op.MUL, tens, const(50)), ones)
    draws = (Choose(item, const(frozenset(values(item.type)), SetT(item.type))) for item in (tens, ones))
    draw = Action("a.draw", "a", (), (*draws, Assign(drawn, both)))
    up = Action("b.up", "b", (require(op(Op.LT, n, const(3))),), (Assign(n, op(Op.ADD, n, const(1))),))
    return Model(
        "fan", (), (variable(drawn), variable(n)), (Actor("a", Duty.MAY), Actor("b", Duty.MAY)), (draw, up), ()
    )


def assert_same_search(model: Model, every: int = 1) -> None:
    """Compare a search by fingerprints with an exact one, of states each `every`-th."""
    exact, found = (
        explore_native(TextMachine(model), select(model, ()), go_on=True, fingerprint=fingerprint)
        for fingerprint in (False, True)
    )
    assert found.fingerprints is not None
    for name in ("levels", "totals", "hits", "failures", "expanded", "broken", "witnesses", "bad_steps"):
        assert getattr(found, name) == getattr(exact, name), name
    assert found.new_by_action() == exact.new_by_action()
    for number in range(0, len(exact.states), every):
        assert found.states[number] == exact.states[number]
        assert found.path(number) == exact.path(number)
        assert found.trace(number) == exact.trace(number)


def assert_same_report(found: Report, expected: Report) -> None:
    """Compare what was found by fingerprints with an exact report of which nothing was decided but by certificates."""
    for name in (
        "verdict",
        "exit_code",
        "states",
        "transitions",
        "depth",
        "complete",
        "findings",
        "warnings",
        "coverage",
    ):
        assert getattr(found, name) == getattr(expected, name), name
    assert [(p.name, p.verdict, p.witness) for p in found.properties] == [
        (p.name, p.verdict, p.witness) for p in expected.properties
    ]


def assert_reports_agree(model: Model, options: Options) -> None:
    """Compare reports on what is decided without the states of the whole search."""
    names = [prop.name for prop in model.properties if isinstance(prop, Invariant)]
    chosen = replace(options, engine="native", properties=(*names, "deadlock", "orphan"))
    found = check_model(model, options=replace(chosen, fingerprint=True))
    assert found.fingerprints is not None
    assert_same_report(found, check_model(model, options=replace(chosen, waits="structural")))


@pytest.mark.parametrize(
    ("model", "every"), [(philosophers(4), 1), (kitchen_sink(), 100)], ids=("philosophers", "sink")
)
def test_toys_agree(model: Model, every: int) -> None:
    assert_same_search(widened(model), every)


@pytest.mark.parametrize("words", [2, 3, 6])
def test_states_of_any_width_agree(words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is given back page by page, and the table grows often."""
    monkeypatch.setattr(native_store, "SMALLEST", 8)
    monkeypatch.setattr(native, "PAUSE", 64)
    assert_same_search(odometers(words, {2: 40, 3: 9}.get(words, 3)), every=101)


@pytest.mark.parametrize("ways", [200, 300])
def test_states_with_many_successors_are_found_again(ways: int) -> None:
    assert_same_search(fan(ways), every=ways // 3)


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=3, deadline=None)
def test_random_models_agree(seed: int) -> None:
    random = Random(seed)
    model = widened(random_model(random))
    assert_same_search(with_properties(model, random))


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=3, deadline=None)
def test_reports_on_random_models_agree(seed: int) -> None:
    random = Random(seed)
    model = widened(random_model(random))
    assert_reports_agree(with_properties(model, random), Options(go_on=random.random() < 0.5))


@pytest.mark.parametrize("path", specs_in("corpus")[::9], ids=lambda path: path.stem)
def test_reports_on_the_corpus_agree(path: Path) -> None:
    for row in rows_of(path)[:2]:
        assert_reports_agree(widened(load(str(path), dict(row.settings))), Options())


@pytest.mark.nightly
@pytest.mark.parametrize("path", [*specs_in("corpus"), *specs_in("blocks")], ids=lambda path: path.stem)
def test_reports_on_all_of_the_corpus_agree(path: Path) -> None:
    for row in rows_of(path):
        assert_reports_agree(widened(load(str(path), dict(row.settings))), Options())


# --- what is said ------------------------------------------------------------------------------


def test_holds_says_how_sure_that_is_and_what_is_not_decided_never_holds() -> None:
    n = Var("n0", LARGE)
    model = replace(odometers(2, 20), properties=(Invariant("small", op(Op.LE, n, const(20))),))
    report = check_model(model, options=Options(fingerprint=True, properties=("small",)))
    assert (report.verdict, report.engine) == (Verdict.HOLDS, "native")
    assert [result.note for result in report.properties] == [SHARED]
    assert report.fingerprints is not None
    assert report.fingerprints.calculated == 441 * (883 - 441) / 2**64
    report = check_model(model, options=Options(fingerprint=True))
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 20)
    assert {result.note for result in report.properties} == {SHARED, FORGOTTEN}


def test_states_of_one_word_are_searched_exactly() -> None:
    report = check_model(philosophers(3), options=Options(fingerprint=True, go_on=True))
    assert report.fingerprints is None
    assert "exact" in report.engine_note
    assert report.verdict is Verdict.VIOLATED


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fingerprint": True, "engine": "text"}, "leave out --engine text"),
        ({"fingerprint": True, "workers": 2}, "leave out --workers"),
        ({"seed": 3}, "give --fingerprint too"),
        ({"engine": "text", "workers": 2}, "searches with one worker"),
    ],
)
def test_what_does_not_go_together_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Options(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("limits", "said"),
    [(Limits(max_states=500), "--max-states 500"), (Limits(max_depth=9), "--max-depth 9")],
)
def test_limits_end_a_search_as_incomplete(limits: Limits, said: str) -> None:
    model = odometers(3, 9)
    found, expected = (
        explore_native(TextMachine(model), select(model, ()), limits=limits, fingerprint=fingerprint)
        for fingerprint in (True, False)
    )
    assert found.stopped_by == expected.stopped_by == said
    assert list(found.states) == list(expected.states)
    assert (found.levels, found.totals, found.complete) == (expected.levels, expected.totals, False)


def test_memory_ends_a_search_as_incomplete() -> None:
    model = odometers(5, 20)
    found = explore_native(TextMachine(model), select(model, ()), limits=Limits(max_memory=1_000_000), fingerprint=True)
    assert found.stopped_by == "--max-memory 1000000"
    assert 0 < found.expanded < len(found.states)
    assert found.store.peak <= native.LEAST
    last = len(found.states) - 1
    assert replay(model, found.trace(last)).states[-1] == found.states[last]


def test_an_interrupt_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "PAUSE", 100)
    model = odometers(3, 9)

    def interrupt(update: Update) -> None:
        if update.states > 500:
            raise KeyboardInterrupt

    machine, selection = TextMachine(model), select(model, ())
    found = explore_native(machine, selection, fingerprint=True, progress=interrupt)
    expected = explore_native(machine, selection, limits=Limits(max_states=len(found.states)))
    assert (found.stopped_by, found.complete) == ("interrupted", False)
    assert list(found.states) == list(expected.states)[: len(found.states)]


# --- the function ------------------------------------------------------------------------------


def weak(model: Model, bits: int, seed: int = 0) -> NativeExploration:
    """Search by fingerprints of few bits."""
    program = Program(model, fingerprint=bits)
    machine, selection = TextMachine(model), select(model, ())
    return explore_native(machine, selection, go_on=True, program=program, fingerprint=True, seed=seed)


def test_weak_fingerprints_lose_states_and_say_that_it_is_likely() -> None:
    model = odometers(2, 60)
    found = weak(model, 12)
    assert len(found.states) < 61**2
    assert found.fingerprints is not None
    assert (found.fingerprints.calculated, found.fingerprints.actual) == (1, 1)
    last = len(found.states) - 1  # what is found is there
    assert replay(model, found.trace(last)).states[-1] == found.states[last]


def test_states_are_lost_as_often_as_is_said() -> None:
    """Of 441 states, fingerprints of 22 bits: some are lost by 441² / 2^22 = 0.046 (calculated), 0.023 (by pairs)."""
    model = odometers(2, 20)
    searches = [weak(model, 22, seed) for seed in range(150)]
    lost = sum(len(found.states) < 441 for found in searches)
    said = [found.fingerprints.calculated for found in searches if found.fingerprints is not None]
    assert 1 <= lost <= 12  # 3.4 are expected
    assert max(said) == pytest.approx(441 * 442 / 2**22)


def by_definition(words: Sequence[int], seed: int) -> int:
    """Compute a fingerprint as its definition says."""
    drawn = fingerprints.keys(len(words), seed)
    keys = [low | high << 64 for low, high in zip(drawn[::2], drawn[1::2], strict=True)]
    total = (keys[0] + sum(key * word for key, word in zip(keys[1:], words, strict=True))) % 2**128 >> 64
    return (total ^ total >> 32) * 0x9E3779B97F4A7C15 % 2**64 or 1


def machine_code(words: int) -> Program:
    return Program(odometers(words, 1), fingerprint=64)


def computed(program: Program, words: Sequence[int], seed: int) -> int:
    keys = fingerprints.keys(len(words), seed)
    state, given_ = (ctypes.c_uint64 * len(words))(*words), (ctypes.c_uint64 * len(keys))(*keys)
    return program.call(fingerprints.fingerprint, ctypes.addressof(state), ctypes.addressof(given_)) % 2**64


@pytest.mark.parametrize("words", [2, 5])
def test_machine_code_computes_what_is_defined(words: int) -> None:
    random, program = Random(words), machine_code(words)
    for seed in range(200):
        state = [random.choice((0, 1, 2**64 - 1, random.getrandbits(64))) for _ in range(words)]
        assert computed(program, state, seed) == by_definition(state, seed)


def test_every_bit_of_a_state_changes_half_of_the_bits_of_its_fingerprint() -> None:
    random, words, times = Random(1), 2, 400
    program, counts = machine_code(words), [[0] * 64 for _ in range(64 * words)]
    for seed in range(times):
        state = [random.getrandbits(4) for _ in range(words)]
        before = computed(program, state, seed)
        for bit, count in enumerate(counts):
            changed = [word ^ (1 << bit % 64 if at == bit // 64 else 0) for at, word in enumerate(state)]
            difference = before ^ computed(program, changed, seed)
            for place in range(64):
                count[place] += difference >> place & 1
    shares = [total / times for count in counts for total in count]
    assert sum(shares) / len(shares) == pytest.approx(0.5, abs=0.01)
    assert 0.5 - 6 * 0.025 < min(shares) <= max(shares) < 0.5 + 6 * 0.025  # six standard deviations


def test_states_that_the_hash_of_the_table_confuses_have_different_fingerprints() -> None:
    """Why it is another function: bit 62 of a word and bits 62 and 30 of the next cancel every second time."""
    random = Random(3)
    confused = 0
    for _ in range(100):
        one = [random.getrandbits(64), random.getrandbits(64)]
        other = [one[0] ^ 1 << 62, one[1] ^ (1 << 62 | 1 << 30)]
        confused += quick(one) == quick(other)
        assert by_definition(one, 0) != by_definition(other, 0)
    assert confused > 30


def quick(words: Sequence[int]) -> int:
    """Compute what `runtime.hashed` computes of a state of two words, but for its last step, which is one to one."""
    h = words[0] * runtime._A % 2**64
    return (h ^ h >> 32 ^ words[1]) * runtime._A % 2**64


@pytest.fixture(scope="module")
def program() -> Program:
    return machine_code(2)


@given(numbers=lists(integers(1, 2**64 - 1) | integers(1, 9), max_size=60), buckets=integers(8, 40))
@settings(deadline=None)
def test_the_least_distance_of_two_fingerprints_is_found(program: Program, numbers: list[int], buckets: int) -> None:
    table, reach = (ctypes.c_uint64 * (LINE * buckets))(), 0
    for h in numbers:
        home = LINE * (h * buckets >> 64)
        place = next(at % len(table) for at in range(home, home + len(table)) if not table[at % len(table)])
        table[place] = h
        reach = max(reach, 8 * ((place - home) % len(table)))
    kept = fingerprints.unordered(reach)
    window = (ctypes.c_uint64 * (2 * kept))()
    where = ctypes.addressof(table), len(table), ctypes.addressof(window), 2 * kept, kept
    ordered = sorted(numbers)
    gaps = [after - before for before, after in pairwise(ordered)]
    assert program.call(fingerprints.closest, *where) == min([*gaps, 2**63 - 1])
