"""The claims of the wait-for analysis on random systems, against the brute-force judge. Many more in `nightly`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from checker.ir.nodes import Model
from checker.ir.verify import verify
from checker.waits.analysis import WaitAnalysis
from checker.waits.enabling import ReadSet
from tests.support.judging import judge, make
from tests.support.random_models import models


@pytest.mark.parametrize("number", range(30))
def test_nothing_claimed_of_a_random_system_is_wrong(number: int) -> None:
    tally = judge(verify(make(20, number)), str(number))
    assert not tally.disagreements, tally.disagreements[0]


# The smallest system is still a whole system.
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.large_base_example, HealthCheck.too_slow])
@given(models(space=60))
def test_nothing_claimed_of_a_shrinking_system_is_wrong(model: Model) -> None:
    tally = judge(model, "found by Hypothesis")
    assert not tally.disagreements, tally.disagreements[0]


def test_the_judge_notices_blame_that_is_too_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the first enabler of every conjunct some certificate must be wrong: the comparison can fail."""
    honest = ReadSet.enablers
    monkeypatch.setattr(ReadSet, "enablers", lambda self, state: honest(self, state)[1:])
    found = [problem for number in range(20) for problem in judge(make(20, number), str(number)).disagreements]
    assert any("claimed of" in problem for problem in found)


def test_the_judge_notices_that_participants_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = WaitAnalysis.moved
    monkeypatch.setattr(WaitAnalysis, "moved_by", lambda self, actor: [])
    monkeypatch.setattr(WaitAnalysis, "moved", lambda self, place: honest(self, place) & 0)
    found = [problem for number in range(20) for problem in judge(make(20, number), str(number)).disagreements]
    assert found


def test_enabling_sets_are_exact_in_nine_of_ten_cases() -> None:
    tallies = [judge(make(21, number), str(number)) for number in range(20)]
    assert sum(tally.equal for tally in tallies) > 0.9 * sum(tally.questions for tally in tallies)
