"""Progress proved: for every value of unbounded parameters, and never against what the explicit engines find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from checker import certificate
from checker.api import check_model
from checker.frontend import describe
from checker.frontend.load import compiled
from checker.ir.nodes import TRUE, Progress
from checker.report import Verdict
from checker.symbolic.claims import claims
from checker.symbolic.deadline import Deadline
from checker.symbolic.obligations import refused
from checker.symbolic.progress import Attempt, prove_progress, without
from checker.symbolic.proof import Lemma, Proof, Rank, Strategy
from checker.symbolic.relation import STEPS
from checker.symbolic.script import Obligation, comment
from checker.symbolic.system import translate
from tests.frontend.front import written

LEMMA = Lemma((), "true", (), "true")
WHOLE = Proof(
    (LEMMA,),
    True,
    ("p",),
    (Rank("first", "0"), Rank("second", "1")),
    (Strategy("may", (1,), ("a", "b")), Strategy("obliged", (0,), ("b",))),
)


def everything(spec: str, **given: str) -> dict[str, str]:
    """Return settings with every unbounded parameter left unknown but those given."""
    unknown = {parameter.name: "unbounded" for parameter in describe(spec).parameters if parameter.unbounded}
    return {**unknown, **given}


@cache
def attempted(spec: str, given: tuple[tuple[str, str], ...] = ()) -> tuple[Attempt, Mapping[str, str]]:
    """Return what could be proved of a spec, and the files it was compiled from."""
    model, sources = compiled(spec, everything(spec, **dict(given)), unbounded=True)
    found = prove_progress(model)
    assert found is not None
    return found, sources


def proved(spec: str, **given: str) -> set[str]:
    found, _ = attempted(spec, tuple(given.items()))
    return set(claims(found.system.model, found.proof)) - {STEPS}


def certified(spec: str, **given: str) -> str:
    found, sources = attempted(spec, tuple(given.items()))
    return certificate.make(found.system, found.proof, spec=spec, sources=sources)


def test_window_is_proved_for_every_number_of_requests_and_every_window() -> None:
    assert proved("window") == {"shutdown_ends", "deadlock", "orphan"}


def test_what_only_many_requests_break_is_not_proved() -> None:
    for requests, verdict in (("3", Verdict.HOLDS), ("4", Verdict.VIOLATED)):
        assert check_model(compiled("window", {"client": "greedy", "requests": requests})[0]).verdict is verdict
    assert proved("window", client="greedy") == {"shutdown_ends"}


def test_hostage_is_not_proved_and_the_rest_is() -> None:
    assert proved("window", guard="across") == {"orphan"}


def test_who_goes_round_for_ever_is_proved_by_rankings_of_their_own() -> None:
    assert proved("bounded_buffer", producers="1") >= {"producer_goes_on(producer[0])", "deadlock", "orphan"}


def test_state_that_shows_what_is_missing_names_what_could_be_done_there() -> None:
    found, _ = attempted("window", (("guard", "across"),))
    (missing,) = found.open
    assert missing.name == "obliged helps shutdown"
    assert {name.partition(".")[0] for name in missing.enabled} == {"compute"}


def test_ticking_clock_is_no_progress(tmp_path: Path) -> None:
    spec = written(
        tmp_path,
        """
        class Clock(Spec):
            late = Bool()
            done = Bool()

            @awaitable
            def never(self):
                def ready():
                    return self.done
                return wait(ready)

            @task
            async def clock(self):
                while True:
                    await step()
                    self.late = not self.late

            @task
            async def waiter(self):
                await at("never", self.never())

            ends = progress(waiter)
        """,
    )
    assert proved(str(spec)) == set()


def test_coming_to_rest_unseen_is_no_progress(tmp_path: Path) -> None:
    """Stuck is who neither moves nor could, from a state in which it did not rest: that it rests later is no help."""
    spec = written(
        tmp_path,
        """
        class Unseen(Spec):
            quiet = Bool()
            done = Bool()

            @awaitable
            def never(self):
                def ready():
                    return self.done
                def idle():
                    return self.quiet
                return wait(ready, idle)

            @task
            async def other(self):
                await step()
                self.quiet = True

            @task
            async def waiter(self):
                await at("never", rest(self.never()))

            ends = progress(waiter)
        """,
    )
    report = check_model(compiled(str(spec), {})[0])
    assert report.verdict is Verdict.VIOLATED
    assert "ends" not in proved(str(spec))


def test_time_is_up() -> None:
    model, _ = compiled("window", everything("window"), unbounded=True)
    assert prove_progress(model, Deadline(at=0.0)) is None


OVERRUNS = """
class Overruns(Spec):
    NAME = Bool()
    count = Int(0, LIMIT)
    client = actor()

    @action(client)
    def go(self):
        require(not self.NAME)
        self.count += 1
"""


@pytest.mark.parametrize("name", ["typed", "invariant_", "lemma"])
@pytest.mark.parametrize("limit", ["3", "900000000000000000"])
def test_step_that_fails_is_seen_whatever_is_called_how(name: str, limit: str, tmp_path: Path) -> None:
    spec = written(tmp_path, OVERRUNS.replace("NAME", name).replace("LIMIT", limit))
    model, _ = compiled(str(spec), {})
    system = translate(model)
    assert {item.about for item in refused(system, Proof((), safe=True), Deadline())} == {("safe",)}


NAMED_BY_PAIRS = """
class Pairs(Spec):
    Place = Record(x=Int(0, 1), y=Int(0, 1))
    open = Bool()
    robot = actor(over=Place)

    @action(robot)
    def go(self, me):
        require(not self.open)
        self.open = True
"""


def test_obligation_is_of_its_actor_whatever_that_is_called(tmp_path: Path) -> None:
    system = translate(compiled(str(written(tmp_path, NAMED_BY_PAIRS)), {})[0])
    names = tuple(actor.name for actor in system.model.actors)
    assert "robot[(0, 1)]" in names
    proof = Proof((), safe=True, strategies=(Strategy("may", (), names),))
    assert without(proof, refused(system, proof, Deadline())).strategies == ()


def test_progress_to_a_goal_demands_of_nobody_that_it_is_never_stuck() -> None:
    """As in the search: a cycle that a free actor can cut is an error only for whom `progress` without `to` names."""
    model, _ = compiled("window", {})
    proof = Proof((), safe=True, strategies=(Strategy("may", (), tuple(actor.name for actor in model.actors)),))
    for to, found in ((TRUE, {"orphan", "deadlock"}), (None, {"orphan"})):
        asked = replace(model, properties=(Progress("ends", model.actors[0].name, to),))
        assert set(claims(asked, proof)) == found | {STEPS}


def test_words_are_one_line_of_comment() -> None:
    assert comment("so\n(assert false)\n;") == "; so (assert false) ;"


def test_step_that_fails_is_not_proved_safe(tmp_path: Path) -> None:
    spec = written(tmp_path, OVERRUNS.replace("NAME", "closed").replace("LIMIT", "3"))
    found = prove_progress(compiled(str(spec), {})[0])
    assert found is not None
    assert not found.proof.safe
    assert without(found.proof, []) == found.proof


@pytest.mark.parametrize(
    ("about", "left"),
    [
        (("initial",), Proof(())),
        (("keeps",), Proof(())),
        (("bounded",), Proof((LEMMA,), False, ("p",))),
        (("safe",), Proof((LEMMA,), False, ("p",))),
        (("property", "p"), replace(WHOLE, properties=())),
        (("may", "a"), replace(WHOLE, strategies=(Strategy("may", (1,), ("b",)), WHOLE.strategies[1]))),
        (
            ("obliged", "b"),
            Proof((LEMMA,), True, ("p",), WHOLE.ranks[1:], (Strategy("may", (0,), ("a", "b")),)),
        ),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_is_not_met_takes_with_it_what_rests_on_it(about: tuple[str, ...], left: Proof) -> None:
    assert without(WHOLE, [Obligation("unmet", "", (), about)]) == left
