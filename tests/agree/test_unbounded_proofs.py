"""What is proved for all values of a parameter, a search finds violated at none of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from checker.api import check_model
from checker.ir.nodes import Model, Progress
from checker.options import Options
from checker.passes.instance import instance
from checker.report import Verdict
from checker.symbolic.claims import claims
from checker.symbolic.deadline import Deadline
from checker.symbolic.progress import prove_progress
from checker.symbolic.relation import STEPS
from checker.symbolic.safety.mined import prove_by_mining
from checker.symbolic.safety.pdr import prove_by_pdr
from checker.symbolic.safety.proof import Message, Proved
from tests.agree.test_native import with_properties
from tests.agree.test_progress_proofs import FAULTS
from tests.support.random_models import random_model
from tests.support.unbounded_models import BOUNDED, unbounded

BEYOND = 3  # values of the parameter above its least that are searched


def demanding(model: Model, random: Random) -> Model:
    """Return the model with progress demanded of some actors."""
    some = [actor.name for actor in model.actors if random.random() < 0.6]
    others = tuple(prop for prop in model.properties if not isinstance(prop, Progress))
    return replace(model, properties=(*others, *(Progress(f"{name} goes on", name) for name in some)))


def violated(model: Model) -> set[str]:
    report = check_model(model, options=Options(go_on=True))
    named = {item.name for item in report.properties}
    found = {p.name for p in report.properties if p.verdict is Verdict.VIOLATED and p.kind != "sometimes"}
    failed = any(item.kind.value in FAULTS and item.name not in named for item in report.findings)
    return found | ({STEPS} if failed else set())


def proved(model: Model, *, seconds: float) -> set[str]:
    found = set[str]()

    def say(message: Message) -> None:
        if isinstance(message, Proved):
            found.update(message.names)

    attempt = prove_progress(model, Deadline.after(seconds))
    if attempt is not None:
        found.update(claims(model, attempt.proof))
    for way in (prove_by_mining, prove_by_pdr):
        way(model, (), deadline=Deadline.after(seconds / 4), say=say)
    return found


def judge_series(seed: int, numbers: range) -> int:
    """Assert that no model of a series is proved to have what it has not; return how much is proved."""
    count = 0
    for number in numbers:
        random = Random(f"{seed}/{number}")
        model = random_model(random)
        if any(v.type == BOUNDED for v in model.variables):
            whole, least = unbounded(demanding(with_properties(model, random), random), random)
            found = proved(whole, seconds=8)
            for value in range(least, least + BEYOND + 1):
                wrong = violated(instance(whole, {"p": value}))
                assert not found & wrong, f"{seed}/{number}: proved, but violated for p = {value}: {found & wrong}"
            count += len(found)
    return count


def test_random_models() -> None:
    assert judge_series(1, range(15)) > 0


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(20))
def test_many_random_models(part: int) -> None:
    judge_series(2, range(part * 50, part * 50 + 50))
