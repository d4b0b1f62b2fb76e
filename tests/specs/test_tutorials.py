"""The tutorial specs: each has the verdicts it declares, for the reason it gives."""

from __future__ import annotations

from itertools import product

import pytest

from checker import Options, check
from checker.backends.text.machine import TextMachine
from checker.ir.nodes import State
from checker.machine import Failure
from checker.models import load
from checker.report import Kind, Verdict
from tests.support.expected import ROOT, rows_of, run

SPECS = ROOT.parent / "specs"
NAMES = (
    "counter",
    "dining_philosophers",
    "bounded_buffer",
    "lost_notification",
    "heartbeat",
    "poison_job",
    "starvation",
    "futurelock",
    "flow_control",
    "pool_shutdown",
    "lock_queue",
    "asyncio_semaphore",
)


@pytest.mark.parametrize("name", NAMES)
def test_spec_gets_the_verdicts_it_declares(name: str) -> None:
    for row in rows_of(SPECS / f"{name}.py"):
        run(SPECS / f"{name}.py", row)


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_philosophers_are_as_many_states_as_counted_by_hand(n: int, ordered: bool) -> None:
    order = "ordered" if ordered else "naive"
    report = check("dining_philosophers", n=n, order=order, options=Options(go_on=True))
    assert (report.states, report.transitions) == dinner(n, ordered)


Table = tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]  # each one's place, and the queue at each fork


def dinner(n: int, ordered: bool) -> tuple[int, int]:
    """Count states and steps of n philosophers, written without the language.

    Places: 0 thinks, 1 and 2 wait for the first and the second fork, 3 eats.
    """
    sides = [(seat, (seat + 1) % n) for seat in range(n)]
    forks = [(min(pair), max(pair)) if ordered else pair for pair in sides]

    def steps(places: tuple[int, ...], queues: tuple[tuple[int, ...], ...]) -> list[Table]:
        taken = {fork for seat, place in enumerate(places) for fork in forks[seat][: max(0, place - 1)]}
        found: list[Table] = []
        for seat, place in enumerate(places):
            queue = [list(waiting) for waiting in queues]
            if place in (1, 2):
                fork = forks[seat][place - 1]
                if fork in taken or queue[fork][0] != seat:
                    continue
                queue[fork].pop(0)
            if place in (0, 1):
                queue[forks[seat][place]].append(seat)
            moved = (*places[:seat], (place + 1) % 4, *places[seat + 1 :])
            found.append((moved, tuple(tuple(waiting) for waiting in queue)))
        return found

    seen: set[Table] = {((0,) * n, ((),) * n)}
    pending, count = list(seen), 0
    while pending:
        for after in steps(*pending.pop()):
            count += 1
            if after not in seen:
                seen.add(after)
                pending.append(after)
    return len(seen), count


@pytest.mark.parametrize(("producers", "consumers", "capacity"), [*product((1, 2, 3), (1, 2), (1, 2))])
def test_one_condition_is_enough_for_few_tasks(producers: int, consumers: int, capacity: int) -> None:
    """The known rule of this bug: it needs more tasks than twice the capacity."""
    report = check("bounded_buffer", producers=producers, consumers=consumers, capacity=capacity)
    assert bool(report) == (producers + consumers <= 2 * capacity)


def test_notification_comes_before_the_waiter_sleeps() -> None:
    report = check("lost_notification")
    found = report.findings[0]
    assert (found.kind, found.dead) == (Kind.ORPHAN, ("waiter",))
    names = [report.model.actions[step.action].name for step in found.trace.steps]
    assert names.index("notifier.step") < names.index("waiter.about to wait")


def test_heartbeat_gives_every_state_a_successor_and_hides_nothing() -> None:
    report = check("heartbeat")
    found = report.findings[0]
    assert found.graph is not None
    assert (found.kind, set(found.graph.core)) == (Kind.DEADLOCK, {"service[0]", "service[1]"})
    machine = TextMachine(load("heartbeat", {}))
    assert all(machine.successors(state) for state in reachable(machine))


def reachable(machine: TextMachine) -> set[State]:
    seen = set(machine.initial())
    pending = list(seen)
    while pending:
        for _, after in machine.successors(pending.pop()):
            if not isinstance(after, Failure) and after not in seen:
                seen.add(after)
                pending.append(after)
    return seen


def test_poison_job_is_found_by_complete_detection_only() -> None:
    found = check("poison_job").findings[0]
    assert (found.kind, found.dead, found.certified) == (Kind.ORPHAN, ("drain",), False)
    structural = check("poison_job", options=Options(waits="structural"))
    assert (structural.verdict, structural.findings) == (Verdict.INCOMPLETE, ())


def test_a_pool_is_kept_open_by_the_senders_of_its_own_workers() -> None:
    finding = check("pool_shutdown").findings[0]
    assert finding.graph is not None
    held = {wait.slots for wait in finding.graph.waits if wait.point == "next job"}
    assert held == {("worker[0]._sender", "worker[1]._sender")}


def test_a_lock_queue_is_undone_by_the_idle_transaction_only() -> None:
    finding = check("lock_queue").findings[0]
    assert finding.actors == ("query[0]", "migration")
    assert [enabler.action for enabler in finding.undone_by] == ["transaction.idle in transaction"]
    assert finding.oblige == ("transaction",)


def test_who_waits_for_the_semaphore_waits_though_it_is_free() -> None:
    report = check("asyncio_semaphore")
    values = dict(zip((variable.name for variable in report.model.variables), report.findings[0].state, strict=True))
    assert (values["semaphore.value"], values["semaphore.wakeup_scheduled"]) == (1, True)
