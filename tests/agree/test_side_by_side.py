"""Systems beside each other: where most steps are independent, the native search finds what the text engine finds."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from checker.api import check_model
from checker.backends.text.machine import TextMachine
from checker.engine.exploration import Exploration
from checker.engine.limits import Limits
from checker.engine.native import explore_native
from checker.engine.search import explore
from checker.engine.select import select
from checker.ir.nodes import Model
from checker.ir.verify import verify
from checker.options import Options
from tests.agree.test_native import assert_same_report, assert_same_search, with_properties
from tests.agree.test_native_workers import assert_same_levels, eager
from tests.agree.test_native_workers import assert_same_report as assert_workers_say_the_same
from tests.support.side_by_side import beside

__all__ = ["eager"]

SPACE = {1: 300, 2: 80, 3: 24}  # combinations of values of a system, by how many there are
LIMIT = 3_000  # states


def made(random: Random) -> Model:
    parts = random.choice(list(SPACE))
    shared, copies, words = random.choice((0, 2, 4)), random.choice((1, 1, 1, 4)), random.choice((1, 1, 2, 4))
    return verify(beside(random, parts=parts, space=SPACE[parts], shared=shared, copies=copies, words=words))


def judge(seed: int, *, deep: bool) -> bool:
    """Compare searches of one system by one and several workers; `deep`: by fingerprints, and reports on it, too.

    False if it is too large.
    """
    random = Random(seed)
    model = made(random)
    expected = explore(TextMachine(model), go_on=True, limits=Limits(max_states=LIMIT))
    if expected.stopped_by:
        return False
    assert_same_search(model)
    for workers in (2, 3):
        assert_same_levels(model, workers)
    return not deep or judge_deep(model, expected, random)


def judge_deep(model: Model, expected: Exploration, random: Random) -> bool:
    machine, selection, seed = TextMachine(model), select(model, ()), random.randrange(100)
    found = explore_native(machine, selection, go_on=True, fingerprint=True, seed=seed)
    assert (len(found.states), found.levels) == (len(expected.states), expected.levels)
    assert (found.totals, found.new_by_action()) == (expected.totals, expected.new_by_action())
    depth, states = random.choice(((None, None), (None, None), (3, None), (None, 20)))
    judged = with_properties(model, random)
    options = Options(go_on=random.random() < 0.5, max_depth=depth, max_states=states)
    one, two = (check_model(judged, options=replace(options, engine="native", workers=count)) for count in (1, 2))
    assert_same_report(one, check_model(judged, options=replace(options, engine="text")))
    assert_workers_say_the_same(two, one)
    return True


@pytest.mark.usefixtures("eager")
def test_searches_of_independent_steps_agree() -> None:
    assert judge(5, deep=False)


@pytest.mark.nightly
@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("series", range(40))
def test_many_searches_of_independent_steps_agree(series: int) -> None:
    judged = [judge(1_000 * series + number, deep=True) for number in range(25)]
    assert sum(judged) >= 20
