"""Workers stay in machine code between what they do together: to go there and back takes longer than a small level.

One of them *leads*: a job is opened, done and concluded within one call of its own. So no interrupt comes in between,
and whoever reads the search finds it whole. The others `serve`: they look whether a job is open, and join in. Who does
not look, as its thread sleeps or has no processor, is not waited for, and what it has left over is done by who leads.
Only who is busy is waited for. To join is to be busy first, and then to find the job still open; to conclude is to
close the job first, and then to find nobody busy. All four go through memory in one order (`add_atomically`): either
the one sees the other, or the other sees the one.

Kernels, as in `runtime`.
"""

from __future__ import annotations

import ctypes
from typing import Final, cast

from checker.backends.native.growth import PATIENCE, Growth, sched_yield, set_aside, settle_aside, spread
from checker.backends.native.intrinsics import add_atomically, load, load_atomically
from checker.backends.native.runtime import Search
from checker.backends.native.team import Level, Worker, absorb, close_up, expand_together, list_unused

LONG: Final = 1 << 12  # how often to leave the processor to others before the thread is to sleep
OVER: Final = 1 << 62  # in place of a job: there will be no more


class Crew(ctypes.Structure):
    """What workers need for all jobs; addresses, where nothing else is said."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "open",  # of a word, alone in its cache line: which job is open, 0 if none is
            "grows",  # whether it is to make the table larger, or to expand
            "jobs",  # how many there were
            "hands",  # of the address of each `Worker`; the first leads
            "count",  # how many these are
            "level",
            "growth",
            "next",  # of fields: these are changed by all
            "numbers",
            "taken",
            "listed",
            "unused",  # of two words for each worker
            "counts",  # sizes of arrays, see `absorb`
            "fails",
            "moved",  # how many states got another number
        )
    ]


def serve(c: Crew, w: Worker) -> None:
    """Join in the jobs that are opened, each once, until there has been none for long."""
    tries = 0
    while tries < PATIENCE + LONG:
        job = load_atomically(c.open)
        if job == OVER:
            break
        if job and job != w.job:
            w.job = job
            add_atomically(w.busy, 1)
            if add_atomically(c.open, 0) == job:
                work(c, w)
            add_atomically(w.busy, -1)
            tries = 0
        tries += 1
        if tries > PATIENCE:
            sched_yield()
    w.awake = 0


def work(c: Crew, w: Worker) -> None:
    """Do one's part of the job."""
    if c.grows:
        spread(cast(Search, w.search), cast(Growth, c.growth), c.taken, c.listed, w.recent)
    else:
        expand_together(cast(Level, c.level), cast(Search, w.search), w, c.next, c.numbers)


def work_all(c: Crew, grows: int) -> None:
    """Open a job, do one's part, close it, and wait for those who are still busy with it."""
    c.grows = grows
    c.jobs += 1
    add_atomically(c.open, c.jobs)
    work(c, cast(Worker, load(c.hands)))
    add_atomically(c.open, -c.jobs)
    for i in range(1, c.count):
        w = cast(Worker, load(c.hands + 8 * i))
        tries = 0
        while add_atomically(w.busy, 0):
            tries += 1
            if tries > PATIENCE:
                sched_yield()


def expand_all(c: Crew, s: Search, level: Level) -> None:
    """Expand states of a level up to `level.stop`, as long as there is room."""
    level.count = s.count
    for i in range(c.count):
        w = cast(Worker, load(c.hands + 8 * i))
        share(cast(Search, w.search), s)
        w.last = 0
    work_all(c, 0)
    take_over(c, level)
    level.next = level.next if level.next < level.stop else level.stop
    s.count = level.count
    s.expanded = level.next
    n = 0
    for i in range(c.count):
        w = cast(Worker, load(c.hands + 8 * i))
        own = cast(Search, w.search)
        s.expanded -= w.stop - own.expanded
        n = list_unused(c.unused, n, own.count, w.last)
        absorb(s, own, c.counts, c.fails)
    c.moved += close_up(s, c.unused, n)


def share(own: Search, s: Search) -> None:
    """Give a worker's search what all have in common."""
    own.table = s.table
    own.buckets = s.buckets
    own.asleep = s.asleep
    own.asleep_next = s.asleep_next
    own.must = s.must
    own.unmet = s.unmet
    own.kept = s.kept
    own.count = 0


def take_over(c: Crew, level: Level) -> None:
    """Expand what others took, and could not expand, as they did not join in again."""
    first = cast(Worker, load(c.hands))
    own = cast(Search, first.search)
    for i in range(1, c.count):
        w = cast(Worker, load(c.hands + 8 * i))
        other = cast(Search, w.search)
        if first.stop == own.expanded:
            own.expanded, first.stop = other.expanded, w.stop
            w.stop = other.expanded
            expand_together(level, own, first, c.next, c.numbers)


def enlarge_all(c: Crew, s: Search, g: Growth) -> None:
    """Make the table larger where it is."""
    set_aside(s, g)
    for i in range(c.count):
        w = cast(Worker, load(c.hands + 8 * i))
        own = cast(Search, w.search)
        own.table, own.buckets, own.reach = s.table, g.after, 0
    s.reach = 0
    work_all(c, 1)
    for i in range(c.count):
        w = cast(Worker, load(c.hands + 8 * i))
        own = cast(Search, w.search)
        s.reach = own.reach if own.reach > s.reach else s.reach
    s.buckets = g.after
    settle_aside(s, g)
