"""Systems whose answer is known: what is found, how it is told, and what would undo it."""

from __future__ import annotations

import pytest

from checker.engine.limits import Limits
from checker.engine.search import explore
from checker.interp import Interpreter
from checker.ir.domains import IntT
from checker.ir.nodes import Action, Actor, Assign, Duty, Model, Var
from checker.report import Finding, Kind
from checker.waits.analysis import WaitAnalysis
from checker.waits.complete import complete
from checker.waits.findings import finding, from_state
from tests.support.toy_models import const, eq, require, variable
from tests.waits.scenarios import hostage, lost_notification, philosophers, pipeline, two_permits


def found_in(model: Model, *demanded: str) -> list[Finding]:
    """What the first state with a certificate shows."""
    machine = Interpreter(model)
    analysis, explored = WaitAnalysis(machine), explore(machine)
    for number, state in enumerate(explored.states):
        partials = from_state(analysis, state, demanded=frozenset(demanded))
        if partials:
            trace, level = explored.trace(number), explored.level(number)
            return [finding(partial, trace=trace, state=state, level=level) for partial in partials]
    return []


def test_philosophers_wait_in_a_circle_and_are_dead() -> None:
    (found,) = found_in(philosophers(4))
    assert found.kind is Kind.DEADLOCK
    assert found.dead == found.blocked == found.actors == ("p0", "p1", "p2", "p3")
    assert found.graph is not None
    assert found.graph.cycle == ("p0", "p1", "p2", "p3")
    assert [wait.conjunct for wait in found.graph.waits] == ["not fork1", "not fork2", "not fork3", "not fork0"]
    assert found.undone_by == ()
    assert found.oblige == ()


def test_nobody_is_blamed_who_could_not_change_what_is_waited_for() -> None:
    """A philosopher waits for the two who use the fork, and for nobody else."""
    (found,) = found_in(philosophers(4))
    assert found.graph is not None
    assert found.graph.edges == (("p0", "p1", 0), ("p1", "p2", 1), ("p2", "p3", 2), ("p3", "p0", 3))
    assert [enabler.action for enabler in found.graph.waits[0].enablers] == ["p0.back", "p1.back"]


def test_a_cycle_only_the_client_can_cut_is_a_deadlock_where_progress_is_demanded() -> None:
    (found,) = found_in(pipeline(cancel_first=False), "stop")
    assert (found.kind, found.warning, found.blocked) == (Kind.DEADLOCK, False, ())
    assert found.graph is not None
    assert found.graph.cycle == ("stop", "executor")
    assert found.graph.free == ("client", "network")
    undone = [(enabler.action, enabler.duty) for enabler in found.undone_by]
    assert undone == [("client.read", Duty.MAY), ("network.reset", Duty.FAULT)]
    assert found.oblige == ("client",)


def test_a_cycle_only_the_client_can_cut_is_a_warning_without_a_demand() -> None:
    (found,) = found_in(pipeline(cancel_first=False))
    assert (found.kind, found.warning) == (Kind.DEADLOCK, True)
    assert "demand progress" in found.message


def test_firing_the_token_first_cures_the_pipeline() -> None:
    assert found_in(pipeline(cancel_first=True), "stop") == []


def test_a_chain_that_ends_at_the_client_is_a_hostage() -> None:
    (found,) = found_in(hostage(), "stop")
    assert (found.kind, found.name) == (Kind.HOSTAGE, "progress(stop)")
    assert found.graph is not None
    assert (found.graph.core, found.graph.tail, found.graph.free) == ((), ("stop", "executor"), ("client", "network"))
    assert found.oblige == ("client",)


def test_back_pressure_is_no_finding_where_nobody_demands_progress() -> None:
    assert found_in(hostage()) == []


def test_a_lost_notification_is_an_orphan_beside_a_ticking_clock() -> None:
    (found,) = found_in(lost_notification())
    assert (found.kind, found.actors, found.dead) == (Kind.ORPHAN, ("waiter",), ("waiter",))


def test_two_permits_have_no_certificate_but_complete_detection_finds_them() -> None:
    machine = Interpreter(two_permits())
    analysis, explored = WaitAnalysis(machine), explore(machine)
    assert not any(any(analysis.certificates(state)) for state in explored.states)
    masks = complete(explored, analysis)
    assert analysis.names(masks[0].dead) == ("a",)
    (partial,) = from_state(analysis, explored.states[0], demanded=frozenset(), exact=masks[0])
    assert (partial.kind, partial.actors, partial.certified) == (Kind.ORPHAN, ("a",), False)


def test_complete_detection_knows_earlier_than_any_certificate() -> None:
    """Before `stop` has begun it can still move, and the executor with it as far as one state shows."""
    machine = Interpreter(pipeline(cancel_first=False))
    analysis, explored = WaitAnalysis(machine), explore(machine)
    masks = complete(explored, analysis)
    assert not any(analysis.certificates(explored.states[0]))
    assert analysis.names(masks[0].stuck) == ("executor",)


def test_complete_detection_refuses_what_is_not_complete() -> None:
    machine = Interpreter(philosophers(3))
    with pytest.raises(ValueError, match="every reachable state"):
        complete(explore(machine, limits=Limits(max_states=3)), WaitAnalysis(machine))
    with pytest.raises(ValueError, match="edges"):
        complete(explore(machine, keep_edges=False), WaitAnalysis(machine))


def test_what_changes_what_is_waited_for_and_does_not_help_undoes_nothing() -> None:
    x = Var("x", IntT(0, 2))

    def gives(name: str, before: int, after: int) -> Action:
        return Action(name, name[0], (require(eq(x, const(before))),), (Assign(x, const(after)),), Duty.FAULT)

    waits = Action("a.take", "a", (require(eq(x, const(2))),), ())
    actions = (waits, gives("f.up", 0, 1), gives("f.down", 1, 0), gives("g.helps", 0, 2))
    actors = (Actor("a", Duty.OBLIGED), Actor("f", Duty.FAULT), Actor("g", Duty.FAULT))
    (found,) = found_in(Model("m", (), (variable(x, 0),), actors, actions, ()))
    assert [enabler.action for enabler in found.undone_by] == ["g.helps"]
