"""A check from options to report: verdicts, exit codes, what is selected, what is reported first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.api import check_model
from checker.diagnostics import InternalError, UsageError
from checker.engine.limits import Update
from checker.engine.select import property_names
from checker.frontend import load
from checker.interp import Interpreter
from checker.ir.domains import BoolT, IntT
from checker.ir.nodes import (
    Action,
    Actor,
    Assign,
    Duty,
    Expr,
    Invariant,
    Model,
    Old,
    Progress,
    Property,
    Sometimes,
    State,
    StepProperty,
    Var,
    Variable,
)
from checker.ir.ops import Op
from checker.machine import Failure, Label
from checker.options import Options
from checker.report import Kind, PropertyResult, Report, Verdict
from tests.support.expected import ROOT
from tests.support.toy_models import const, counter, eq, op, philosophers, require, variable

N = Var("n", IntT(0, 3))
DONE = Progress("ends", "clock")


def below(limit: int) -> Expr:
    return op(Op.LT, N, const(limit))


def result(report: Report, name: str) -> PropertyResult:
    return next(found for found in report.properties if found.name == name)


def verdicts(report: Report) -> dict[str, str]:
    return {found.name: found.verdict.value for found in report.properties}


def hostage(*properties: Property) -> Model:
    """`server` waits for what `client` may do, and need not."""
    read, served = Var("read", BoolT()), Var("served", BoolT())
    actions = (
        Action("client.read", "client", (require(op(Op.NOT, read)),), (Assign(read, const(True)),), Duty.MAY),
        Action("server.serve", "server", (require(op(Op.NOT, served)), require(read)), (Assign(served, const(True)),)),
    )
    actors = (Actor("client", Duty.MAY, finished=read), Actor("server", Duty.OBLIGED, finished=served))
    return Model("hostage", (), (variable(read), variable(served)), actors, actions, properties)


# --- verdicts and exit codes -------------------------------------------------------------------


def test_what_holds_is_true_and_exits_0() -> None:
    report = check_model(counter(3, Invariant("small", below(4)), DONE))
    assert report
    assert (report.verdict, report.exit_code, report.complete) == (Verdict.HOLDS, 0, True)
    assert verdicts(report) == dict.fromkeys(("deadlock", "orphan", "small", "ends"), "holds")
    assert (report.states, report.transitions, report.depth) == (4, 3, 4)
    assert report.settings == ()


def test_a_deadlock_exits_11_with_its_trace() -> None:
    report = check_model(philosophers(3))
    assert (report.verdict, report.exit_code, report.findings[0].kind) == (Verdict.VIOLATED, 11, Kind.DEADLOCK)
    assert str(report.findings[0].trace) == "0/0/3/6"
    assert report.replayed[-1] == report.findings[0].state
    assert verdicts(report) == {"deadlock": "violated", "orphan": "incomplete"}
    assert report.findings[0].level == 4
    assert report.settings == (("seats", "3"),)


def test_a_broken_invariant_exits_12() -> None:
    report = check_model(counter(3, Invariant("small", below(2))))
    assert (report.exit_code, report.findings[0].name, report.findings[0].message) == (
        12,
        "small",
        "`n < 2` is false where n=2",
    )
    assert str(report.findings[0].trace) == "0/0/0"


def test_an_invariant_without_value_is_broken_and_says_why() -> None:
    report = check_model(counter(3, Invariant("odd", op(Op.LT, op(Op.DIV, const(4), N), const(9)))))
    said = "`4 // n < 9` has no value: `4 // n` divides by zero where n=0"
    assert (report.exit_code, report.findings[0].message) == (12, said)
    assert str(report.findings[0].trace) == "0"


def test_a_property_is_told_in_its_source_and_by_what_its_false_parts_read() -> None:
    both = Invariant("both", op(Op.AND, below(9), below(2)), text="small and\tsmaller")
    assert check_model(counter(3, both)).findings[0].message == "`small and\tsmaller` is false where n=2"
    odd = Invariant("odd", op(Op.LT, op(Op.DIV, const(4), N), const(9)), text="4 // self.n < 9")
    assert check_model(counter(3, odd)).findings[0].message == (
        "`4 // self.n < 9` has no value: `4 // n` divides by zero where n=0"
    )
    long = Invariant("long", op(Op.AND, *(below(place) for place in range(2, 60))))
    assert check_model(counter(3, long)).findings[0].message == "`long` is false where n=2"


def test_a_broken_step_property_names_the_action() -> None:
    still = StepProperty("still", op(Op.LT, Old("n", N.type), const(2)))
    report = check_model(counter(3, still))
    assert (report.exit_code, report.findings[0].kind, str(report.findings[0].trace)) == (12, Kind.STEP, "0/0/0/0")
    assert report.findings[0].message == "`clock.up` breaks it: `old.n < 2` is false"
    assert report.findings[0].level == 4


def test_a_failed_step_exits_12_and_the_trace_ends_with_it() -> None:
    report = check_model(counter(2, strict=True))
    assert (report.exit_code, report.findings[0].kind) == (12, Kind.RANGE)
    assert (len(report.findings[0].trace.steps), len(report.replayed)) == (3, 3)
    assert report.findings[0].message == "`n` = 3 is outside Int(0, 2)"


@pytest.mark.parametrize("options", [Options(max_states=5), Options(max_depth=2), Options(max_seconds=0)])
def test_a_limit_exits_20_and_is_not_true(options: Options) -> None:
    report = check_model(philosophers(6), options=options)
    assert (report.verdict, report.exit_code, bool(report)) == (Verdict.INCOMPLETE, 20, False)
    assert report.stopped_by.startswith("--max-")
    assert set(verdicts(report).values()) == {"incomplete"}


def test_a_violation_outranks_incomplete() -> None:
    report = check_model(counter(3, Invariant("small", below(1))), options=Options(max_depth=2, go_on=True))
    assert (report.verdict, report.exit_code, report.stopped_by) == (Verdict.VIOLATED, 12, "--max-depth 2")


def test_an_interrupt_exits_130_with_what_was_found_so_far() -> None:
    def progress(update: Update) -> None:
        if update.depth > 3:
            raise KeyboardInterrupt

    report = check_model(philosophers(6), progress=progress)
    assert (report.verdict, report.exit_code, report.stopped_by) == (Verdict.INCOMPLETE, 130, "interrupted")
    assert report.states > 10


def test_a_malformed_model_is_our_bug() -> None:
    broken = replace(counter(3), actors=())
    with pytest.raises(InternalError, match="`clock` is no actor"):
        check_model(broken)


# --- order -------------------------------------------------------------------------------------


def test_the_first_level_decides_then_safety_before_deadlock() -> None:
    """The deadlock of three is on level 4; an invariant broken on the same level comes first, a later one does not."""
    model = philosophers(3)
    standing = [Var(v.name, v.type) for v in model.variables[1:]]
    has = [eq(var, const("has_left", var.type)) for var in standing]
    all_wait = op(Op.NOT, op(Op.AND, *has))
    report = check_model(replace(model, properties=(Invariant("apart", all_wait),)))
    assert [found.kind for found in report.findings] == [Kind.INVARIANT, Kind.DEADLOCK]
    assert report.exit_code == 12


def test_all_gives_every_property_its_verdict() -> None:
    properties = (Invariant("two", below(2)), Invariant("three", below(3)), Invariant("four", below(4)), DONE)
    report = check_model(counter(3, *properties), options=Options(go_on=True))
    assert verdicts(report) == {
        "deadlock": "holds",
        "orphan": "holds",
        "two": "violated",
        "three": "violated",
        "four": "holds",
        "ends": "holds",
    }
    assert [found.name for found in report.findings] == ["two", "three"]
    assert report.complete


# --- waits -------------------------------------------------------------------------------------


def test_a_hostage_is_a_violation_only_where_progress_is_demanded() -> None:
    assert check_model(hostage())
    report = check_model(hostage(Progress("served", "server")))
    assert (report.exit_code, report.findings[0].kind, report.findings[0].oblige) == (11, Kind.HOSTAGE, ("client",))
    assert verdicts(report)["served"] == "violated"


def test_obliging_the_client_frees_the_hostage_and_freeing_it_again_does_not() -> None:
    model = hostage(Progress("served", "server"))
    assert check_model(model, options=Options(oblige=("client",)))
    assert check_model(model, options=Options(free=("client",))).exit_code == 11


def test_structural_waits_can_say_violated_and_never_holds() -> None:
    assert check_model(philosophers(3), options=Options(waits="structural")).exit_code == 11
    report = check_model(counter(3, DONE), options=Options(waits="structural"))
    assert (report.verdict, report.exit_code, report.complete) == (Verdict.INCOMPLETE, 20, True)
    assert verdicts(report) == dict.fromkeys(("deadlock", "orphan", "ends"), "incomplete")


def test_waits_off_leaves_deadlock_open_and_refuses_progress() -> None:
    report = check_model(counter(3), options=Options(waits="off"))
    assert (report.exit_code, result(report, "deadlock").note) == (20, "not checked: --waits=off")
    with pytest.raises(UsageError, match="cannot decide ends"):
        check_model(counter(3, DONE), options=Options(waits="off"))
    one = Options(waits="off", properties=("small",))
    assert check_model(counter(3, DONE, Invariant("small", below(4))), options=one)


def test_progress_to_a_goal_is_lost_where_no_owed_step_leads_there() -> None:
    goal = Progress("reaches", "clock", eq(N, const(2)))
    report = check_model(counter(3, goal), options=Options(go_on=True))
    assert verdicts(report)["reaches"] == "holds"
    never = Progress("reaches", "clock", op(Op.AND, eq(N, const(2)), eq(N, const(1))))
    report = check_model(counter(3, never))
    assert (report.exit_code, report.findings[0].kind, str(report.findings[0].trace)) == (11, Kind.PROGRESS, "0")


def test_the_step_at_which_it_became_inevitable_is_told() -> None:
    """A permit is lost from the start; that two will never be free shows when `user` has given its own back."""
    permits, place = Var("permits", IntT(0, 2)), Var("user.at", IntT(0, 2))

    def user(verb: str, stands: int, change: Op) -> Action:
        update = (Assign(permits, op(change, permits, const(1))), Assign(place, const(stands + 1)))
        return Action(f"user.{verb}", "user", (require(eq(place, const(stands)), location=True),), update)

    needs = Action("both.take", "both", (require(op(Op.GE, permits, const(2))),), (Assign(permits, const(0)),))
    actors = (Actor("user", Duty.OBLIGED, finished=eq(place, const(2))), Actor("both", Duty.OBLIGED))
    variables = (variable(permits, 1), variable(place, owner="user"))
    actions = (user("take", 0, Op.SUB), user("give", 1, Op.ADD), needs)
    report = check_model(Model("permits", (), variables, actors, actions, ()))
    (found,) = report.findings
    assert (report.exit_code, found.kind, found.actors) == (11, Kind.ORPHAN, ("both",))
    assert (len(found.trace.steps), found.doomed_at) == (2, 0)


def test_what_could_undo_a_finding_is_asked_of_the_whole_model_not_of_what_is_explored() -> None:
    """A machine that takes no step at all: the client is still free to read."""

    class Frozen(Interpreter):
        def successors(self, state: State) -> list[tuple[Label, State | Failure]]:
            return []

    model = hostage(Progress("served", "server"))
    report = check_model(model, options=Options(waits="structural"), machine=Frozen(model))
    assert (report.states, report.findings[0].kind, report.findings[0].oblige) == (1, Kind.HOSTAGE, ("client",))


def test_what_no_certificate_shows_is_decided_exactly() -> None:
    """As above, but `user` takes and gives back for ever."""
    permits = Var("permits", IntT(0, 2))
    take = Action("user.take", "user", (require(eq(permits, const(1))),), (Assign(permits, const(0)),))
    give = Action("user.give", "user", (require(eq(permits, const(0))),), (Assign(permits, const(1)),))
    needs = Action("both.take", "both", (require(op(Op.GE, permits, const(2))),), (Assign(permits, const(0)),))
    actors = (Actor("user", Duty.OBLIGED), Actor("both", Duty.OBLIGED))
    model = Model("ever", (), (variable(permits, 1),), actors, (take, give, needs), ())
    report = check_model(model)
    (found,) = report.findings
    assert (report.exit_code, found.certified, found.actors, str(found.trace)) == (11, False, ("both",), "0")
    assert check_model(model, options=Options(waits="structural")).exit_code == 20


# --- what is selected --------------------------------------------------------------------------


def test_only_the_named_properties_are_checked() -> None:
    model = counter(3, Invariant("two", below(2)), Invariant("four", below(4)))
    report = check_model(model, options=Options(properties=("four",)))
    assert report
    assert list(verdicts(report)) == ["four"]
    assert list(verdicts(check_model(model, options=Options(properties=("orphan",))))) == ["orphan"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(properties=("smal",)), "no property `smal`; did you mean `small`. There are: deadlock, orphan, small"),
        (Options(witness="small"), "no `sometimes` property `small`; there are: none"),
        (Options(oblige=("cluck",)), "no actor `cluck`; did you mean `clock`"),
    ],
)
def test_unknown_names_are_usage_errors(options: Options, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_model(counter(3, Invariant("small", below(4))), options=options)


def test_a_family_is_all_its_members() -> None:
    names = ("works[0]", "works[1]", "ends(task[0])", "in.ends(in.task[0])", "works", "worker[0][1]")
    model = counter(3, *(Invariant(name, below(4)) for name in names))
    assert property_names(model, ("ends", "orphan")) == ("ends(task[0])", "orphan")
    assert property_names(model, ("works",)) == ("works",)
    assert property_names(model, ("worker", "in.ends")) == ("worker[0][1]", "in.ends(in.task[0])")


@pytest.mark.parametrize("wrong", [{"waits": "on"}, {"engine": "fast"}, {"max_states": 0}, {"max_seconds": -1}])
def test_options_that_do_not_exist_are_usage_errors(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Options(**wrong)  # type: ignore[arg-type]


# --- vacuity -----------------------------------------------------------------------------------


def test_sometimes_is_met_with_a_shortest_trace() -> None:
    report = check_model(counter(3, Sometimes("two", eq(N, const(2)))))
    assert str(result(report, "two").witness) == "0/0/0"
    assert report


def test_a_goal_that_is_reached_at_a_limit_is_reached() -> None:
    model = counter(3, Sometimes("two", eq(N, const(2))))
    report = check_model(model, options=Options(witness="two", max_states=3))
    assert (report.verdict, report.exit_code, report.stopped_by) == (Verdict.HOLDS, 0, "")


def test_what_nothing_makes_possible_is_told_apart_and_no_error() -> None:
    model = counter(3)
    flag, place = Var("flag", BoolT()), Var("place", IntT(0, 2))
    variables = (Variable("flag", BoolT(), (False,)), Variable("place", IntT(0, 2), (0,)))
    unset = Action("clock.strike", "clock", (require(flag),), (Assign(place, const(1)),))
    behind = Action("clock.stop", "clock", (require(eq(place, const(1))),), ())
    merely = Action("clock.late", "clock", (require(eq(N, const(9))),), ())
    model = replace(model, variables=(*model.variables, *variables), actions=(*model.actions, unset, behind))
    report = check_model(model, options=Options(strict=True))
    assert report
    assert [warning.split(":")[0] for warning in report.warnings] == [
        "action `clock.strike` cannot happen at these parameters",
        "action `clock.stop` cannot happen at these parameters",
    ]
    assert not check_model(replace(model, actions=(*model.actions, merely)), options=Options(strict=True))


def test_what_never_happens_is_a_warning_and_with_strict_an_error() -> None:
    model = counter(3, Sometimes("nine", eq(N, const(9))))
    idle = Action("clock.strike", "clock", (require(eq(N, const(9))),), ())
    model = replace(model, actions=(*model.actions, idle))
    report = check_model(model)
    assert report
    assert report.warnings == ("`nine` (sometimes) is never met", "action `clock.strike` never fired")
    report = check_model(model, options=Options(strict=True))
    assert (report.verdict, report.exit_code) == (Verdict.VIOLATED, 12)


def test_a_witness_is_looked_for_past_findings_and_alone() -> None:
    model = counter(3, Sometimes("three", eq(N, const(3))), Invariant("two", below(2)))
    report = check_model(model, options=Options(witness="three"))
    assert (report.verdict, report.exit_code, report.findings) == (Verdict.HOLDS, 0, ())
    assert str(result(report, "three").witness) == "0/0/0/0"
    missing = counter(3, Sometimes("nine", eq(N, const(9))))
    assert check_model(missing, options=Options(witness="nine")).exit_code == 12


# --- coverage, engines -------------------------------------------------------------------------


def test_coverage_counts_actions_and_lines() -> None:
    report = check_model(counter(3))
    assert [row[:3] for row in report.coverage.actions] == [("clock.up", 3, 3)]
    assert report.coverage.lines == (("toy.py", 2, 3), ("toy.py", 3, 3), ("toy.py", 4, 3))


@pytest.mark.parametrize(
    "model", [philosophers(3), counter(3), counter(3, strict=True), hostage(Progress("p", "server"))]
)
def test_engines_report_the_same(model: Model) -> None:
    text, interpreter = (check_model(model, options=Options(engine=engine)) for engine in ("text", "interpreter"))
    plain = (replace(report, seconds=0, engine="", flags=()) for report in (text, interpreter))
    assert next(plain) == next(plain)


def test_two_checks_in_one_process_do_not_disturb_each_other() -> None:
    first = check_model(philosophers(3))
    check_model(counter(3, strict=True))
    assert replace(check_model(philosophers(3)), seconds=0) == replace(first, seconds=0)


def knot_beside_an_orphan() -> Model:
    """`a` and `b` wait for each other; `c` hides it from certificates by changing what `a` reads; `d` is forgotten."""
    p, b, x, y = Var("p", IntT(0, 2)), Var("b", BoolT()), Var("x", BoolT()), Var("y", BoolT())
    actions = (
        Action("a.both", "a", (require(op(Op.GE, p, const(2))),), (Assign(b, const(True)),)),
        Action("b.give", "b", (require(b),), (Assign(p, const(2)),)),
        Action("c.take", "c", (require(eq(p, const(0))),), (Assign(p, const(1)),)),
        Action("c.put", "c", (require(eq(p, const(1))),), (Assign(p, const(0)),)),
        Action("d.wait", "d", (require(x),), (Assign(y, const(True)),)),
    )
    actors = tuple(Actor(name, Duty.OBLIGED) for name in "abcd")
    return Model("knot", (), (variable(p), variable(b), variable(x), variable(y)), actors, actions, ())


@pytest.mark.parametrize("engine", ["text", "native"])
def test_a_knot_without_a_certificate_is_not_excused_by_a_certificate_of_others(engine: str) -> None:
    found = {
        names: check_model(knot_beside_an_orphan(), options=Options(properties=names, engine=engine, go_on=True))
        for names in (("deadlock",), ("orphan",), ())
    }
    assert verdicts(found["deadlock",]) == {"deadlock": "violated"}
    assert set(found["deadlock",].findings[0].actors) == {"a", "b"}
    assert verdicts(found["orphan",]) == {"orphan": "violated"}
    assert verdicts(found[()]) == {"deadlock": "violated", "orphan": "violated"}


@pytest.mark.parametrize("engine", ["text", "native"])
def test_that_somebody_is_blocked_is_not_excused_by_a_certificate_that_he_is_a_hostage(engine: str) -> None:
    """He may be both: the certificate knows that who may act need not, not that it would not help."""
    model = load(str(ROOT / "corpus/deadlock_of_a_hostage.py"), {})
    found = check_model(model, options=Options(engine=engine, go_on=True))
    assert verdicts(found) == {"deadlock": "violated", "orphan": "holds", "ends": "violated"}


def test_a_goal_out_of_reach_is_told_with_who_waits_for_whom() -> None:
    report = check_model(load(str(ROOT / "corpus/progress_to_waits.py"), {}))
    (found,) = report.findings
    assert (found.kind, found.graph is not None) == (Kind.PROGRESS, True)
    assert found.graph is not None
    assert [(wait.actor, wait.text) for wait in found.graph.waits] == [("writer", "not self.full")]
    assert (found.graph.tail, found.graph.free) == (("writer",), ("reader",))
    assert found.message.endswith('to `self.writer.at("try")` any more')


def test_who_is_stuck_may_still_see_a_goal_that_others_reach() -> None:
    """`progress(to=…)` asks what can be reached, not who moves."""
    tick = Action("clock.tick", "clock", (require(below(3)),), (Assign(N, op(Op.ADD, N, const(1))),))
    back = Action("clock.back", "clock", (require(eq(N, const(3))),), (Assign(N, const(0)),))
    never = Action("waiter.go", "waiter", (require(op(Op.AND, below(1), eq(N, const(2)))),), ())
    actors = (Actor("clock", Duty.OBLIGED), Actor("waiter", Duty.OBLIGED))
    goals = (Progress("arrives", "waiter", to=eq(N, const(3))), Progress("moves", "waiter"))
    model = Model("clock", (), (variable(N),), actors, (tick, back, never), goals)
    found = verdicts(check_model(model, options=Options(go_on=True)))
    assert (found["arrives"], found["moves"]) == ("holds", "violated")
