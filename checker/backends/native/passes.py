"""Passes over all states found: what exact detection repeats until nothing changes.

Kernels, as in `runtime`. Bit sets are kept where their state is in the table, so that no edges are stored.
"""

from __future__ import annotations

from checker.backends.native.intrinsics import load, load8, load32, prefetch, store, store8
from checker.backends.native.runtime import (
    BATCH,
    K,
    Search,
    all_steps,
    find,
    hashed,
    holds_finished,
    holds_goals,
    holds_resting,
    home,
    moves,
)


def resting_all(s: Search, masks: int) -> None:
    """Put into `masks` who may rest in each state."""
    for number in range(s.count):
        state = s.states + 8 * K * number
        store(masks + 8 * number, holds_resting(state, state))


def finished_all(s: Search, masks: int) -> None:
    """Put into `masks` who has finished in each state."""
    for number in range(s.count):
        state = s.states + 8 * K * number
        store(masks + 8 * number, holds_finished(state, state))


def goals_all(s: Search, masks: int) -> None:
    """Put into `masks` which goals hold in each state."""
    for number in range(s.count):
        state = s.states + 8 * K * number
        store(masks + 8 * number, holds_goals(state, state))


def owners_all(s: Search, masks: int, scratch: int) -> None:
    """Put into `masks` who has an enabled action in each state."""
    for number in range(s.count):
        for i in range(4):
            store(scratch + 8 * i, 0)
        moves(s.states + 8 * K * number, scratch)
        store(masks + 8 * number, load(scratch))


def position(s: Search, place: int) -> int:
    """Return the position of a place in the table."""
    distance: int = place - s.table
    return distance >> 3


def by_place(s: Search, given: int, w: int, bits: int) -> None:
    """Put the `w` words `given` for each state into `bits`, where the state's place in the table is."""
    begin = 0
    while begin < s.count:
        n = s.count - begin if s.count - begin < BATCH else BATCH
        for j in range(n):
            h = hashed(s.states + 8 * K * (begin + j))
            store(s.hashes + 8 * j, h)
            prefetch(home(s.table, s.buckets, h))
        for j in range(n):
            place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), s.states + 8 * K * (begin + j))
            at = position(s, place)
            for i in range(w):
                store(bits + 8 * (at * w + i), load(given + 8 * ((begin + j) * w + i)))
        begin += n


def by_number(s: Search, w: int, bits: int, result: int) -> None:
    """Turn what `by_place` did round."""
    for number in range(s.count):
        state = s.states + 8 * K * number
        place = find(s.table, s.buckets, s.states, hashed(state), state)
        at = position(s, place)
        for i in range(w):
            store(result + 8 * (number * w + i), load(bits + 8 * (at * w + i)))


def sweep(
    s: Search,
    w: int,
    bits: int,
    full: int,
    moved: int,
    passed: int,
    done: int,
    fails: int,
    counts: int,
    own: int,
    numbers: int,
    upwards: int,
) -> int:
    """Go once over all states: add to the bits of each what its steps give it; tell if any changed.

    A step by action a gives `moved[a]`, and of the bits of where it leads those in `passed[a]`. A state that has all
    bits in `full` is `done` and not looked at again.
    """
    changed = 0
    turn = 0
    while turn < s.count:
        n = 0
        sources = 0
        while turn < s.count and n < BATCH and sources < BATCH:
            number = turn if upwards else s.count - 1 - turn
            turn += 1
            if load8(done + number):
                continue
            state = s.states + 8 * K * number
            h = hashed(state)
            bucket = home(s.table, s.buckets, h)
            store(own + 8 * sources, h)
            store(numbers + 8 * sources, number)
            prefetch(bucket)
            prefetch(bits + 8 * w * position(s, bucket))
            more = all_steps(s, state, n, fails, counts, number)
            for j in range(n, n + more):
                h = hashed(s.out + 8 * K * j)
                bucket = home(s.table, s.buckets, h)
                store(s.origins + 8 * j, sources)
                store(s.hashes + 8 * j, h)
                prefetch(bucket)
                prefetch(bits + 8 * w * position(s, bucket))
            n += more
            sources += 1
        for j in range(sources):
            state = s.states + 8 * K * load(numbers + 8 * j)
            store(own + 8 * j, position(s, find(s.table, s.buckets, s.states, load(own + 8 * j), state)))
        for j in range(n):
            mine = load(own + 8 * load(s.origins + 8 * j))
            state = s.out + 8 * K * j
            target = position(s, find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), state))
            action = load32(s.taken + 4 * j)
            for i in range(w):
                given = load(moved + 8 * (action * w + i))
                there = load(bits + 8 * (target * w + i)) & load(passed + 8 * (action * w + i))
                old = load(bits + 8 * (mine * w + i))
                store(bits + 8 * (mine * w + i), old | given | there)
                changed = changed | ((old | given | there) ^ old)
        for j in range(sources):
            complete = 1
            for i in range(w):
                complete = complete & (load(bits + 8 * (load(own + 8 * j) * w + i)) == load(full + 8 * i))
            store8(done + load(numbers + 8 * j), complete)
    return changed
