"""Whoever is proved never to hang never hangs: a brute-force judge of the definitions, and the search, agree."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from checker import certificate
from checker.api import check_model
from checker.frontend.load import compiled
from checker.ir.nodes import Model, Progress
from checker.models import load
from checker.options import Options
from checker.report import Verdict
from checker.symbolic.claims import claims
from checker.symbolic.deadline import Deadline
from checker.symbolic.progress import Attempt, prove_progress
from tests.support.expected import specs_in
from tests.support.judge import Judge
from tests.support.random_models import random_model
from tests.symbolic.test_progress import everything

SECONDS = 60
FAULTS = ("assertion", "range", "ownership")
FEW = ("action_layer", "rest_does_not_help", "duty_may")


def demanding(model: Model) -> Model:
    """Return the model with progress demanded of everybody, and no other property."""
    return replace(model, properties=tuple(Progress(f"goes on {a.name}", a.name) for a in model.actors))


def reachable(judge: Judge) -> set[int]:
    found, work = set(judge.initial), list(judge.initial)
    while work:
        for _, after in judge.edges[work.pop()]:
            if after not in found:
                found.add(after)
                work.append(after)
    return found


def judged(model: Model) -> tuple[int, int]:
    """Assert that no actor that is proved to go on ever hangs; return how many are proved, and how many never hang."""
    found = prove_progress(model, Deadline.after(SECONDS))
    assert isinstance(found, Attempt)
    judge = Judge(model)
    states = reachable(judge)
    proved = never = 0
    for level, exact in zip(("obliged", "may"), judge.exact, strict=False):
        hanging = {model.actors[number].name for state in states for number in exact[state]}
        shown = {name for strategy in found.proof.strategies if strategy.level == level for name in strategy.actors}
        assert not shown & hanging, f"{shown & hanging} {level}"
        proved += len(shown)
        never += len(model.actors) - len(hanging)
    return proved, never


def judge_series(seed: int, numbers: range) -> tuple[int, int]:
    found = [judged(demanding(random_model(Random(f"{seed}/{number}")))) for number in numbers]
    return sum(one for one, _ in found), sum(other for _, other in found)


def assert_agrees(path: Path, settings: dict[str, str]) -> None:
    """Assert that nothing is proved that a search of every state finds violated."""
    model = load(str(path), settings)
    found = prove_progress(model, Deadline.after(SECONDS))
    if found is None:
        return
    report = check_model(model, options=Options(go_on=True))
    violated = {item.name for item in report.properties if item.verdict is Verdict.VIOLATED}
    assert not violated & set(claims(model, found.proof))
    named = {item.name for item in report.properties}
    failed = {item.name for item in report.findings if item.kind.value in FAULTS and item.name not in named}
    assert not (failed and found.proof.safe)


def test_random_models() -> None:
    proved, never = judge_series(11, range(8))
    assert 0 < proved <= never


@pytest.mark.parametrize("name", FEW)
def test_corpus(name: str) -> None:
    (path,) = (path for path in specs_in("corpus") if path.stem == name)
    assert_agrees(path, {})


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(20))
def test_many_random_models(part: int) -> None:
    judge_series(5, range(part * 50, part * 50 + 50))


@pytest.mark.nightly
@pytest.mark.parametrize("path", specs_in("corpus"), ids=lambda path: path.stem)
def test_whole_corpus(path: Path) -> None:
    assert_agrees(path, {})


@pytest.mark.nightly
@pytest.mark.parametrize("scenario", ["detach", "stop"])
def test_page_service_for_all_bounds(scenario: str) -> None:
    """The bars of the design, in seconds of one core: found in 120, checked by another solver in 30."""
    model, sources = compiled("page_service", everything("page_service", scenario=scenario), unbounded=True)
    assert model.unbounded == ("requests", "max_batch", "window", "c2s")
    began = time.process_time()
    found = prove_progress(model, Deadline.after(1_000))
    assert found is not None
    assert found.open == ()
    text = certificate.make(found.system, found.proof, spec="page_service", sources=sources)
    assert time.process_time() - began < 120
    began = time.process_time()
    checked = certificate.check(text)
    assert time.process_time() - began < 30
    assert checked.refused == ()
    shutdowns = {"timeline_shutdown_ends(tenants.timeline_shutdown[0])", "deadlock", "orphan"}
    assert shutdowns <= set(checked.claims)
    weaker = json.loads(text.splitlines()[1][2:]) | {"sources": {}}
    assert certificate.check(text.replace(text.splitlines()[1], f"; {json.dumps(weaker)}")).refused
