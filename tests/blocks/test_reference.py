"""Blocks against models of them written in plain Python: the same reachable states, seen from outside."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

import pytest

from checker.interp import Interpreter
from checker.ir.nodes import State
from checker.machine import Failure
from checker.models import load
from tests.support.expected import ROOT

S = TypeVar("S", bound=Hashable)
Named = dict[str, Any]


def reach(initial: S, steps: Callable[[S], Iterator[S]]) -> set[S]:
    """Return every state that `steps` lead to from `initial`."""
    seen, pending = {initial}, [initial]
    while pending:
        for state in steps(pending.pop()):
            if state not in seen:
                seen.add(state)
                pending.append(state)
    return seen


def edges(suite: str, **settings: str) -> Iterator[tuple[Named, Named]]:
    """Explore a suite; yield its steps, states as name → value. A state without steps is paired with itself."""
    machine = Interpreter(load(str(ROOT / "blocks" / f"{suite}.py"), settings))
    names = [variable.name for variable in machine.model.variables]

    def steps(state: State) -> Iterator[State]:
        for _, successor in machine.successors(state):
            assert not isinstance(successor, Failure), successor
            yield successor

    (initial,) = machine.initial()
    for state in reach(initial, steps):
        before = dict(zip(names, state, strict=True))
        yield before, before
        for successor in steps(state):
            yield before, dict(zip(names, successor, strict=True))


# --- channel -----------------------------------------------------------------------------------

Channel = tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...], tuple[int, ...], bool]


def channel_steps(capacity: int, messages: int) -> Callable[[Channel], Iterator[Channel]]:
    """A bounded FIFO queue, senders served in order: (queue, waiting, sent, received, ended).

    A sender that has sent n messages waits for room for the next, from its first step on; -1 is before that.
    """

    def steps(state: Channel) -> Iterator[Channel]:
        queue, waiting, sent, received, ended = state
        for s, n in enumerate(sent):
            if n < 0:
                yield queue, (*waiting, s), (*sent[:s], 0, *sent[s + 1 :]), received, ended
        if waiting and len(queue) < capacity:
            s, *rest = waiting
            n = sent[s]
            again = (s,) if n + 1 < messages else ()
            yield (*queue, (s, n)), (*rest, *again), (*sent[:s], n + 1, *sent[s + 1 :]), received, ended
        if queue:
            (s, n), *left = queue
            yield tuple(left), waiting, sent, (*received[:s], n + 1, *received[s + 1 :]), ended
        elif all(n == messages for n in sent):
            yield queue, waiting, sent, received, True

    return steps


@pytest.mark.parametrize(("capacity", "messages"), [(1, 2), (2, 2), (2, 3)])
def test_channel_reaches_what_a_bounded_queue_reaches(capacity: int, messages: int) -> None:
    explored = set()
    for state, _ in edges("channel", capacity=str(capacity), messages=str(messages)):
        sent = tuple(-1 if state[f"produce[{s}].pc"] == "start" else n for s, n in enumerate(state["sent"]))
        waiting = tuple(int(name[len("produce[") : -1]) for name in state["channel.waiting"])
        explored.add((state["channel.queue"], waiting, sent, state["received"], state["ended"]))
    start: Channel = ((), (), (-1, -1), (0, 0), False)
    assert explored == reach(start, channel_steps(capacity, messages))


# --- semaphore ---------------------------------------------------------------------------------

Semaphore = tuple[tuple[int, ...], tuple[str, ...]]


def semaphore_steps(permits: int) -> Callable[[Semaphore], Iterator[Semaphore]]:
    """Three workers that take `permits`, 1 and 1 of so many permits, first come first served: (waiting, where)."""
    wanted = (permits, 1, 1)

    def steps(state: Semaphore) -> Iterator[Semaphore]:
        waiting, where = state

        def moved(w: int, to: str) -> tuple[str, ...]:
            return (*where[:w], to, *where[w + 1 :])

        for w in range(3):
            if where[w] == "start":
                yield (*waiting, w), moved(w, "waits")
            if where[w] == "holds":
                yield waiting, moved(w, "done")
        free = permits - sum(wanted[w] for w in range(3) if where[w] == "holds")
        if waiting and wanted[waiting[0]] <= free:
            yield waiting[1:], moved(waiting[0], "holds")

    return steps


@pytest.mark.parametrize("permits", [1, 2, 3])
def test_semaphore_reaches_what_a_fifo_semaphore_reaches(permits: int) -> None:
    explored = set()
    for state, _ in edges("semaphore", permits=str(permits)):
        where = []
        for w in range(3):
            pc = state[f"worker[{w}].pc"]
            held = state["held"][w]
            assert held in (0, (permits, 1, 1)[w])
            where.append(pc if pc in ("start", "done") else "holds" if held else "waits")
        explored.add((state["arrived"], tuple(where)))
    start: Semaphore = ((), ("start", "start", "start"))
    assert explored == reach(start, semaphore_steps(permits))


# --- fold channel ------------------------------------------------------------------------------

NO_DATA, HAS_DATA, WAITS, GONE_SOME, GONE_NONE, RECEIVER_GONE, ALL_GONE = (
    "NoData", "HasData", "SenderWaits", "SenderGone(Some)", "SenderGone(None)", "ReceiverGone", "AllGone",
)  # fmt: skip

# PAGE_SERVICE 5, row by row: what each call leads to.
TABLE = {
    (NO_DATA, HAS_DATA),  # send
    (NO_DATA, GONE_NONE),  # drop sender
    (NO_DATA, RECEIVER_GONE),  # drop receiver
    (HAS_DATA, HAS_DATA),  # send that folds
    (HAS_DATA, WAITS),  # send that does not
    (HAS_DATA, NO_DATA),  # recv
    (HAS_DATA, GONE_SOME),
    (HAS_DATA, RECEIVER_GONE),
    (WAITS, NO_DATA),  # recv
    (WAITS, GONE_SOME),
    (WAITS, RECEIVER_GONE),
    (GONE_SOME, GONE_NONE),  # recv
    (GONE_SOME, ALL_GONE),
    (GONE_NONE, ALL_GONE),
    (RECEIVER_GONE, ALL_GONE),
}


def phase(state: Named) -> str:
    """Return which state of `spsc_fold` this is."""
    some = state["channel.value"] is not None
    match state["channel.sender_gone"], state["channel.receiver_gone"]:
        case True, True:
            return ALL_GONE
        case False, True:
            return RECEIVER_GONE
        case True, False:
            return GONE_SOME if some else GONE_NONE
    if some and state["stuck_with"]:
        return WAITS
    return HAS_DATA if some else NO_DATA


def test_fold_channel_takes_every_step_of_the_table_and_no_other() -> None:
    taken = set()
    for before, after in edges("fold"):
        channel = ("channel.value", "channel.sender_gone", "channel.receiver_gone", "stuck_with")
        if any(before[name] != after[name] for name in channel):
            taken.add((phase(before), phase(after)))
    quiet = {(NO_DATA, NO_DATA), (RECEIVER_GONE, RECEIVER_GONE)}  # the waiting value leaves the sender's hand
    assert taken - quiet == TABLE
