"""Complete detection where nobody is expected to be found: of each state, who is not known to be able to move.

Kernels, as in `runtime`. A *question* is an actor and a level of duty: can actions of the level still lead to where the
actor has an enabled action, or move it? The questions of a state are bits of a word. *Open* are those that are neither
answered by yes, nor by no: who is certainly unable to move says the reduction. An answer of yes goes backwards over
steps, to the least fixpoint, in passes down and up the numbers of states: most steps lead to what is found later. A
state without open questions is not looked at again.

`missing` (by place in the table) has the questions of each state that are not answered by yes, `open` (by number) those
of them that are not answered by no.
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import load, load32, lowest, prefetch, store
from checker.backends.native.passes import position
from checker.backends.native.reduction import ALWAYS, Waits, could, reduced, situate
from checker.backends.native.runtime import BATCH, K, Search, find, hashed, home, step

LANES: Final = 2


class Detection(ctypes.Structure):
    """Questions; numbers, masks of questions, and addresses. From bit i * actors on are those of lane i, a level."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "actors",
            "lanes",
            "levels",  # of each lane
            "asked",
            "passed",  # of each action: the questions whose answers go backwards over it
            "missing",
            "open",
            "left",  # how many states have an open question
            "steps",  # how many were generated
            "fails",  # as those of `step`, not looked at
            "counts",
            "own",  # the hashes of a batch of states
            "numbers",  # and their numbers
        )
    ]


def moving(w: Waits, level: int) -> int:
    """Return whom enabled actions of the level move."""
    found = 0
    for lower in range(level + 1):
        found = found | load(w.joined + 8 + 8 * lower)
    return found


def possible(w: Waits, level: int) -> int:
    """Return who may be moved by actions of the level, or be given a choice of an action: all others certainly not."""
    live = reduced(w, w.everybody, level, ALWAYS | moving(w, level))
    found = live | load(w.joined + 32)
    left = w.everybody & ~found
    while left:
        actor = lowest(left)
        left = left & (left - 1)
        found = found | (could(w, actor, level, live) << actor)
    everybody: int = w.everybody
    return found & everybody


def prepare(s: Search, w: Waits, d: Detection) -> None:
    """Ask the questions of each state, and answer those that the state itself answers."""
    begin = 0
    while begin < s.count:
        n = s.count - begin if s.count - begin < BATCH else BATCH
        for j in range(n):
            h = hashed(s.states + 8 * K * (begin + j))
            bucket = home(s.table, s.buckets, h)
            store(d.own + 8 * j, h)
            prefetch(bucket)
            prefetch(d.missing + 8 * position(s, bucket))
        for j in range(n):
            state = s.states + 8 * K * (begin + j)
            situate(state, w.ids, w.joined, w.tables)
            missing = d.asked
            still = d.asked
            for lane in range(d.lanes):
                level = load(d.levels + 8 * lane)
                missing = missing & ~((load(w.joined + 32) | moving(w, level)) << (lane * d.actors))
            if missing:
                for lane in range(d.lanes):
                    level = load(d.levels + 8 * lane)
                    impossible = w.everybody & ~possible(w, level)
                    still = still & ~(impossible << (lane * d.actors))
            place = find(s.table, s.buckets, s.states, load(d.own + 8 * j), state)
            store(d.missing + 8 * position(s, place), missing)
            store(d.open + 8 * (begin + j), missing & still)
            d.left += (missing & still) != 0
        begin += n


def propagate(s: Search, d: Detection, upwards: int) -> int:
    """Go once over all states with open questions, and answer what their steps answer; tell if anything was."""
    changed = 0
    turn = 0
    while turn < s.count:
        n = 0
        sources = 0
        while turn < s.count and n < BATCH and sources < BATCH:
            number = turn if upwards else s.count - 1 - turn
            turn += 1
            questions = load(d.open + 8 * number)
            if questions == 0:
                continue
            state = s.states + 8 * K * number
            h = hashed(state)
            bucket = home(s.table, s.buckets, h)
            store(d.own + 8 * sources, h)
            store(d.numbers + 8 * sources, number)
            prefetch(bucket)
            prefetch(d.missing + 8 * position(s, bucket))
            more = step(state, s.out + 8 * K * n, s.taken + 4 * n, d.fails, d.counts, number)
            for j in range(n, n + more):
                h = hashed(s.out + 8 * K * j)
                bucket = home(s.table, s.buckets, h)
                store(s.origins + 8 * j, sources)
                store(s.hashes + 8 * j, h)
                prefetch(bucket)
                prefetch(d.missing + 8 * position(s, bucket))
            n += more
            sources += 1
        d.steps += n
        j = 0
        for i in range(sources):
            number = load(d.numbers + 8 * i)
            before = load(d.open + 8 * number)
            questions = before
            while j < n and load(s.origins + 8 * j) == i:
                passed = load(d.passed + 8 * load32(s.taken + 4 * j))
                if questions & passed:
                    place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), s.out + 8 * K * j)
                    questions = questions & (load(d.missing + 8 * position(s, place)) | ~passed)
                j += 1
            if questions != before:
                place = find(s.table, s.buckets, s.states, load(d.own + 8 * i), s.states + 8 * K * number)
                missing = d.missing + 8 * position(s, place)
                store(missing, load(missing) & ~(before & ~questions))
                store(d.open + 8 * number, questions)
                d.left -= questions == 0
                changed = 1
    return changed


def unanswered(s: Search, w: Waits, d: Detection) -> int:
    """Return the first state with an open question about who neither rests nor has finished; -1 if there is none."""
    for number in range(s.count):
        questions = load(d.open + 8 * number)
        if questions:
            situate(s.states + 8 * K * number, w.ids, w.joined, w.tables)
            excused = load(w.joined + 40)
            for lane in range(d.lanes):
                questions = questions & ~(excused << (lane * d.actors))
            if questions:
                return number
    return -1
