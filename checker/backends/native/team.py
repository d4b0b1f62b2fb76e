"""Several workers expand a level at once, and share one table without locks.

Each takes blocks of the level's states, generates their successors in batches, and looks these up, as `runtime.expand`
does. A place of the table is written once, by a compare-and-swap of 0. Who looks for a state goes from its bucket on
through all places, up to it or to the first that is empty, and tries to put it there; a place that was found taken
stays so. So of two workers with equal states one sees the other's entry on its way, or at the place where both are:
no state is in the table twice. (The lockless table of A. Laarman, J. van de Pol, M. Weber: Boosting multi-core
reachability performance with shared hash tables, FMCAD 2010.) Where states are indexed, their words are written before
the entry that leads to them, and read after it: the swap releases, the load acquires.
Whether a place is taken is seen by one read of its whole bucket. That takes a processor that reads an aligned word of a
vector at once, as those of `native_workers.SUITED` do; LLVM has no atomic vectors, so `glimpse` freezes what was read.
Nothing depends on the order in which the words of a bucket are read.

States new to the table are numbered from blocks of numbers, which a worker takes for itself. So numbers within a level
depend on who was faster; which states there are, and how many steps, does not. `close_up` moves the last states into
the numbers that were left over.

Kernels, as in `runtime`.
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import (
    LINE,
    add_atomically,
    load,
    load32,
    load_atomically,
    lowest,
    store,
    store32,
    swap_atomically,
)
from checker.backends.native.runtime import (
    INDEXED,
    LOOK,
    SLEEP,
    WATCH,
    K,
    Search,
    after,
    aim,
    entry,
    find,
    generate,
    glimpsed,
    hash_of,
    home,
    inspect,
    judge,
    note_reach,
    peek,
    stands_for,
)

CONDITIONS: Final = 64  # on states and on steps, at most


class Level(ctypes.Structure):
    """What workers share. `next` and `count` are written by all, and each has a cache line."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "stop",  # the state before which to stop
            "room",  # up to how many numbers in use there is room for what batches at work may find
            "sources",  # how many states a worker takes at a time
            "numbers",  # and how many numbers
            *(f"_{i}" for i in range(12)),
            "next",  # the first state that nobody has taken
            *(f"_{i}" for i in range(12, 27)),
            "count",  # how many numbers are in use
            *(f"_{i}" for i in range(27, 42)),
        )
    ]


class Worker(ctypes.Structure):
    """What one worker has taken, beside its `Search`: there, `expanded` and `count` are the next state and number."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "stop",  # the end of its states
            "last",  # the end of its numbers
            "late",  # how often another worker was first with an equal state or at a place
            "search",  # the address of its `Search`
            "recent",  # and of words for `growth.spread`
            "busy",  # and of a word, alone in its cache line: 1 while it does a job, see `crew`
            "job",  # the last in which it joined
            "awake",  # whether it looks for jobs
        )
    ]


def expand_together(level: Level, s: Search, w: Worker, following: int, count: int) -> None:
    """Expand states of a level as long as there are any and there is room. Addresses of fields: `next` and `count`."""
    base = 0  # as in `runtime.expand`
    aimed, aimed_base = 0, 0
    peeked, peeked_base = 0, 0
    while 1:
        n = 0
        if load_atomically(count) <= level.room:
            while n == 0 and has_taken(level, s, w, following):
                n = generate(s, base, w.stop)
            aim(s, base, n)
        if INDEXED:
            peek(s, aimed_base, aimed)
        else:
            peeked, peeked_base = aimed, aimed_base
        look_up_together(level, s, w, count, peeked_base, peeked)
        if n + aimed == 0:
            break
        if INDEXED:
            peeked, peeked_base = aimed, aimed_base
        aimed, aimed_base = n, base
        base = 0 if base == 2 * s.fits else base + s.fits


def has_taken(level: Level, s: Search, w: Worker, following: int) -> int:
    """Take states if none are left of those taken before; return how many there are."""
    if s.expanded == w.stop:
        begin = add_atomically(following, level.sources)
        if begin < level.stop:
            end = begin + level.sources
            s.expanded = begin
            w.stop = end if end < level.stop else level.stop
    left: int = w.stop - s.expanded
    return left


def look_up_together(level: Level, s: Search, w: Worker, count: int, base: int, n: int) -> None:
    """Look successors up, and number those that are new."""
    table, buckets, states, number = s.table, s.buckets, s.states, s.count
    out, hashes = s.out + 8 * K * base, s.hashes + 8 * base
    for j in range(n):
        state = out + 8 * K * j
        h = load(hashes + 8 * j)
        if not is_seen(table, buckets, states, h, state):
            if number == w.last:
                number = add_atomically(count, level.numbers)
                w.last = number + level.numbers
            new = states + 8 * K * number
            for i in range(K):
                store(new + 8 * i, load(state + 8 * i))
            place = put(w, table, buckets, states, h, state, entry(h, state, number))
            if place:
                note_reach(s, h, place)
                if SLEEP:
                    store32(s.asleep_next + 4 * number, load32(s.sleeping + 4 * (base + j)))
                if LOOK:
                    inspect(s, number, new)
                number += 1
        if WATCH:
            judge(s, load(s.origins + 8 * (base + j)), state)
    s.count = number


def is_seen(table: int, buckets: int, states: int, h: int, state: int) -> int:
    """Tell whether a state is seen in its bucket at once, as most are that are there: `put` knows for certain."""
    bucket = home(table, buckets, h)
    found = glimpsed(bucket, h, state) & 255
    if found:
        return stands_for(load_atomically(bucket + 8 * lowest(found)), h, states, state)
    return 0


def put(w: Worker, table: int, buckets: int, states: int, h: int, state: int, value: int) -> int:
    """Put a state into the table; return its place, 0 if it was there."""
    bucket = home(table, buckets, h)
    while True:
        seen = glimpsed(bucket, h, state)
        found, free = seen & 255, seen >> LINE
        while found:
            if stands_for(load_atomically(bucket + 8 * lowest(found)), h, states, state):
                return 0
            found = found & (found - 1)
        if free:
            place = bucket + 8 * lowest(free)
            if swap_atomically(place, 0, value) == 0:
                return place
            w.late += 1
        else:
            bucket = after(table, buckets, bucket)


def list_unused(unused: int, n: int, number: int, end: int) -> int:
    """List numbers that a worker has not used, if any, among `n` pairs (first, end) in order; return how many pairs."""
    if number == end:
        return n
    at = unused + 16 * n
    while at > unused and load(at - 16) > number:
        store(at, load(at - 16))
        store(at + 8, load(at - 8))
        at = at - 16
    store(at, number)
    store(at + 8, end)
    return n + 1


def close_up(s: Search, unused: int, n: int) -> int:
    """Move the last states into numbers that are not used, `n` pairs (first, end) in order; return how many."""
    count = s.count
    moved = 0
    for i in range(n - 1, -1, -1):
        number = load(unused + 16 * i)
        end = load(unused + 16 * i + 8)
        last = count
        count -= end - number
        while number < end and last > end:
            last -= 1
            renumber(s, last, number)
            number += 1
            moved += 1
    s.count = count
    return moved


def renumber(s: Search, old: int, new: int) -> None:
    """Give a state another number."""
    source, target = s.states + 8 * K * old, s.states + 8 * K * new
    if INDEXED:
        h = hash_of(s, source)
        store(find(s.table, s.buckets, s.states, h, source), entry(h, source, new))
    for i in range(K):
        store(target + 8 * i, load(source + 8 * i))
    if SLEEP:
        store32(s.asleep_next + 4 * new, load32(s.asleep_next + 4 * old))
    if LOOK:
        for i in range(CONDITIONS):
            if load(s.firsts + 8 * i) == old:
                store(s.firsts + 8 * i, new)


def absorb(s: Search, other: Search, counts: int, fails: int) -> None:
    """Add to a search what a worker counted and found, and clear it there; the numbers are sizes of arrays."""
    for i in range(counts):
        store(s.counts + 8 * i, load(s.counts + 8 * i) + load(other.counts + 8 * i))
        store(other.counts + 8 * i, 0)
    keep_firsts(s.fails, other.fails, fails)
    keep_firsts(s.firsts, other.firsts, CONDITIONS)
    keep_firsts(s.sources, other.sources, CONDITIONS)
    s.barren = earlier(s.barren, other.barren)
    other.barren = -1
    s.reach = other.reach if other.reach > s.reach else s.reach


def keep_firsts(numbers: int, others: int, n: int) -> None:
    """Keep the earlier of two numbers each; clear the others."""
    for i in range(n):
        store(numbers + 8 * i, earlier(load(numbers + 8 * i), load(others + 8 * i)))
        store(others + 8 * i, -1)


def earlier(one: int, other: int) -> int:
    """Return the lesser number; one that is less than 0 is none."""
    if one < 0 or (other >= 0 and other < one):
        return other
    return one
