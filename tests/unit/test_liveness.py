"""Liveness of small models: what fairness asks, what is a counterexample, what is vacuous, what cannot be decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.api import check_model
from checker.ir.domains import BoolT, IntT
from checker.ir.nodes import (
    Action,
    Actor,
    AlwaysEventually,
    Assign,
    Const,
    Duty,
    Eventually,
    Invariant,
    LeadsTo,
    Liveness,
    Model,
    Var,
)
from checker.ir.ops import Op
from checker.options import Options
from checker.report import Report, Verdict
from tests.support.toy_models import const, eq, op, require, variable

N = Var("n", IntT(0, 9))


def step(
    name: str, source: int, target: int, *, owner: str = "", strong: bool = False, duty: Duty = Duty.OBLIGED
) -> Action:
    """An action of the actor called as it begins, from one value of `n` to another."""
    guard = (require(eq(N, const(source, N.type))),)
    return Action(name, name[0], guard, (Assign(N, const(target, N.type)),), duty, strong=strong)


def graph(*actions: Action, props: tuple[Liveness, ...], inits: tuple[int, ...] = (0,)) -> Model:
    owners = dict.fromkeys(action.owner for action in actions)
    actors = tuple(Actor(owner, Duty.OBLIGED) for owner in owners)
    return Model("graph", (), (variable(N, *inits),), actors, actions, props)


def reaches(*values: int) -> Eventually:
    return Eventually("reaches", op(Op.OR, *(eq(N, const(value, N.type)) for value in values)))


def verdicts(model: Model, **options: object) -> dict[str, Verdict]:
    names = tuple(prop.name for prop in model.properties)
    report = check_model(model, options=Options(properties=names, **options))  # type: ignore[arg-type]
    return {result.name: result.verdict for result in report.properties}


def judged(*actions: Action, inits: tuple[int, ...] = (0,), prop: Liveness | None = None) -> Report:
    model = graph(*actions, props=(prop or reaches(9),), inits=inits)
    return check_model(model, options=Options(properties=(model.properties[0].name,)))


# --- fairness ------------------------------------------------------------------------------------


def test_an_obliged_step_is_taken() -> None:
    assert judged(step("a", 0, 9)).verdict is Verdict.HOLDS


@pytest.mark.parametrize("duty", [Duty.MAY, Duty.FAULT])
def test_a_step_that_nobody_owes_need_not_be_taken(duty: Duty) -> None:
    report = judged(step("a", 0, 9, duty=duty))
    assert report.exit_code == 13
    (finding,) = report.findings
    assert finding.loop is not None
    assert finding.loop.start == len(finding.trace.steps) == 0
    assert [enabler.action for enabler in finding.loop.unowed] == ["a"]


def test_may_steps_go_round_for_ever_beside_an_obligation_only_until_it_is_due() -> None:
    round_ = (step("m1", 0, 1, duty=Duty.MAY), step("m2", 1, 0, duty=Duty.MAY))
    assert judged(*round_, step("a1", 0, 9), step("a2", 1, 9)).verdict is Verdict.HOLDS  # enabled all the time
    report = judged(*round_, step("a1", 0, 9))  # enabled now and then
    assert report.verdict is Verdict.VIOLATED
    assert [enabler.action for enabler in report.findings[0].loop.starved] == ["a1"]  # type: ignore[union-attr]


def test_strong_fairness_takes_what_is_enabled_now_and_then() -> None:
    round_ = (step("m1", 0, 1, duty=Duty.MAY), step("b1", 1, 0))
    assert judged(*round_, step("a1", 0, 9)).verdict is Verdict.VIOLATED
    assert judged(*round_, step("a1", 0, 9, strong=True)).verdict is Verdict.HOLDS


def test_strong_fairness_of_one_action_leaves_the_cycles_that_avoid_it() -> None:
    """The part {0, 1, 2} is left by `a1` from 0 only: the cycle 1-2 stays fair (Streett: one more decomposition)."""
    around = (step("m1", 0, 1, duty=Duty.MAY), step("b1", 1, 2))
    out = step("a1", 0, 9, strong=True)
    assert judged(*around, step("c1", 2, 0), out).verdict is Verdict.HOLDS
    report = judged(*around, step("m2", 2, 0, duty=Duty.MAY), step("c1", 2, 1), out)
    assert report.verdict is Verdict.VIOLATED
    loop = report.findings[0].loop
    assert loop is not None
    assert (loop.start, loop.moving) == (1, ("b", "c"))


def test_an_actor_is_fair_as_a_whole_not_each_of_its_actions() -> None:
    report = judged(step("a1", 0, 0), step("a2", 0, 9))
    assert report.verdict is Verdict.VIOLATED
    assert report.findings[0].loop.moving == ("a",)  # type: ignore[union-attr]
    assert judged(step("a1", 0, 0), step("a2", 0, 9, strong=True)).verdict is Verdict.HOLDS
    assert judged(step("a1", 0, 0), step("b2", 0, 9)).verdict is Verdict.HOLDS


def test_to_be_moved_by_somebody_else_is_not_to_act() -> None:
    moved = replace(step("b1", 0, 0), participants=("a",))
    assert judged(moved, step("a1", 0, 9)).verdict is Verdict.HOLDS


# --- what is a counterexample ----------------------------------------------------------------------


def test_a_state_without_steps_is_a_lasso_of_its_own() -> None:
    report = judged(step("a", 0, 1))
    (finding,) = report.findings
    assert finding.loop is not None
    assert (len(finding.trace.steps), finding.loop.start, finding.loop.moving) == (1, 1, ())


def test_a_cycle_through_known_states_is_seen() -> None:
    """stateright#3: a search that gives up at a known state misses the cycle."""
    assert judged(step("a1", 0, 1), step("a2", 1, 0)).verdict is Verdict.VIOLATED


def test_a_join_of_two_paths_is_judged_for_both() -> None:
    """stateright#3: 1 has reached the goal before 3, 2 has not; the paths join in 3."""
    steps = (step("a1", 0, 1), step("a2", 0, 2), step("a3", 1, 3), step("a4", 2, 3))
    assert judged(*steps, prop=reaches(1)).verdict is Verdict.VIOLATED
    assert judged(*steps, prop=reaches(1, 2)).verdict is Verdict.HOLDS


def test_every_initial_state_is_judged() -> None:
    assert judged(step("a", 0, 9), inits=(0, 5)).verdict is Verdict.VIOLATED


def test_eventually_is_about_beginnings_and_always_eventually_about_every_state() -> None:
    out_and_back = (step("a1", 0, 9), step("a2", 9, 1))
    nine = eq(N, const(9, N.type))
    model = graph(*out_and_back, props=(Eventually("once", nine), AlwaysEventually("again", nine)))
    assert verdicts(model) == {"once": Verdict.HOLDS, "again": Verdict.VIOLATED}


def test_a_wait_that_begins_again_is_judged_again() -> None:
    """Served once, asked again, never served: the first answer does not excuse the second."""
    steps = (step("a1", 0, 1), step("a2", 1, 2), step("a3", 2, 3))
    asked = op(Op.OR, eq(N, const(0, N.type)), eq(N, const(2, N.type)))
    assert judged(*steps, prop=LeadsTo("served", asked, eq(N, const(1, N.type)))).verdict is Verdict.VIOLATED
    assert (
        judged(*steps, prop=LeadsTo("served", eq(N, const(0, N.type)), eq(N, const(1, N.type)))).verdict
        is Verdict.HOLDS
    )


def test_contradictory_properties_do_not_both_hold() -> None:
    """fizzbee#212: of `n` is 1 for good from some time on, and 2 for good from some time on, one must be wrong."""
    one, two = (eq(N, const(value, N.type)) for value in (1, 2))
    back_and_forth = (step("a1", 0, 1), step("a2", 1, 2), step("a3", 2, 1))
    never = [LeadsTo(f"away_from_{name}", expr, op(Op.NOT, expr)) for name, expr in (("one", one), ("two", two))]
    model = graph(*back_and_forth, props=(*never, AlwaysEventually("one", one), AlwaysEventually("two", two)))
    assert set(verdicts(model).values()) == {Verdict.HOLDS}
    settled = graph(*back_and_forth[:2], props=(*never, AlwaysEventually("one", one), AlwaysEventually("two", two)))
    assert [name for name, verdict in verdicts(settled).items() if verdict is Verdict.HOLDS] == ["away_from_one", "two"]


def test_the_stem_is_shortest_and_the_cycle_comes_back() -> None:
    report = judged(step("a1", 0, 1), step("a2", 1, 2), step("a3", 2, 3), step("a4", 3, 2))
    (finding,) = report.findings
    assert finding.loop is not None
    assert (finding.loop.start, len(finding.trace.steps)) == (2, 4)
    assert report.replayed[2] == report.replayed[4] == (2,)


# --- what says nothing, what cannot be decided -----------------------------------------------------


def test_a_limit_leaves_liveness_open() -> None:
    """tlaplus#1193: what is cut off might be the way on, or the way out."""
    model = graph(step("a1", 0, 1), step("a2", 1, 9), props=(reaches(9),))
    for limit in ({"max_states": 2}, {"max_depth": 2}):
        report = check_model(model, options=Options(properties=("reaches",), **limit))  # type: ignore[arg-type]
        assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 20)


def test_a_failed_step_leaves_liveness_open() -> None:
    wrong = replace(step("b1", 0, 1), update=(Assign(N, const(10)),))
    model = graph(step("a1", 0, 9), wrong, props=(reaches(9),))
    report = check_model(model, options=Options(go_on=True))
    result = next(result for result in report.properties if result.name == "reaches")
    assert (result.verdict, report.exit_code) == (Verdict.INCOMPLETE, 12)
    assert "a step fails" in result.note


@pytest.mark.parametrize(
    ("prop", "why"),
    [
        (LeadsTo("p", eq(N, const(7, N.type)), Const(False, BoolT())), "its left side never holds"),
        (LeadsTo("p", eq(N, const(9, N.type)), eq(N, const(9, N.type))), "wherever its left side holds"),
        (Eventually("p", eq(N, const(0, N.type))), "it holds from the start"),
        (AlwaysEventually("p", Const(True, BoolT())), "it holds in every state"),
    ],
)
def test_what_demands_nothing_is_reported_and_refused_by_strict(prop: Liveness, why: str) -> None:
    model = graph(step("a", 0, 9), props=(prop,))
    report = check_model(model, options=Options(properties=("p",)))
    assert report.verdict is Verdict.HOLDS
    assert [warning for warning in report.warnings if why in warning]
    assert check_model(model, options=Options(properties=("p",), strict=True)).exit_code == 12


def test_fairness_that_demands_nothing_is_reported() -> None:
    report = judged(step("a", 0, 9), step("b", 5, 6))
    assert "fairness of `b` demands nothing: what it owes is never enabled" in report.warnings


def test_of_fairness_nothing_is_said_where_no_property_needs_it() -> None:
    report = check_model(graph(step("a", 0, 9), step("b", 5, 6), props=()))
    assert not [warning for warning in report.warnings if "fairness" in warning]


def test_liveness_comes_after_what_a_state_shows() -> None:
    three = Invariant("three", op(Op.NOT, eq(N, const(3, N.type))))
    steps = [step(f"a{i}", i, i + 1) for i in range(3)]
    model = replace(graph(*steps, props=()), properties=(reaches(9), three))
    report = check_model(model, options=Options(go_on=True))
    assert next(finding.name for finding in report.findings if not finding.warning) == "three"
    assert report.exit_code == 12


def test_it_needs_no_wait_for_analysis() -> None:
    model = graph(step("a", 0, 1), props=(reaches(9),))
    report = check_model(model, options=Options(properties=("reaches",), waits="off"))
    assert report.exit_code == 13


def test_an_obligation_that_would_help_is_named() -> None:
    report = judged(step("c1", 0, 1, duty=Duty.MAY), step("a1", 1, 9))
    assert report.findings[0].oblige == ("c",)
