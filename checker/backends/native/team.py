"""The search by several workers at once, with the result of one: the same states under the same numbers.

A level is expanded in rounds. In the first part of a round each worker generates the successors of a chunk of states.
In the second each looks up those that belong to its share of the table, chunk by chunk, in the order in which they
were generated. So what is new is decided as by one worker who goes through all chunks in order. In the third part each
worker gives what is new in its chunk the numbers that follow those of the chunks before. Between parts all wait for
each other; nothing else is shared that is written.

An entry that does not fit into its worker's share of the table is put off: the first worker looks such up when the
others are done. In a table of numbers, what is new has the number of its place among all successors, beyond all states,
until it gets its own: the memory for successors lies there (see `engine.native_workers`).

Kernels, as in `runtime`.
"""

from __future__ import annotations

import ctypes
from typing import Final, cast

from checker.backends.native.intrinsics import (
    add_atomically,
    high,
    load,
    load32,
    load_atomically,
    lowest,
    matching,
    prefetch,
    store,
    store8,
    store32,
)
from checker.backends.native.runtime import (
    ALL,
    BATCH,
    BUCKET,
    INDEXED,
    LOOK,
    WATCH,
    K,
    Search,
    candidates,
    entry,
    find,
    found_in,
    hashed,
    home,
    inspect,
    judge,
    note_reach,
    peek_at,
    step,
)

PUT_OFF: Final = 1  # no address of a place
PATIENCE: Final = 1 << 12  # how often to look whether others are there before leaving the processor to them


class Team(ctypes.Structure):
    """Several searches in one set of states; numbers, and addresses (entry size in bytes)."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "workers",
            "searches",  # of each worker (8)
            "arrived",  # how often workers have come to where all wait
            "first",  # the state that begins the round
            "stop",  # the state before which to stop
            "share",  # how many states a chunk has
            "count",  # how many states there are
            "room",
            "pending",  # successors have been generated for which there was no room
            "fits",  # successors of a chunk, at most
            "beyond",  # the number that the first successor's place would have
            "produced",  # successors, by chunk (8)
            "lists",  # successors by chunk and share of the table (4)
            "listed",  # how many these are (8)
            "fresh",  # how many of them are new (8)
            "flags",  # by successor: is it new (1)
            "places",  # by successor that is new: where it is in the table (8)
            "late",  # by share: successors put off, chunk << 32 | place (8)
            "lates",  # how many these are (8)
        )
    ]


def sched_yield() -> int:
    """Leave the processor to others: the system's function."""
    raise NotImplementedError


def meet(t: Team, arrived: int) -> None:
    """Wait until all workers are here; `arrived` is the address of the field."""
    turn = add_atomically(arrived, 1)
    all_here = (turn // t.workers + 1) * t.workers
    tries = 0
    while load_atomically(arrived) < all_here:
        tries += 1
        if tries > PATIENCE:
            sched_yield()


def work(t: Team, me: int, arrived: int) -> None:
    """Do a worker's part of expanding states, from `first` up to `stop`, as long as there is room."""
    count, first, again = t.count, t.first, t.pending
    mine = cast(Search, load(t.searches + 8 * me))
    while first < t.stop:
        share = (t.stop - first + t.workers - 1) // t.workers
        share = share if share < t.share else t.share
        if not again:
            begin = first + me * share
            end = begin + share
            produce(t, mine, me, begin, end if end < t.stop else t.stop)
        meet(t, arrived)
        if count + total(t.produced, t.workers) > t.room:
            again = 1
            break
        again = 0
        store(t.lates + 8 * me, 0)
        for chunk in range(t.workers):
            resolve(t, mine, cast(Search, load(t.searches + 8 * chunk)), chunk, me)
        meet(t, arrived)
        if total(t.lates, t.workers):
            if me == 0:
                for part in range(t.workers):
                    resolve_late(t, mine, part)
            meet(t, arrived)
        commit(t, mine, me, count + total(t.fresh, me * t.workers))
        count += total(t.fresh, t.workers * t.workers)
        first += t.workers * share
    if me == 0:
        t.count, t.first, t.pending = count, first if first < t.stop else t.stop, again


def total(numbers: int, n: int) -> int:
    """Return the sum of numbers."""
    found = 0
    for i in range(n):
        found += load(numbers + 8 * i)
    return found


def produce(t: Team, s: Search, me: int, begin: int, end: int) -> None:
    """Generate the successors of states, and list them by the share of the table to which they belong."""
    n = 0
    for part in range(t.workers):
        store(t.listed + 8 * (me * t.workers + part), 0)
    number = begin
    while number < end:
        old = n
        while number < end and n - old < BATCH:
            more = step(s.states + 8 * K * number, s.out + 8 * K * n, s.taken + 4 * n, s.fails, s.counts, number)
            if WATCH:
                for j in range(n, n + more):
                    judge(s, number, s.out + 8 * K * j)
            if more == 0 and s.barren < 0:
                s.barren = number
            n += more
            number += 1
        sort(t, s, me, old, n)
    store(t.produced + 8 * me, n)
    for j in range(0, n, 8):
        store(t.flags + me * t.fits + j, 0)


def sort(t: Team, s: Search, me: int, begin: int, end: int) -> None:
    """List successors of a chunk by the share of the table to which they belong."""
    out, hashes, workers, size = s.out, s.hashes, t.workers, 4 * t.fits
    lists, listed = t.lists + me * workers * size, t.listed + 8 * me * workers
    for j in range(begin, end):
        h = hashed(out + 8 * K * j)
        store(hashes + 8 * j, h)
        part = high(h, workers)
        at = load(listed + 8 * part)
        store32(lists + part * size + 4 * at, j)
        store(listed + 8 * part, at + 1)


def resolve(t: Team, mine: Search, s: Search, chunk: int, part: int) -> None:
    """Look up the successors of a chunk that belong to a share of the table."""
    which = chunk * t.workers + part
    chosen = t.lists + 4 * which * t.fits
    n = load(t.listed + 8 * which)
    table, buckets, states, hashes = s.table, s.buckets, s.states, s.hashes
    store(t.fresh + 8 * which, 0)
    for begin in range(0, n + 2 * BATCH, BATCH):
        last = begin + BATCH if begin + BATCH < n else n
        for i in range(begin, last):
            prefetch(home(table, buckets, load(hashes + 8 * load32(chosen + 4 * i))))
        first = begin - BATCH
        if INDEXED:
            last = begin if begin < n else n
            for i in range(first if first > 0 else 0, last):
                peek_at(table, buckets, states, load(hashes + 8 * load32(chosen + 4 * i)))
            first -= BATCH
        last = first + BATCH if first + BATCH < n else n
        look_up_listed(t, mine, s, chunk, part, chosen + 4 * (first if first > 0 else 0), chosen + 4 * last)


def look_up_listed(t: Team, mine: Search, s: Search, chunk: int, part: int, first: int, last: int) -> None:
    """Look up the successors that a part of a list names."""
    table, buckets, states, out, hashes = s.table, s.buckets, s.states, s.out, s.hashes
    end = table + BUCKET * (buckets // t.workers) * (part + 1)
    for at in range(first, last, 4):
        j = load32(at)
        h = load(hashes + 8 * j)
        place = missing_before(table, buckets, states, h, out + 8 * K * j, end)
        if place < 0:
            fresh = t.fresh + 8 * (chunk * t.workers + part)
            store(fresh, load(fresh) + 1)
            note_new(t, mine, s, chunk, j, -place)
        elif place:
            late = load(t.lates + 8 * part)
            store(t.late + 8 * (part * t.workers * t.fits + late), chunk << 32 | j)
            store(t.lates + 8 * part, late + 1)


def missing_before(table: int, buckets: int, states: int, h: int, state: int, end: int) -> int:
    """Do what `missing` does before `end`; return PUT_OFF where that cannot be told."""
    bucket = home(table, buckets, h)
    while bucket != end:
        found = candidates(bucket, h, state)
        if INDEXED:
            if found and found_in(bucket, found, states, state):
                return 0
        elif found:
            return 0
        free = matching(bucket, ALL, 0)
        if free:
            return -(bucket + 8 * lowest(free))
        bucket += BUCKET
    return PUT_OFF


def note_new(t: Team, mine: Search, s: Search, chunk: int, j: int, place: int) -> None:
    """Put a successor that is new into its place in the table."""
    at = chunk * t.fits + j
    h = load(s.hashes + 8 * j)
    store(place, entry(h, s.out + 8 * K * j, t.beyond + at))
    note_reach(mine, h, place)
    store8(t.flags + at, 1)
    if INDEXED:
        store(t.places + 8 * at, place)


def resolve_late(t: Team, mine: Search, part: int) -> None:
    """Look up what was put off for a share of the table."""
    for i in range(load(t.lates + 8 * part)):
        late = load(t.late + 8 * (part * t.workers * t.fits + i))
        chunk = late >> 32
        j = late & 0xFFFFFFFF
        resolve_one(t, mine, cast(Search, load(t.searches + 8 * chunk)), chunk, part, j)


def resolve_one(t: Team, mine: Search, s: Search, chunk: int, part: int, j: int) -> None:
    """Look up one successor, wherever in the table it may be."""
    fresh = t.fresh + 8 * (chunk * t.workers + part)
    place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), s.out + 8 * K * j)
    if place < 0:
        store(fresh, load(fresh) + 1)
        note_new(t, mine, s, chunk, j, -place)


def commit(t: Team, s: Search, me: int, number: int) -> None:
    """Put what is new in a chunk behind the states, from a number on."""
    flags = t.flags + me * t.fits
    for begin in range(0, load(t.produced + 8 * me), 8):
        new = load(flags + begin)
        while new:
            j = begin + (lowest(new) >> 3)
            new = new & (new - 1)
            target = s.states + 8 * K * number
            for i in range(K):
                store(target + 8 * i, load(s.out + 8 * (K * j + i)))
            if INDEXED:
                place = load(t.places + 8 * (me * t.fits + j))
                store(place, entry(load(s.hashes + 8 * j), target, number))
            fresh = s.fresh + 8 * load32(s.taken + 4 * j)
            store(fresh, load(fresh) + 1)
            if LOOK:
                inspect(s, number, target)
            number += 1


def absorb(s: Search, other: Search, counts: int, actions: int, fails: int) -> None:
    """Add to a search what another one counted and found, and clear it there; the numbers are sizes of arrays."""
    for i in range(counts):
        store(s.counts + 8 * i, load(s.counts + 8 * i) + load(other.counts + 8 * i))
        store(other.counts + 8 * i, 0)
    for i in range(actions):
        store(s.fresh + 8 * i, load(s.fresh + 8 * i) + load(other.fresh + 8 * i))
        store(other.fresh + 8 * i, 0)
    keep_firsts(s.fails, other.fails, fails)
    keep_firsts(s.firsts, other.firsts, 64)
    keep_firsts(s.sources, other.sources, 64)
    s.barren = earlier(s.barren, other.barren)
    other.barren = -1
    s.unmet = s.unmet & other.unmet
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
