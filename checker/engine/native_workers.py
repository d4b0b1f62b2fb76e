"""Several workers for one native search: the memory each needs, what they do together, what they found as one."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Sequence
from functools import partial
from itertools import accumulate

from checker.backends.native import crew, growth, memory, runtime
from checker.backends.native.crew import OVER, Crew
from checker.backends.native.growth import RECENT, TAKEN, Growth
from checker.backends.native.intrinsics import LINE
from checker.backends.native.program import Program
from checker.backends.native.runtime import BATCH, SIDES, Search
from checker.backends.native.team import CONDITIONS, Level, Worker
from checker.engine.threads import Threads

SOURCES, FEWEST = 1 << 8, 1 << 4  # states that a worker takes at a time, at most and at least
SHARES = 1 << 4  # how often each takes some of what there is
NUMBERS = 1 << 9  # numbers that a worker takes at a time, at most
SUITED = ("x86_64", "amd64", "aarch64", "arm64")  # processors that read each word of a vector at once, see `team`
PART = 1 << 11  # buckets of a part of a table that grows, at most
PARTS = 1 << 6  # parts of a small table
ROUND = 1 << 16  # bytes to which what one worker writes is rounded up: no two write to one page


def margin(program: Program, workers: int) -> int:
    """Return how many states so many workers may have found that are not counted yet."""
    return SIDES * (BATCH + program.most) * workers


def spare(program: Program, workers: int) -> int:
    """Return for how many more states than are counted there has to be memory."""
    return margin(program, workers) + NUMBERS * workers if workers > 1 else 0


class Workers:
    """Threads that expand the states of `search` together with who calls; `sizes` are those of `counts` and `fails`.

    `late` and `moved` count how often a worker found that another was first, and states that got another number.
    """

    def __init__(self, program: Program, search: Search, wanted: int, *, sizes: tuple[int, int]) -> None:
        self._program = program
        self._search, self._where = search, ctypes.addressof(search)
        words = program.layout.words
        self._own = [
            _Own(search, *sizes, words=words) for _ in range(wanted if platform.machine().lower() in SUITED else 0)
        ]
        self._level, self._growth = Level(), Growth()
        level, plan = ctypes.addressof(self._level), ctypes.addressof(self._growth)
        self._shared = memory.Words(LINE + 3 * wanted)
        at = self._shared.address
        for place, own in enumerate(self._own):
            self._shared.view[LINE + place] = own.at
        self._crew = Crew(
            open=at,
            hands=at + 8 * LINE,
            level=level,
            growth=plan,
            next=level + Level.next.offset,
            numbers=level + Level.count.offset,
            taken=plan + Growth.taken.offset,
            listed=plan + Growth.listed.offset,
            unused=at + 8 * (LINE + wanted),
            counts=sizes[0],
            fails=sizes[1],
        )
        self._at = ctypes.addressof(self._crew)
        self._threads = Threads([partial(self._serve, own) for own in self._own[1:]])
        self.count = self._crew.count = self._threads.count + 1

    @property
    def late(self) -> int:
        """How often a worker found that another was first."""
        return sum(int(own.worker.late) for own in self._own)

    @property
    def moved(self) -> int:
        """How many states got another number."""
        return int(self._crew.moved)

    def begin(self, number: int) -> None:
        """Begin with the level whose first state is `number`."""
        self._level.next = number
        for own in self._own:
            own.search.expanded = own.worker.stop = number

    def expand(self, stop: int, room: int) -> None:
        """Expand states of a level up to `stop`, as long as there is room."""
        level = self._level
        level.stop, level.room = stop, room - margin(self._program, self.count)
        level.sources = min(SOURCES, max((stop - level.next) // (SHARES * self.count), FEWEST))
        level.numbers = min(NUMBERS, 2 * level.sources)
        self._wake()
        self._program.call(crew.expand_all, self._at, self._where, ctypes.addressof(level))

    def grow(self, buckets: int) -> None:
        """Make the table larger. MemoryError if there is no memory for what has to be put aside."""
        put_aside = planned(self._growth, self._search, buckets, part=PART)
        self._wake()
        self._program.call(crew.enlarge_all, self._at, self._where, ctypes.addressof(self._growth))
        del put_aside

    def end(self) -> None:
        """End the threads."""
        self._shared.view[0] = OVER
        self._threads.end()

    def _wake(self) -> None:
        for place, own in enumerate(self._own[1 : self.count]):
            if not own.worker.awake:
                self._threads.wake(place)

    def _serve(self, own: _Own) -> None:
        own.worker.awake = 1
        self._program.call(crew.serve, self._at, own.at)


class _Own:
    """What one worker writes, by itself. `at` is the address of its `worker`."""

    def __init__(self, search: Search, counts: int, fails: int, *, words: int) -> None:
        fits = int(search.fits) * SIDES
        sizes = {"counts": counts, "fails": fails, "firsts": CONDITIONS, "sources": CONDITIONS}
        batches = {"out": words * fits, "taken": fits, "hashes": fits, "origins": fits, "sleeping": fits}
        heads = [LINE, ctypes.sizeof(Worker) // 8, ctypes.sizeof(Search) // 8, RECENT + (TAKEN + 1) * LINE]
        total = sum(heads) + sum(sizes.values()) + sum(batches.values())
        self._memory = memory.Words(-(-8 * total // ROUND) * ROUND // 8)
        busy, self.at, where, recent, at = accumulate((8 * words for words in heads), initial=self._memory.address)
        self.worker, self.search = Worker.from_address(self.at), Search.from_address(where)
        self.worker.busy, self.worker.search, self.worker.recent = busy, where, recent
        for name, size in {**sizes, **batches}.items():
            setattr(self.search, name, at)
            if name in ("fails", "firsts", "sources"):
                ctypes.memset(at, 0xFF, 8 * size)
            at += 8 * size
        self.search.states, self.search.fits, self.search.barren = search.states, search.fits, -1


def enlarge(program: Program, search: Search, buckets: int) -> None:
    """Make a table larger where it is. MemoryError, before anything was moved."""
    plan = Growth()
    put_aside = planned(plan, search, buckets, part=0)
    recent = memory.Words(RECENT + (TAKEN + 1) * LINE)
    at = ctypes.addressof(plan)
    fields = at + Growth.taken.offset, at + Growth.listed.offset
    program.call(growth.enlarge, ctypes.addressof(search), at, *fields, recent.address)
    del put_aside


def planned(plan: Growth, search: Search, buckets: int, *, part: int) -> Sequence[memory.Words]:
    """Plan how a table grows, in parts of so many buckets, 0 for a single one; return the memory that this takes."""
    before = int(search.buckets)
    reach = int(search.reach) // runtime.BUCKET + 1
    few = min(before, -(-reach * buckets // (buckets - before)))
    part = min(part, -(-before // PARTS)) or max(1, before - few)
    parts = -(-(before - few) // part)
    aside, done = memory.Words(before * LINE), memory.Words(parts)
    plan.before, plan.after, plan.reach, plan.few, plan.part, plan.parts = before, buckets, reach, few, part, parts
    plan.done, plan.aside, plan.listed, plan.taken = done.address, aside.address, 0, 0
    return aside, done
