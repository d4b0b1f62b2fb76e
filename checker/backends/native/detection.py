"""Complete detection where nobody is expected to be found: of each state, who is not known to be able to move.

Kernels, as in `runtime`. A *question* is an actor and a level of duty: can actions of the level still lead to where the
actor has an enabled action, or move it? The questions of a state are bits of a word. *Open* are those that are neither
answered by yes, nor by no: who is certainly unable to move says the reduction. An answer of yes goes backwards over
steps, to the least fixpoint, in passes down and up the numbers of states: most steps lead to what is found later. A
state without open questions is not looked at again. From a state that keeps some, a chase goes on to where fewer are
missing: the first answers are where many steps lead from most states, and not where most states are found.

Where a state is in the table, `missing` has its questions that are not answered by yes, `open` those of them that are
not answered by no either.
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import load, load8, load32, ones, prefetch, store, store8
from checker.backends.native.passes import position
from checker.backends.native.reduction import ALWAYS, Waits, hopeless, met, reduced, situated
from checker.backends.native.runtime import BATCH, INDEXED, K, Search, find, hashed, home, step
from checker.backends.native.situations import ENABLED, EXCUSED, MOVED

DEPTH: Final = 32  # steps of a chase


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
            "done",  # a byte a state: it is known to have no open question
            "left",  # how many states had an open question in the last pass
            "changed",  # something was answered
            "steps",  # how many were generated
            "fails",  # as those of `step`, not looked at
            "counts",
            "hashes",  # of a batch of states
            "numbers",
            "positions",
            "ends",  # of their successors, in the order of the batch
            "best",  # the place of a successor that can answer all that is open, with the fewest missing; or 0
            "through",  # the questions whose answers come from there
            "path",  # positions of a chase
            "ways",  # and the questions whose answers come from each to the one before
            "chases",
            "successes",
        )
    ]


def moving(w: Waits, level: int) -> int:
    """Return whom enabled actions of the level move."""
    found = 0
    for lower in range(level + 1):
        found = found | met(w, MOVED + lower)
    return found


def impossible(w: Waits, level: int, asked: int) -> int:
    """Return who of those asked about cannot be moved by actions of the level, nor be given a choice of an action."""
    live = reduced(w, asked, level, ALWAYS | moving(w, level))
    return hopeless(w, asked & ~live & ~met(w, ENABLED), level, live)


def prepare(s: Search, w: Waits, d: Detection) -> None:
    """Ask the questions of each state, and answer those that the state itself answers."""
    begin = 0
    while begin < s.count:
        n = s.count - begin if s.count - begin < BATCH else BATCH
        for j in range(n):
            prefetch(d.open + 8 * aim(s, d, s.states + 8 * K * (begin + j), d.hashes + 8 * j))
        for j in range(n):
            state = s.states + 8 * K * (begin + j)
            questions = ask(w, d, state)
            at = 8 * position(s, find(s.table, s.buckets, s.states, load(d.hashes + 8 * j), state))
            store(d.missing + at, questions)
            if questions:
                questions = questions & ~denied(w, d, questions)
            store(d.open + at, questions)
            store8(d.done + begin + j, questions == 0)
            d.left += questions != 0
        begin += n


def aim(s: Search, d: Detection, state: int, hashes: int) -> int:
    """Hash a state, and have the memory fetched where its missing questions are; return about where that is."""
    h = hashed(state)
    store(hashes, h)
    bucket = home(s.table, s.buckets, h)
    prefetch(bucket)
    at = position(s, bucket)
    prefetch(d.missing + 8 * at)
    return at


def ask(w: Waits, d: Detection, state: int) -> int:
    """Return the questions that a state does not answer itself by yes."""
    situated(w, state)
    questions: int = d.asked
    for lane in range(d.lanes):
        able = met(w, ENABLED) | moving(w, load(d.levels + 8 * lane))
        questions = questions & ~(able << (lane * d.actors))
    return questions


def denied(w: Waits, d: Detection, questions: int) -> int:
    """Return which questions of the state asked last are certainly answered by no."""
    found = 0
    for lane in range(d.lanes):
        asked = (questions >> (lane * d.actors)) & w.everybody
        found = found | (impossible(w, load(d.levels + 8 * lane), asked) << (lane * d.actors))
    return found


def propagate(s: Search, d: Detection, upwards: int) -> int:
    """Go once over all states with open questions, and answer what their steps answer; tell if anything was."""
    d.changed = 0
    d.left = 0
    turn = 0
    while turn < s.count:
        waiting = 0
        while turn < s.count and waiting < BATCH:
            number = turn if upwards else s.count - 1 - turn
            turn += 1
            if load8(d.done + number) == 0:
                prefetch(d.open + 8 * aim(s, d, s.states + 8 * K * number, d.hashes + 8 * waiting))
                store(d.numbers + 8 * waiting, number)
                waiting += 1
        begin = 0
        while begin < waiting:
            begin = generate(s, d, begin, waiting)
    changed: int = d.changed
    return changed


def generate(s: Search, d: Detection, begin: int, end: int) -> int:
    """Answer questions of the states of a batch from `begin` on; return up to which."""
    n = 0
    i = begin
    while i < end and n < BATCH:
        state = s.states + 8 * K * load(d.numbers + 8 * i)
        at = position(s, find(s.table, s.buckets, s.states, load(d.hashes + 8 * i), state))
        store(d.positions + 8 * i, at)
        if load(d.open + 8 * at):
            n += successors(s, d, state, n)
        store(d.ends + 8 * i, n)
        i += 1
    first = 0
    for k in range(begin, i):
        at = load(d.positions + 8 * k)
        last = load(d.ends + 8 * k)
        if load(d.open + 8 * at) and answer(s, d, at, first, last):
            chase(s, d, at)
        first = last
        if load(d.open + 8 * at):
            d.left += 1
        else:
            store8(d.done + load(d.numbers + 8 * k), 1)
    return i


def successors(s: Search, d: Detection, state: int, place: int) -> int:
    """Generate the successors of a state, to be found from `place` on; return how many there are."""
    n = step(state, s.out + 8 * K * place, s.taken + 4 * place, d.fails, d.counts, 0)
    for j in range(place, place + n):
        aim(s, d, s.out + 8 * K * j, s.hashes + 8 * j)
    d.steps += n
    return n


def answer(s: Search, d: Detection, at: int, begin: int, end: int) -> int:
    """Answer questions of a state by its successors, `begin` to `end`; return those still open."""
    questions = load(d.open + 8 * at)
    least = 1 << 32
    d.best = 0
    for j in range(begin, end):
        passed = load(d.passed + 8 * load32(s.taken + 4 * j))
        if questions & passed:
            place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), s.out + 8 * K * j)
            missing = load(d.missing + 8 * position(s, place))
            questions = questions & (missing | ~passed)
            if questions & ~passed == 0 and ones(missing) < least:
                least = ones(missing)
                d.best = place
                d.through = passed
    conclude(d, at, questions)
    return questions


def conclude(d: Detection, at: int, questions: int) -> None:
    """Put down which questions of a state are still open."""
    before = load(d.open + 8 * at)
    if questions != before:
        store(d.open + 8 * at, questions)
        store(d.missing + 8 * at, load(d.missing + 8 * at) & ~(before & ~questions))
        d.changed = 1


def chase(s: Search, d: Detection, at: int) -> None:
    """Go on from a state to successors that have few questions missing, and bring back the answers.

    So the states in between need no other pass. No longer done where it mostly fails.
    """
    if 4 * d.successes + 4096 < d.chases:
        return
    d.chases += 1
    depth = 0
    store(d.path, at)
    going = d.best
    while going and depth < DEPTH:
        there = position(s, going)
        if load(d.open + 8 * there) == 0:
            break
        for i in range(depth + 1):
            if load(d.path + 8 * i) == there:
                going = 0
        if going:
            depth += 1
            store(d.path + 8 * depth, there)
            store(d.ways + 8 * depth, d.through)
            state = going
            if INDEXED:
                state = s.states + 8 * K * (load32(going) - 1)
            n = successors(s, d, state, s.fits)
            left = answer(s, d, there, s.fits, s.fits + n)
            going = d.best if left else 0
    while depth > 0:
        there = load(d.path + 8 * depth)
        way = load(d.ways + 8 * depth)
        depth -= 1
        before = load(d.path + 8 * depth)
        conclude(d, before, load(d.open + 8 * before) & (load(d.missing + 8 * there) | ~way))
    d.successes += load(d.open + 8 * at) == 0


def open_in(s: Search, d: Detection, number: int) -> int:
    """Return the open questions of a state."""
    state = s.states + 8 * K * number
    return load(d.open + 8 * position(s, find(s.table, s.buckets, s.states, hashed(state), state)))


def unanswered(s: Search, w: Waits, d: Detection) -> int:
    """Return the first state with an open question about who neither rests nor has finished; -1 if there is none."""
    for number in range(s.count):
        if load8(d.done + number) == 0:
            questions = open_in(s, d, number)
            situated(w, s.states + 8 * K * number)
            excused = met(w, EXCUSED)
            for lane in range(d.lanes):
                questions = questions & ~(excused << (lane * d.actors))
            if questions:
                return number
    return -1
