"""The search at machine speed: expand packed states, put what is new into a hash table and behind the others.

The table holds the states themselves, in open addressing: a state belongs into its *bucket*, a cache line of places, or
into the next that is not full. A word 0 of 0 is an empty place. What a state is, is all its words: nothing is known by
a fingerprint. Successors are generated in batches, and while those of one are generated, the memory that the batch
before needs is fetched; they are looked up in order, so that states are numbered as one by one they would be.

Kernels (see `kernel`): translated for each model. `step`, `holds_…` and `moves` are the model's own (see `emit`).
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import empty, equal, high, load, load32, lowest, prefetch, store

BATCH: Final = 64  # successors generated before they are looked up

# Given for a model, see `geometry`:
K = 0  # words of a state
PLACE = 0  # words of a place for a state: K, but 4 where that is 3
BUCKET = 0  # words of a bucket
WIDE = 0  # a bucket is one place
LOOK = 0  # there are conditions on states
WATCH = 0  # there are conditions on steps

_A: Final = 0x9E3779B97F4A7C15
_B: Final = 0xD6E8FEB86659FD93


class Search(ctypes.Structure):
    """A search; numbers of states, and addresses."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "states",  # the states, in the order of their numbers, K words each
            "expanded",  # how many are expanded
            "count",  # how many there are
            "barren",  # the first without a successor, -1 if none is known
            "table",
            "buckets",
            "room",  # how many states the table has room for
            "reach",  # the largest distance of a state from its bucket, in bytes
            "fits",  # how many successors each of the two buffers takes
            "out",  # successors, PLACE words each
            "taken",  # their actions, 32 bits each
            "homes",  # their buckets
            "origins",  # the states they are successors of
            "counts",  # how often arms were entered, and then actions taken
            "fresh",  # new states by action
            "fails",  # the first state in which a step failed, by place of failure
            "must",  # conditions on states that must hold
            "unmet",  # conditions on states that have not been met
            "firsts",  # the first state that broke or met each condition
            "kept",  # conditions on steps that must hold
            "sources",  # the first state from which a step breaks each condition
        )
    ]


# --- the model's -------------------------------------------------------------------------------


def step(state: int, out: int, taken: int, fails: int, counts: int, source: int) -> int:
    """Generate the successors of a state; return how many there are."""
    raise NotImplementedError


def holds_states(state: int, old: int) -> int:
    """Return which conditions hold."""
    raise NotImplementedError


def holds_steps(state: int, old: int) -> int:
    """Return which conditions hold of a step."""
    raise NotImplementedError


def holds_resting(state: int, old: int) -> int:
    """Return who may rest."""
    raise NotImplementedError


def holds_finished(state: int, old: int) -> int:
    """Return who has finished."""
    raise NotImplementedError


def holds_goals(state: int, old: int) -> int:
    """Return which goals hold."""
    raise NotImplementedError


def moves(state: int, masks: int) -> None:
    """Add to `masks` who has an enabled action, and whom the enabled actions of each duty move."""
    raise NotImplementedError


# --- the table ---------------------------------------------------------------------------------


def home(table: int, buckets: int, state: int) -> int:
    """Return the address of the bucket into which a state belongs."""
    h = load(state) * _A
    for i in range(1, K):
        h = (h ^ (h >> 32) ^ load(state + 8 * i)) * _A
    h = (h ^ (h >> 32)) * _B
    return table + 8 * BUCKET * high(h, buckets)


def same(one: int, other: int) -> int:
    """Tell whether two states are equal."""
    for i in range(K):
        if load(one + 8 * i) != load(other + 8 * i):
            return 0
    return 1


def find(table: int, buckets: int, bucket: int, state: int) -> int:
    """Return the address of the place where a state is, or less than 0: minus that of the empty one where it belongs.

    All places of a bucket are compared at once: whether the state is in the first or the third is no branch that could
    be mispredicted.
    """
    while True:
        if WIDE:
            if load(bucket) == 0:
                return -bucket
            if same(bucket, state):
                return bucket
        else:
            found = equal(bucket, state, PLACE, K)
            if found:
                return bucket + 8 * lowest(found)
            free = empty(bucket, PLACE)
            if free:
                return -(bucket + 8 * lowest(free))
        bucket = after(table, buckets, bucket)


def missing(table: int, buckets: int, bucket: int, state: int) -> int:
    """Do what `find` does, but return 0 at once where the state is in its bucket, as most are."""
    if not WIDE:
        if equal(bucket, state, PLACE, K):
            return 0
        free = empty(bucket, PLACE)
        if free:
            return -(bucket + 8 * lowest(free))
        bucket = after(table, buckets, bucket)
    return find(table, buckets, bucket, state)


def vacancy(table: int, buckets: int, bucket: int) -> int:
    """Return the address of the first empty place from a bucket on."""
    while True:
        if WIDE:
            if load(bucket) == 0:
                return bucket
        else:
            free = empty(bucket, PLACE)
            if free:
                return bucket + 8 * lowest(free)
        bucket = after(table, buckets, bucket)


def after(table: int, buckets: int, bucket: int) -> int:
    """Return the address of the next bucket; the first comes after the last."""
    following = bucket + 8 * BUCKET
    return table if following == table + 8 * BUCKET * buckets else following


def put(source: int, target: int) -> None:
    """Copy a state."""
    for i in range(K):
        store(target + 8 * i, load(source + 8 * i))


def note_reach(s: Search, bucket: int, place: int) -> None:
    """Remember how far from its bucket a state is: behind the end of the table, if it is before."""
    distance = place - bucket if place >= bucket else place - bucket + 8 * BUCKET * s.buckets
    s.reach = distance if distance > s.reach else s.reach


def settle(s: Search, state: int) -> int:
    """Put a state into the table in which it is not; return where it is if that is before its bucket, else -1."""
    bucket = home(s.table, s.buckets, state)
    place = vacancy(s.table, s.buckets, bucket)
    put(state, place)
    note_reach(s, bucket, place)
    return place if place < bucket else -1


def fill(s: Search, begin: int) -> None:
    """Put the states from number `begin` on into the table, in which they are not."""
    for number in range(begin, s.count):
        settle(s, s.states + 8 * K * number)


def spread(s: Search, buckets: int, few: int, aside: int) -> int:
    """Make a table larger where it is: move each state to where it belongs among `buckets`; return 0 if that worked.

    From the end on, as a state belongs the further behind the further it was: reads and writes go through memory in
    order. The first `few` buckets are put `aside` before: in them may be states that belong to the end, and such as
    would move into a bucket that is still to be read. (A state in bucket i of n belongs into one not before i - reach,
    and so among m > n not before (i - reach) · m / n, which is at least i from i = reach · m / (m - n) on: so many are
    `few`.) So where a state is put, all buckets from its own on are as they will be, and none between its bucket and
    its place is emptied again. It has not worked if a state went from the end of the table over all of the first `few`
    into what was still to be read; then the table is to be filled from the states.
    """
    n = 0
    torn = 0
    end = s.table + 8 * BUCKET * few
    for place in range(s.table, end, 8 * PLACE):
        if load(place):
            put(place, aside + 8 * PLACE * n)
            store(place, 0)
            n += 1
    last = s.table + 8 * BUCKET * s.buckets
    s.buckets = buckets
    s.reach = 0
    moving = aside + 8 * PLACE * n
    while last > end:
        last = last - 8 * BUCKET
        m = 0
        for place in range(last, last + 8 * BUCKET, 8 * PLACE):
            if load(place):
                put(place, moving + 8 * PLACE * m)
                store(place, 0)
                m += 1
        for j in range(m):
            torn = torn | (settle(s, moving + 8 * PLACE * j) >= end)
    for j in range(n):
        settle(s, aside + 8 * PLACE * j)
    return torn


# --- the search --------------------------------------------------------------------------------


def expand(s: Search, stop: int) -> None:
    """Expand states up to number `stop`, as long as there is room for what a batch may find."""
    expanded = s.expanded
    size = s.fits
    side = 0
    pending = 0
    room = s.room - 2 * size
    while 1:
        n = 0
        base = side * size
        if s.count <= room:
            while expanded < stop and n < BATCH:
                at = base + n
                more = step(
                    s.states + 8 * K * expanded, s.out + 8 * PLACE * at, s.taken + 4 * at, s.fails, s.counts, expanded
                )
                if WATCH:
                    for j in range(at, at + more):
                        store(s.origins + 8 * j, expanded)
                if more == 0 and s.barren < 0:
                    s.barren = expanded
                n += more
                expanded += 1
            aim(s, base, n)
        look_up(s, size - base, pending)
        if n == 0:
            break
        pending = n
        side = 1 - side
    s.expanded = expanded


def aim(s: Search, base: int, n: int) -> None:
    """Have the memory fetched where successors are to be looked up."""
    table, buckets = s.table, s.buckets
    out, homes = s.out + 8 * PLACE * base, s.homes + 8 * base
    for j in range(n):
        bucket = home(table, buckets, out + 8 * PLACE * j)
        store(homes + 8 * j, bucket)
        prefetch(bucket)


def look_up(s: Search, base: int, n: int) -> None:
    """Look successors up, and number those that are new."""
    table, buckets, count = s.table, s.buckets, s.count
    out, homes, taken = s.out + 8 * PLACE * base, s.homes + 8 * base, s.taken + 4 * base
    for j in range(n):
        state = out + 8 * PLACE * j
        bucket = load(homes + 8 * j)
        place = missing(table, buckets, bucket, state)
        if place < 0:
            put(state, -place)
            note_reach(s, bucket, -place)
            fresh = s.fresh + 8 * load32(taken + 4 * j)
            store(fresh, load(fresh) + 1)
            new = s.states + 8 * K * count
            put(state, new)
            if LOOK:
                inspect(s, count, new)
            count += 1
        if WATCH:
            judge(s, load(s.origins + 8 * (base + j)), state)
    s.count = count


def expand_singly(s: Search, stop: int, limit: int) -> None:
    """Expand states one by one, up to the one after which there are `limit`."""
    while s.expanded < stop and s.count <= s.room - 2 * s.fits:
        expand(s, s.expanded + 1)
        if s.count >= limit:
            break


def inspect(s: Search, number: int, state: int) -> None:
    """Note the first state to break each condition that must hold and to meet each that is unmet."""
    holds = holds_states(state, state)
    news = (s.must & ~holds) | (s.unmet & holds)
    if news:
        note(s.firsts, news, number)
        s.unmet = s.unmet & ~holds


def judge(s: Search, origin: int, target: int) -> None:
    """Judge a step: note the first state from which a step breaks each step property."""
    broken = s.kept & ~holds_steps(target, s.states + 8 * K * origin)
    if broken:
        note(s.sources, broken, origin)


def note(firsts: int, bits: int, number: int) -> None:
    """Note a number as the first for each of the `bits` that have none."""
    while bits:
        first = firsts + 8 * lowest(bits)
        if load(first) < 0:
            store(first, number)
        bits = bits & (bits - 1)


def first_parent(s: Search, begin: int, end: int, number: int, fails: int, counts: int) -> int:
    """Return the first of the states `begin` to `end` that has a step to state `number`, -1 if there is none."""
    wanted = s.states + 8 * K * number
    for source in range(begin, end):
        n = step(s.states + 8 * K * source, s.out, s.taken, fails, counts, source)
        for j in range(n):
            if same(s.out + 8 * PLACE * j, wanted):
                return source
    return -1


def number_of(s: Search, wanted: int) -> int:
    """Return the number of a state, -1 if it is not there."""
    for number in range(s.count):
        if same(s.states + 8 * K * number, wanted):
            return number
    return -1


def probe(s: Search, times: int, seed: int) -> int:
    """Read `times` random buckets of the table, prefetched as the search does: the memory's own limit."""
    word, seen = seed, 0
    table, buckets = s.table, s.buckets
    while times > 0:
        for j in range(BATCH):
            word += 1
            h = word * _A
            h = (h ^ (h >> 32)) * _B
            bucket = table + 8 * BUCKET * high(h, buckets)
            store(s.homes + 8 * j, bucket)
            prefetch(bucket)
        for j in range(BATCH):
            seen += load(load(s.homes + 8 * j)) != 0
        times -= BATCH
    return seen
