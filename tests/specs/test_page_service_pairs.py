"""Every two values of every two parameters of the pagestream spec, together: no internal error, no surprise."""

from __future__ import annotations

import pytest

from checker import Options, check
from checker.diagnostics import UsageError
from checker.models import describe, load
from checker.report import Verdict
from tests.specs.pairwise import Combination, cover, pairs

LIMIT = 500  # states of each; the rows of EXPECTED go to the end
DOMAINS = {parameter.name: parameter.values for parameter in describe("page_service").parameters}
FORBIDDEN: tuple[Combination, ...] = (
    {"handle": "peek", "mode": "serial"},
    {"rcu": "queued", "mode": "serial"},
    {"compare": "id", "mode": "serial"},
    {"client": "wal", "scenario": "stop"},
    {"client": "wal", "scenario": "detach"},
)
MISTAKES = {"range", "ownership"}  # of the spec, whatever the parameters


def allowed(combination: Combination) -> bool:
    return not any(rule.items() <= combination.items() for rule in FORBIDDEN)


COVER = cover(DOMAINS, allowed)


def test_cover_covers() -> None:
    assert all(map(allowed, COVER))
    for pair in pairs(DOMAINS):
        assert not allowed(dict(pair)) or any(dict(pair).items() <= combination.items() for combination in COVER)


@pytest.mark.parametrize("combination", FORBIDDEN, ids=str)
def test_combination_without_meaning_is_refused(combination: Combination) -> None:
    with pytest.raises(UsageError) as error:
        load("page_service", combination)
    assert all(f"{name}={value}" in str(error.value) for name, value in combination.items())


@pytest.mark.slow
@pytest.mark.parametrize("combination", COVER, ids=lambda combination: " ".join(combination.values()))
def test_combination_is_checked(combination: Combination) -> None:
    report = check("page_service", options=Options(max_states=LIMIT), **combination)
    assert report.verdict is not Verdict.HOLDS or report.complete
    assert not {finding.kind.value for finding in report.findings} & MISTAKES
