"""Several ways to a proof at once, each in a process of its own: what one of them finds, counts.

A solver stops when its own limits are reached, not when it is asked to, and in one process one would wait for the
other; so these are processes, and they end when everything is decided or the time is over.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from threading import Thread

from checker.ir.nodes import Model
from checker.symbolic.deadline import Deadline
from checker.symbolic.proof import Open
from checker.symbolic.safety.bmc import search
from checker.symbolic.safety.induction import prove_by_induction
from checker.symbolic.safety.mined import prove_by_mining
from checker.symbolic.safety.pdr import prove_by_pdr
from checker.symbolic.safety.proof import Message, Met, Proved, Say

GRACE = 5.0  # seconds that processes have beyond the deadline to say what they know
DEEPEST = 10_000
AT_ONCE = 2.0  # seconds tried before there are processes
NICE = 5  # mining comes first where there are fewer cores than processes


@dataclass(slots=True)
class Outcome:
    """What is known of each target: proved, met by a run, or neither and then a state that no proof excludes."""

    proved: dict[str, Proved] = field(default_factory=dict)
    met: Met | None = None
    open: dict[str, Open] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False  # what is known until then
    deepest: int = -1

    def take(self, message: Message) -> None:
        """Take up what a process has found."""
        match message:
            case Proved(names):
                for name in names:
                    self.proved.setdefault(name, message)
            case Met():
                self.met = message
            case Open(name):
                self.open.setdefault(name, message)


def by_search(model: Model, names: tuple[str, ...], *, deadline: Deadline, say: Say) -> None:
    """Say which target is met first, by a shortest run."""
    found = search(model, depth=DEEPEST, names=names, meet=False, deadline=deadline)
    if found.violated:
        say(Met(found.violated, found.found[found.violated]))


WAYS: tuple[Callable[..., None], ...] = (prove_by_mining, by_search, prove_by_induction, prove_by_pdr)


def prove(
    model: Model,
    names: tuple[str, ...],
    sought: tuple[str, ...],
    *,
    seconds: float,
    ways: tuple[Callable[..., None], ...] = WAYS,
) -> Outcome:
    """Prove the targets `sought`, which `names` select (`relation.targets`), in so much time, or find a run to one."""
    outcome, began = Outcome(), time.monotonic()
    if _at_once(model, names, sought, outcome, deadline=Deadline.after(min(seconds / 4, AT_ONCE))):
        outcome.seconds = time.monotonic() - began
        return outcome
    context = multiprocessing.get_context("spawn")
    open_ends: list[Connection] = []
    workers = []
    for way in ways:
        here, there = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(way, model, names, seconds, there), daemon=True)
        worker.start()
        there.close()
        open_ends.append(here)
        workers.append(worker)
    try:
        for message in _messages(open_ends, deadline=began + seconds + GRACE):
            outcome.take(message)
            if outcome.met is not None or outcome.proved.keys() >= set(sought):
                break
    except KeyboardInterrupt:
        outcome.interrupted = True
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()
    outcome.seconds = time.monotonic() - began
    return outcome


def _at_once(
    model: Model, names: tuple[str, ...], sought: tuple[str, ...], outcome: Outcome, *, deadline: Deadline
) -> bool:
    """Tell whether a short try decides everything: to start processes takes longer than most small specs."""
    for way in (prove_by_mining, by_search):
        way(model, names, deadline=deadline, say=outcome.take)
        if outcome.met is not None or outcome.proved.keys() >= set(sought):
            return True
    return False


def _messages(ends: list[Connection], *, deadline: float) -> Iterator[Message]:
    """Yield what the processes say until all have ended or the time is over."""
    ends = list(ends)
    while ends and (left := deadline - time.monotonic()) > 0:
        for end in wait(ends, timeout=left):
            assert isinstance(end, Connection)
            try:
                yield end.recv()
            except EOFError:
                ends.remove(end)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(way: Callable[..., None], model: Model, names: tuple[str, ...], seconds: float, there: Connection) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    if way is not prove_by_mining and hasattr(os, "nice"):
        os.nice(NICE)
    way(model, names, deadline=Deadline.after(seconds), say=there.send)
    there.close()
