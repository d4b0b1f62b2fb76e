"""The states of a native search in the order in which they were found, and the table in which they are looked up."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from checker.backends.native import levels, memory, runtime
from checker.backends.native.intrinsics import LINE
from checker.backends.native.levels import Levels
from checker.backends.native.program import Program
from checker.backends.native.runtime import BATCH, SIDES, Search
from checker.backends.native.team import CONDITIONS
from checker.engine.memory import free_addresses
from checker.engine.native_origins import Origins
from checker.engine.native_workers import Workers, enlarge, margin, spare
from checker.ir.nodes import State

FULLEST = 0.75  # part of the places in use of a table that has to grow
FULL = 0.9  # the same of a table for which there is no more memory
SMALLEST = 57 << 10  # places of a table: from here on, what is measured takes less than 24 bytes a state
GROWTH = 1.55  # how much larger a table becomes
DENSE, DENSE_GROWTH = 0.85, 1.35  # instead of FULLEST and GROWTH for fingerprints, which are to save memory
LAST_GROWTH, MANY = 1.25, 1 << 22  # how much, with so many buckets: a table that has just grown is mostly empty
PASSED = 1 << 8  # levels completed at most before anybody looks
SHARED = 1 << 13  # buckets from which several workers let the table grow


class Store:
    """Packed states in the order in which they were found, and the table in which they are looked up."""

    def __init__(self, program: Program, *, limit: int, workers: int = 1, seed: int = 0) -> None:
        self.program = program
        self.k = program.layout.words
        self._limit = limit
        self.workers, self._together = 1 if program.fingerprint else workers, list[Workers]()
        more = spare(program, self.workers)
        self._beyond = self._most_states(limit, more)
        self.words = memory.Words((self._beyond + more) * self.k)
        self._table = memory.Words(limit // 8)
        self._fullest = DENSE if program.fingerprint else FULLEST  # a full bucket costs a look into the next
        size = BATCH + program.most
        actions = max(1, len(program.model.actions))
        batches = ("taken", "hashes", "origins", "sleeping", "out")  # the last is of states, the others of single words
        self._buffers = memory.Words(SIDES * size * (len(batches) - 1 + self.k))
        self._sleep_sets = [memory.Words((self._beyond + more) // 2 + 1, small=True) for _ in range(2)]
        self.counts, self.fresh = _numbers(program.arms + actions), _numbers(actions)
        self.fails = _numbers(max(1, program.places), -1)
        self.firsts, self.sources = _numbers(CONDITIONS, -1), _numbers(CONDITIONS, -1)
        self._ends = _numbers(PASSED)
        here, there = (sets.address for sets in self._sleep_sets)
        self.levels = Levels(ends=ctypes.addressof(self._ends), places=len(self.fails), here=here, there=there)
        self.search = Search(
            states=self.words.address,
            barren=-1,
            table=self._table.address,
            fits=size,
            asleep_next=there,
            **{name: self._buffers.address + 8 * SIDES * size * place for place, name in enumerate(batches)},
            **{
                name: ctypes.addressof(getattr(self, name))
                for name in ("counts", "fresh", "fails", "firsts", "sources")
            },
        )
        self.at = ctypes.addressof(self.search)
        self._initial, self._peak = 0, 0
        self.origins: Origins | None = None
        if program.fingerprint:
            self.origins = Origins(program, self.search, self.words, self.scratch, most=self._beyond, seed=seed)
        self._use(max(1, min(SMALLEST // LINE, self._most())))

    @property
    def count(self) -> int:
        """Number of states."""
        return int(self.search.count)

    @property
    def places(self) -> int:
        """Number of places in the table."""
        return LINE * int(self.search.buckets)

    @property
    def size(self) -> int:
        """Bytes in use for states and table."""
        return 8 * self.places + self._kept + int(self.count * self._each)

    @property
    def peak(self) -> int:
        """The most bytes that were in use for states and table."""
        return max(self._peak, self.size)

    @property
    def _each(self) -> float:
        """Bytes for a state that remain, beside the table."""
        return 8 * self.k if self.origins is None else self.origins.bytes

    @property
    def _kept(self) -> int:
        """Bytes of sleep sets, and of states that will be forgotten."""
        there = max(int(self.levels.most_there), self.count - int(self.levels.end))
        states = 0 if self.origins is None else self.count - self.origins.forgotten + self._initial
        return 4 * (int(self.levels.most_here) + there) + 8 * self.k * states

    def _most_states(self, limit: int, successors: int) -> int:
        """Return how many states to reserve memory for, `successors` behind them included elsewhere."""
        if self.program.fingerprint:
            return min(limit // 9, addresses() // (8 * self.k))
        return min(limit // (8 * self.k), runtime.MOST - successors if self.k > 1 else limit)

    @property
    def totals(self) -> list[int]:
        """How often each action was taken."""
        return list(self.counts[self.program.arms :])

    @property
    def hits(self) -> list[int]:
        """How often each arm was entered."""
        return list(self.counts[: self.program.arms])

    @property
    def spare(self) -> int:
        """Bytes that may be used besides."""
        return self._limit - self.size

    @property
    def runs_out(self) -> str:
        """What there will be no more of where there is memory left, "" if nothing."""
        if self.k == 1 or self.origins is not None or self._limit / (8 * self.k + 8 / FULL) <= self._beyond:
            return ""
        return (
            f"{self._beyond:,} states, as many as have numbers if they take several words (--fingerprint does without)"
        )

    def _use(self, buckets: int) -> None:
        self.search.buckets = buckets
        self._room = int(self.places * self._fullest)

    def add(self, state: State) -> int:
        """Add an initial state; return its number."""
        number = self.count
        self.words.view[number * self.k : (number + 1) * self.k] = self._packed(state)
        self.search.count += 1
        self._initial += 1
        return number

    def _packed(self, state: State) -> memoryview:
        signed = self.program.layout.pack(state)
        return memoryview(bytearray().join(word.to_bytes(8, "little", signed=True) for word in signed)).cast("Q")

    def full(self) -> bool:
        """Tell whether the table has to grow before another state is put in."""
        return self.count >= self._room

    def grow(self) -> bool:
        """Make the table larger; False if that would take too much memory.

        There is never more than one table.
        """
        before = int(self.search.buckets)
        needed = (self.count + margin(self.program, self.workers)) / LINE / self._fullest
        buckets, most = int(max(before, needed) * growth(before, dense=self.program.fingerprint > 0)) + 1, self._most()
        if buckets > most:
            buckets, self._fullest = most, FULL
        if buckets <= max(before, needed * self._fullest / FULL):
            return False
        try:
            if self._together and before >= SHARED:
                self._together[0].grow(buckets)
            else:
                enlarge(self.program, self.search, buckets)
        except MemoryError:
            return False
        self._use(buckets)
        return True

    def _most(self) -> int:
        """Return how many buckets a table has that, as full as can be, fills the memory together with its states."""
        states = (self._limit - self._kept) / (self._each + 8 / FULL)
        if self.k > 1:
            states = min(states, self._beyond)
        return int(states / FULL / LINE)

    def fill(self) -> None:
        """Put the initial states into the table."""
        self.program.call(runtime.fill, self.at, 0)
        if self.origins is not None:
            self.origins.begin(self.count)

    def forget(self) -> None:
        """Forget the states that are expanded, if they are known by fingerprints."""
        if self.origins is not None:
            self._peak = self.peak
            self.origins.forget(int(self.search.expanded))

    def packed(self, number: int) -> list[int]:
        """Return the words of a state."""
        if self.origins is not None and self._initial <= number < self.origins.forgotten:
            return self.origins.packed(number)
        return list(self.words.view[number * self.k : (number + 1) * self.k].tolist())

    def begin(self) -> None:
        """Begin with the level of the states that are not expanded."""
        self.program.call(levels.begin, self.at, ctypes.addressof(self.levels))

    def passed(self) -> list[int]:
        """Return the ends of the levels that `expand` completed before the one in which it is."""
        return list(self._ends[: self.levels.passed])

    def expand(self, stop: int, limit: int) -> None:
        """Expand states up to `stop`, or up to where the table has to grow or there are `limit` states.

        Levels are begun and ended as `levels` says.
        """
        search, room = self.search, self._room
        if self.origins is not None:  # states take memory until they are expanded
            room = min(room, self.count + int(self.spare / (8 * self.k + 4 + self._each)))
        search.room = min(room, limit - 1) if limit else room
        self.levels.stop = stop
        self.program.call(levels.expand_levels, self.at, ctypes.addressof(self.levels))
        stop = min(stop, self.levels.end)
        if limit and search.expanded < stop:
            search.room = room
            self.program.call(runtime.expand_singly, self.at, stop, limit)

    def begin_together(self) -> bool:
        """Begin to expand a level by several workers; False if there is only one."""
        if self.workers > 1 and not self._together:
            sizes = len(self.counts), len(self.fails)
            self._together.append(Workers(self.program, self.search, self.workers, sizes=sizes))
            self.workers = max(1, self._together[0].count)
        if self.workers == 1:
            return False
        self._together[0].begin(int(self.search.expanded))
        return True

    def expand_together(self, stop: int) -> None:
        """Do what `expand` does by several workers: the states found have numbers that depend on who is faster."""
        self._together[0].expand(stop, self._room)

    def end(self) -> None:
        """End the workers."""
        while self._together:
            self._together.pop().end()

    def first_parent(self, begin: int, end: int, number: int) -> int:
        """Return the first of the states `begin` to `end` that has a step to state `number`."""
        return self.program.call(runtime.first_parent, self.at, begin, end, number, *self.scratch())

    def scratch(self) -> tuple[int, int]:
        """Return addresses for `fails` and `counts` of steps that are not to be counted."""
        self._uncounted = type(self.fails)(), type(self.counts)()
        return ctypes.addressof(self._uncounted[0]), ctypes.addressof(self._uncounted[1])


def growth(buckets: int, *, dense: bool = False) -> float:
    """Return how many times as large a table of so many buckets is to become; `dense`: a table of fingerprints."""
    return LAST_GROWTH if buckets >= MANY else DENSE_GROWTH if dense else GROWTH


def _numbers(count: int, value: int = 0) -> Any:
    """Return a new array of 64-bit numbers."""
    return (ctypes.c_int64 * count)(*[value] * count) if value else (ctypes.c_int64 * count)()


def addresses() -> int:
    """Return how much memory may be reserved for states, for the table, for sleep sets twice, and leave some."""
    free = free_addresses()
    return sys.maxsize if free is None else free // 4
