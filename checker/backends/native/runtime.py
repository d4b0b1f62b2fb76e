"""The search at machine speed: expand packed states, put what is new into a hash table and behind the others.

The table has open addressing: a state belongs into its *bucket*, a cache line of places, or into the next that is not
full. A place is one word, 0 if it is empty. It holds the state itself if that is one word; otherwise 32 bits of its
hash and its number, and a state is known only if all words of the one with that number are equal. Only where that is
asked for, it holds the state's fingerprint (see `fingerprints`). Successors are generated in batches, and while those
of one are generated, the memory that the batches before need is fetched; they are looked up in order, so that states
are numbered as one by one they would be.

Kernels (see `kernel`): translated for each model. `step`, `holds_…` and `moves` are the model's own (see `emit`).
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.fingerprints import fingerprint, note_origin, rank_of
from checker.backends.native.intrinsics import (
    LINE,
    glimpse,
    high,
    load,
    load32,
    lowest,
    matching,
    prefetch,
    store,
    store32,
)

BATCH: Final = 64  # successors generated at a time
SIDES: Final = 3  # batches at work: one is generated, the others' memory is fetched

# Given for a model, see `geometry`:
K = 0  # words of a state
INDEXED = 0  # the table holds numbers: states have more than one word
LOOK = 0  # there are conditions on states
WATCH = 0  # there are conditions on steps
FINGERPRINT = 0  # the table holds fingerprints, of so many bits; 0: it does not
ORIGINS = 0  # it is noted which states successors are of
SLEEP = 0  # there are sleep sets

_A: Final = 0x9E3779B97F4A7C15
_B: Final = 0xD6E8FEB86659FD93
BUCKET: Final = 8 * LINE  # bytes
_HASH: Final = 0xFFFFFFFF00000000  # the part of a place that is of the hash, where states are indexed
_NUMBER: Final = 0xFFFFFFFF  # and that which is the number, plus 1
ALL: Final = 0xFFFFFFFFFFFFFFFF
MOST: Final = _NUMBER - 1  # states of more than one word


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
            "fits",  # how many successors each of the SIDES buffers takes
            "out",  # successors, K words each
            "taken",  # their actions, 32 bits each
            "hashes",  # their hashes
            "origins",  # the states they are successors of
            "sleeping",  # their sleep sets, 32 bits each, if they are new; see `sleep`
            "asleep",  # the sleep sets of the states that are expanded, at 4 times their numbers from here
            "asleep_next",  # and of those that are found
            "counts",  # how often arms were entered, and then actions taken
            "fresh",  # new states by action
            "fails",  # the first state in which a step failed, by place of failure
            "must",  # conditions on states that must hold
            "unmet",  # conditions on states that have not been met
            "firsts",  # the first state that broke or met each condition
            "kept",  # conditions on steps that must hold
            "sources",  # the first state from which a step breaks each condition
            "keys",  # of the fingerprints
            "parents",  # where states came from, see `fingerprints`
            "ranks",
            "wide",  # a state can have more successors than a byte can number
        )
    ]


# --- the model's -------------------------------------------------------------------------------


def step(state: int, out: int, taken: int, fails: int, counts: int, source: int, asleep: int, sleeping: int) -> int:
    """Generate the successors of a state, but for those by actions that are `asleep`; return how many there are."""
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


def hashed(state: int) -> int:
    """Return the hash of a state: of 64 bits, or 32 above 32 zeros where states are indexed."""
    h = load(state) * _A
    for i in range(1, K):
        h = (h ^ (h >> 32) ^ load(state + 8 * i)) * _A
    h = (h ^ (h >> 32)) * _B
    if INDEXED:
        return h & _HASH
    return h


def hash_of(s: Search, state: int) -> int:
    """Return the hash by which a state is found in the table."""
    if FINGERPRINT:
        return fingerprint(state, s.keys)
    return hashed(state)


def home(table: int, buckets: int, h: int) -> int:
    """Return the address of the bucket into which a state belongs: buckets are in the order of hashes."""
    return table + BUCKET * high(h, buckets)


def entry(h: int, state: int, number: int) -> int:
    """Return what the table holds for a state."""
    if INDEXED:
        return h | (number + 1)
    if FINGERPRINT:
        return h
    return load(state)


def hash_at(place: int) -> int:
    """Return the hash of the state that a place holds."""
    if INDEXED:
        return load(place) & _HASH
    if FINGERPRINT:
        return load(place)
    return hashed(place)


def same(one: int, other: int) -> int:
    """Tell whether two states are equal."""
    different = 0
    for i in range(K):
        different = different | (load(one + 8 * i) ^ load(other + 8 * i))
    return different == 0


def candidates(bucket: int, h: int, state: int) -> int:
    """Return, as bits, which places of a bucket may hold a state.

    All places are compared at once: whether it is the first or the third is no branch that could be mispredicted.
    """
    if INDEXED:
        return matching(bucket, _HASH, h)
    return matching(bucket, ALL, entry(h, state, 0))


def glimpsed(bucket: int, h: int, state: int) -> int:
    """Do what `candidates` does while others write, and tell which places are empty, as `glimpse` does."""
    if INDEXED:
        return glimpse(bucket, _HASH, h)
    return glimpse(bucket, ALL, entry(h, state, 0))


def stands_for(value: int, h: int, states: int, state: int) -> int:
    """Tell whether a place that holds `value` is a state's."""
    if INDEXED:
        number = value & _NUMBER
        if number and value & _HASH == h:
            return same(states + 8 * K * (number - 1), state)
        return 0
    return value == entry(h, state, 0)


def found_in(bucket: int, found: int, states: int, state: int) -> int:
    """Return the address of the place, one of those `found`, that holds a state; 0 if none does."""
    if not INDEXED:
        return bucket + 8 * lowest(found) if found else 0
    while found:
        place = bucket + 8 * lowest(found)
        number = load32(place)
        if number and same(states + 8 * K * (number - 1), state):
            return place
        found = found & (found - 1)
    return 0


def find(table: int, buckets: int, states: int, h: int, state: int) -> int:
    """Return the address of the place of a state, or less than 0: minus that of the empty one where it belongs."""
    bucket = home(table, buckets, h)
    while True:
        found = candidates(bucket, h, state)
        if found:
            place = found_in(bucket, found, states, state)
            if place:
                return place
        free = matching(bucket, ALL, 0)
        if free:
            return -(bucket + 8 * lowest(free))
        bucket = after(table, buckets, bucket)


def vacancy(table: int, buckets: int, bucket: int) -> int:
    """Return the address of the first empty place from a bucket on."""
    while True:
        free = matching(bucket, ALL, 0)
        if free:
            return bucket + 8 * lowest(free)
        bucket = after(table, buckets, bucket)


def after(table: int, buckets: int, bucket: int) -> int:
    """Return the address of the next bucket; the first comes after the last."""
    following = bucket + BUCKET
    return table if following == table + BUCKET * buckets else following


def note_reach(s: Search, h: int, place: int) -> None:
    """Remember how far from its bucket a state is: behind the end of the table, if it is before."""
    distance = place - home(s.table, s.buckets, h)
    distance = distance + BUCKET * s.buckets if distance < 0 else distance
    s.reach = distance if distance > s.reach else s.reach


def settle(s: Search, h: int, value: int) -> None:
    """Put an entry into the table that has none for its state."""
    place = vacancy(s.table, s.buckets, home(s.table, s.buckets, h))
    store(place, value)
    note_reach(s, h, place)


def fill(s: Search, begin: int) -> None:
    """Put the states from number `begin` on into the table, in which they are not."""
    for number in range(begin, s.count):
        state = s.states + 8 * K * number
        h = hash_of(s, state)
        settle(s, h, entry(h, state, number))


# --- the search --------------------------------------------------------------------------------


def expand(s: Search, stop: int) -> None:
    """Expand states up to number `stop`, as long as there is room for what the batches at work may find."""
    room = s.room - SIDES * s.fits
    base = 0  # where the successors of a batch begin: first, of the one that is generated
    aimed, aimed_base = 0, 0
    peeked, peeked_base = 0, 0
    while 1:
        n = 0
        if s.count <= room:
            n = generate(s, base, stop)
            aim(s, base, n)
        if INDEXED:
            peek(s, aimed_base, aimed)
        else:
            peeked, peeked_base = aimed, aimed_base
        look_up(s, peeked_base, peeked)
        if n + aimed == 0:
            break
        if INDEXED:
            peeked, peeked_base = aimed, aimed_base
        aimed, aimed_base = n, base
        base = 0 if base == (SIDES - 1) * s.fits else base + s.fits


def generate(s: Search, base: int, stop: int) -> int:
    """Generate the successors of the next states, at least BATCH if there are so many; return how many."""
    expanded = s.expanded
    n = 0
    while expanded < stop and n < BATCH:
        at = base + n
        state, out = s.states + 8 * K * expanded, s.out + 8 * K * at
        asleep = 0
        if SLEEP:
            asleep = load32(s.asleep + 4 * expanded)
        more = step(state, out, s.taken + 4 * at, s.fails, s.counts, expanded, asleep, s.sleeping + 4 * at)
        if ORIGINS:
            for j in range(at, at + more):
                store(s.origins + 8 * j, expanded)
        if more | asleep == 0 and s.barren < 0:
            s.barren = expanded
        n += more
        expanded += 1
    s.expanded = expanded
    return n


def aim(s: Search, base: int, n: int) -> None:
    """Have the buckets fetched where successors are to be looked up."""
    table, buckets = s.table, s.buckets
    out, hashes = s.out + 8 * K * base, s.hashes + 8 * base
    for j in range(n):
        h = hash_of(s, out + 8 * K * j)
        store(hashes + 8 * j, h)
        prefetch(home(table, buckets, h))


def peek(s: Search, base: int, n: int) -> None:
    """Have the states fetched that successors are to be compared with."""
    table, buckets, states = s.table, s.buckets, s.states
    hashes = s.hashes + 8 * base
    for j in range(n):
        peek_at(table, buckets, states, load(hashes + 8 * j))


def peek_at(table: int, buckets: int, states: int, h: int) -> None:
    """Have a state fetched that one with such a hash is to be compared with, if there is one in its bucket."""
    bucket = home(table, buckets, h)
    found = matching(bucket, _HASH, h)
    other = states + 8 * K * (load32(bucket + 8 * lowest(found | 128)) - 1)
    for i in range(0, K, LINE):
        prefetch(other + 8 * i)
    prefetch(other + 8 * K - 8)


def look_up(s: Search, base: int, n: int) -> None:
    """Look successors up, and number those that are new."""
    table, buckets, states, count = s.table, s.buckets, s.states, s.count
    out, hashes, taken = s.out + 8 * K * base, s.hashes + 8 * base, s.taken + 4 * base
    origin, rank = -1, 0
    for j in range(n):
        state = out + 8 * K * j
        if FINGERPRINT:
            rank = rank + 1 if load(s.origins + 8 * (base + j)) == origin else 0
            origin = load(s.origins + 8 * (base + j))
        h = load(hashes + 8 * j)
        place = missing(table, buckets, states, h, state)
        if place < 0:
            store(-place, entry(h, state, count))
            note_reach(s, h, -place)
            fresh = s.fresh + 8 * load32(taken + 4 * j)
            store(fresh, load(fresh) + 1)
            new = states + 8 * K * count
            for i in range(K):
                store(new + 8 * i, load(state + 8 * i))
            if LOOK:
                inspect(s, count, new)
            if SLEEP:
                store32(s.asleep_next + 4 * count, load32(s.sleeping + 4 * (base + j)))
            if FINGERPRINT:
                note_origin(s.parents, s.ranks, s.wide, count, origin, rank)
            count += 1
        if WATCH:
            judge(s, load(s.origins + 8 * (base + j)), state)
    s.count = count


def missing(table: int, buckets: int, states: int, h: int, state: int) -> int:
    """Do what `find` does, but return 0 at once where the state is in its bucket, as most are."""
    bucket = home(table, buckets, h)
    found = candidates(bucket, h, state)
    if INDEXED:
        if found:
            number = load32(bucket + 8 * lowest(found))
            if number and same(states + 8 * K * (number - 1), state):
                return 0
        return find(table, buckets, states, h, state)
    if found:
        return 0
    return find(table, buckets, states, h, state)


def expand_singly(s: Search, stop: int, limit: int) -> None:
    """Expand states one by one, up to the one after which there are `limit`."""
    while s.expanded < stop and s.count <= s.room - SIDES * s.fits:
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


def all_steps(s: Search, state: int, at: int, fails: int, counts: int, source: int) -> int:
    """Generate all successors of a state, none asleep, to be found from number `at` on; return how many there are."""
    return step(state, s.out + 8 * K * at, s.taken + 4 * at, fails, counts, source, 0, s.sleeping)


def first_parent(s: Search, begin: int, end: int, number: int, fails: int, counts: int) -> int:
    """Return the first of the states `begin` to `end` that has a step to state `number`, -1 if there is none."""
    wanted = s.states + 8 * K * number
    for source in range(begin, end):
        n = all_steps(s, s.states + 8 * K * source, 0, fails, counts, source)
        for j in range(n):
            if same(s.out + 8 * K * j, wanted):
                return source
    return -1


def rebuild(s: Search, numbers: int, n: int, states: int, fails: int, counts: int) -> None:
    """Generate the states of `n` `numbers`, each found from the one before, behind the first, an initial one.

    Sleep sets come again as they were in the search: that of an initial state is empty.
    """
    asleep = 0
    for i in range(1, n):
        step(states + 8 * K * (i - 1), s.out, s.taken, fails, counts, 0, asleep, s.sleeping)
        rank = rank_of(s.ranks, s.wide, load(numbers + 8 * i))
        for j in range(K):
            store(states + 8 * (K * i + j), load(s.out + 8 * (K * rank + j)))
        if SLEEP:
            asleep = load32(s.sleeping + 4 * rank)


def probe(s: Search, times: int, seed: int) -> int:
    """Read `times` random buckets of the table, prefetched as the search does: the memory's own limit."""
    word, seen = seed, 0
    table, buckets = s.table, s.buckets
    while times > 0:
        for j in range(BATCH):
            word += 1
            h = word * _A
            h = (h ^ (h >> 32)) * _B
            bucket = home(table, buckets, h)
            store(s.hashes + 8 * j, bucket)
            prefetch(bucket)
        for j in range(BATCH):
            seen += load(load(s.hashes + 8 * j)) != 0
        times -= BATCH
    return seen
