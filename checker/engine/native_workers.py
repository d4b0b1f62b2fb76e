"""Several workers for one native search: the memory each needs, what they do together, what they found as one."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable, Sequence
from functools import partial

from checker.backends.native import growth, memory, runtime, team
from checker.backends.native.growth import RECENT, TAKEN, Growth
from checker.backends.native.intrinsics import LINE
from checker.backends.native.program import Program
from checker.backends.native.runtime import BATCH, SIDES, Search
from checker.backends.native.team import CONDITIONS, Level, Worker
from checker.engine.threads import Job, Threads

SOURCES = 1 << 8  # states that a worker takes at a time
NUMBERS = 1 << 9  # and numbers
SUITED = ("x86_64", "amd64", "aarch64", "arm64")  # processors that read each word of a vector at once, see `team`
_SHARED = ("table", "buckets", "asleep", "asleep_next", "must", "unmet", "kept")  # fields of a search
PART = 1 << 11  # buckets of a table that grows
ROUND = 1 << 16  # bytes to which what one worker writes is rounded up: no two write to one page


def margin(program: Program, workers: int) -> int:
    """Return how many states so many workers may have found that are not counted yet."""
    return SIDES * (BATCH + program.most) * workers


def spare(program: Program, workers: int) -> int:
    """Return for how many more states than are counted there has to be memory."""
    return margin(program, workers) + NUMBERS * workers if workers > 1 else 0


class Workers:
    """Threads that expand the states of `search` together; `sizes` are those of the arrays `counts` and `fails`.

    What is done together is begun and concluded by the first of the threads, as an interrupt never comes to it. `late`
    and `moved` count how often a worker found that another was first, and states that got another number.
    """

    def __init__(self, program: Program, search: Search, wanted: int, *, sizes: tuple[int, int]) -> None:
        self._program = program
        self._search = search
        self._sizes = sizes
        self._threads = Threads(wanted if platform.machine().lower() in SUITED else 0)
        self.count = self._threads.count
        self._own = [_Own(search, *sizes, words=program.layout.words) for _ in range(self.count)]
        self._level = Level(sources=SOURCES, numbers=NUMBERS)
        self.moved = 0

    @property
    def late(self) -> int:
        return sum(int(own.worker.late) for own in self._own)

    def begin(self, number: int) -> None:
        """Begin with the level whose first state is `number`."""
        self._level.next = number
        for own in self._own:
            own.search.expanded = own.worker.stop = number

    def expand(self, stop: int, room: int) -> None:
        """Expand states of a level up to `stop`, as long as there is room."""
        self._level.stop, self._level.room = stop, room - margin(self._program, self.count)
        self._threads.do(self._expand)

    def grow(self, buckets: int) -> None:
        """Make the table larger. MemoryError if there is no memory for what has to be put aside."""
        hands = [own.search for own in self._own]
        self._threads.do(partial(enlarge, self._program, self._search, buckets, hands, self._threads.together))

    def end(self) -> None:
        """End the threads; they conclude what they have begun."""
        self._threads.end()

    def _expand(self) -> None:
        level, search, call = self._level, self._search, self._program.call
        level.count = search.count
        shared, where = ctypes.addressof(level), ctypes.addressof(search)
        fields = shared + Level.next.offset, shared + Level.count.offset
        jobs: list[Job] = []
        for own in self._own:
            for name in _SHARED:
                setattr(own.search, name, getattr(search, name))
            own.search.count = own.worker.last = 0
            jobs.append(partial(call, team.expand_together, shared, *own.addresses, *fields))
        self._threads.together(jobs)
        level.next = min(level.next, level.stop)
        left = sum(own.worker.stop - own.search.expanded for own in self._own)
        unused = sorted((own.search.count, own.worker.last) for own in self._own if own.search.count < own.worker.last)
        search.count = level.count
        for own in self._own:
            call(team.absorb, where, own.addresses[0], *self._sizes)
        pairs = (ctypes.c_int64 * (2 * len(unused)))(*(number for pair in unused for number in pair))
        self.moved += call(team.close_up, where, ctypes.addressof(pairs), len(unused))
        search.expanded = level.next - left


class _Own:
    """What one worker writes, by itself."""

    def __init__(self, search: Search, counts: int, fails: int, *, words: int) -> None:
        fits = int(search.fits) * SIDES
        sizes = {"counts": counts, "fails": fails, "firsts": CONDITIONS, "sources": CONDITIONS}
        batches = {"out": words * fits, "taken": fits, "hashes": fits, "origins": fits, "sleeping": fits}
        heads = [ctypes.sizeof(Search) // 8, ctypes.sizeof(Worker) // 8]
        total = sum(heads) + sum(sizes.values()) + sum(batches.values())
        self._memory = memory.Words(-(-8 * total // ROUND) * ROUND // 8)
        at = self._memory.address
        self.addresses = at, at + 8 * heads[0]
        self.search, self.worker = Search.from_address(at), Worker.from_address(self.addresses[1])
        at += 8 * sum(heads)
        for name, size in {**sizes, **batches}.items():
            setattr(self.search, name, at)
            if name in ("fails", "firsts", "sources"):
                ctypes.memset(at, 0xFF, 8 * size)
            at += 8 * size
        self.search.states, self.search.fits, self.search.barren = search.states, search.fits, -1


def enlarge(
    program: Program,
    search: Search,
    buckets: int,
    hands: Sequence[Search],
    together: Callable[[Sequence[Job]], object],
) -> None:
    """Make a table larger where it is, by as many workers as there are `hands`, which are done `together`.

    MemoryError, before anything was moved.
    """
    call, before = program.call, int(search.buckets)
    reach = int(search.reach) // runtime.BUCKET + 1
    few = min(before, -(-reach * buckets // (buckets - before)))
    part = PART if len(hands) > 1 else max(1, before - few)
    parts = -(-(before - few) // part)
    aside, done = memory.Words(before * LINE), memory.Words(parts)
    recent = [memory.Words(RECENT + (TAKEN + 1) * LINE) for _ in hands]
    plan = Growth(before=before, reach=reach, few=few, part=part, parts=parts, done=done.address, aside=aside.address)
    at, where = ctypes.addressof(plan), ctypes.addressof(search)
    fields = at + Growth.taken.offset, at + Growth.listed.offset
    call(growth.set_aside, where, at)
    for hand in hands:
        hand.table, hand.buckets, hand.reach = search.table, buckets, 0
    together(
        [
            partial(call, growth.spread, ctypes.addressof(hand), at, *fields, own.address)
            for hand, own in zip(hands, recent, strict=True)
        ]
    )
    search.buckets, search.reach = buckets, max(hand.reach for hand in hands)
    call(growth.settle_aside, where, at)
