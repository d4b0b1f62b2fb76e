"""Parameters that stay unknown: the model for all values is, at each value, the model compiled at that value."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from checker.api import check_model
from checker.diagnostics import SpecError, UsageError
from checker.frontend import describe, load
from checker.ir.nodes import Model
from checker.ir.verify import verify
from checker.passes.instance import instance
from tests.frontend.front import written
from tests.support.expected import ROOT

CORPUS = str(ROOT / "corpus/param_unbounded.py")
BEFORE = "elaborate"  # passes go further where they know a number
PAGE_SERVICE = ("requests", "max_batch", "window", "c2s")


def unknown(spec: str, *names: str, **settings: str) -> Model:
    return load(spec, {**dict.fromkeys(names, "unbounded"), **settings}, unbounded=True, dump_after=BEFORE)


def assert_same(model: Model, spec: str, values: Mapping[str, int], settings: Mapping[str, str]) -> None:
    """Assert that the instance explores as the spec compiled at these values does."""
    fixed = check_model(verify(instance(model, values)))
    given = {**settings, **{name: str(value) for name, value in values.items()}}
    compiled = check_model(load(spec, given, dump_after=BEFORE))
    assert (fixed.verdict, fixed.states, fixed.transitions, fixed.depth) == (
        compiled.verdict,
        compiled.states,
        compiled.transitions,
        compiled.depth,
    )
    assert [(p.name, p.verdict) for p in fixed.properties] == [(p.name, p.verdict) for p in compiled.properties]


@pytest.mark.parametrize(("jobs", "room"), list(product((1, 2, 4), (1, 3))))
def test_instance_of_every_construct_is_the_compiled_spec(jobs: int, room: int) -> None:
    model = unknown(CORPUS, "jobs", "room")
    assert model.unbounded == ("jobs", "room")
    assert_same(model, CORPUS, {"jobs": jobs, "room": room}, {})


def test_one_parameter_may_be_fixed() -> None:
    model = unknown(CORPUS, "jobs", room="2")
    assert model.unbounded == ("jobs",)
    assert_same(model, CORPUS, {"jobs": 3}, {"room": "2"})


def test_instance_of_page_service_is_the_compiled_spec() -> None:
    model = unknown("page_service", *PAGE_SERVICE)
    assert_same(model, "page_service", dict(zip(PAGE_SERVICE, (1, 2, 1, 1), strict=True)), {})


@pytest.mark.nightly
@pytest.mark.parametrize("handle", ["weak", "strong"])
@pytest.mark.parametrize("values", list(product((1, 3), (1, 2), (1, 2), (1, 2))), ids=str)
def test_instances_of_page_service_are_the_compiled_spec(handle: str, values: tuple[int, ...]) -> None:
    model = unknown("page_service", *PAGE_SERVICE, handle=handle, scenario="stop")
    settings = {"handle": handle, "scenario": "stop"}
    assert_same(model, "page_service", dict(zip(PAGE_SERVICE, values, strict=True)), settings)


def test_range_is_judged_against_the_parameter(tmp_path: Path) -> None:
    spec = written(
        tmp_path,
        """
        class Late(Spec):
            most = param(Int(1, 9), default=2, unbounded=True)
            n = Int(0, most)

            @task
            async def run(self):
                for _ in range(self.most):
                    await step()
                    self.n += 1
                await step()
                self.n += 1
        """,
    )
    model = unknown(str(spec), "most")
    for most in (1, 3):
        assert_same(model, str(spec), {"most": most}, {})


def test_only_what_the_spec_marks_can_be_unbounded() -> None:
    with pytest.raises(UsageError, match="the spec does not mark it"):
        unknown("page_service", "shards")


def test_nothing_but_a_proof_takes_an_unbounded_parameter() -> None:
    with pytest.raises(UsageError, match="only `check prove`"):
        load(CORPUS, {"jobs": "unbounded"})


def test_unbounded_parameter_cannot_be_assigned(tmp_path: Path) -> None:
    spec = written(
        tmp_path,
        """
        class Greedy(Spec):
            most = param(Int(1, 9), default=2, unbounded=True)
            b = Bool()

            @task
            async def run(self):
                await step()
                self.most = 3
        """,
    )
    with pytest.raises(SpecError) as error:
        load(str(spec), {"most": "unbounded"}, unbounded=True)
    assert [item.code for item in error.value.diagnostics] == ["K050"]


def test_message_says_which_parameter_and_what_to_write() -> None:
    with pytest.raises(SpecError) as error:
        unknown(str(ROOT / "corpus/errors/unbounded_seq_of_colours.py"), "room")
    (found,) = error.value.diagnostics
    assert found.message == (
        'a Seq of unbounded length (`room`) is known by its length, but Enum("red", "green") has 2 values'
    )
    assert found.fix == "a counter, Int(0, room); or fix it: --set room=3"


def test_marks_are_described() -> None:
    marked = [parameter.name for parameter in describe("page_service").parameters if parameter.unbounded]
    assert marked == ["requests", "max_batch", "window", "c2s"]
