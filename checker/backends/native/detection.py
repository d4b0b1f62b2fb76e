"""Complete detection: of each state, who is not known to be able to move.

Kernels, as in `runtime`. A *question* is an actor and a level of duty: can actions of the level still lead to where the
actor has an enabled action, or move it? The questions of a state are bits of a word. An answer of yes goes backwards
over steps, to the least fixpoint, in passes down and up the numbers of states: most steps lead to what is found later.
A state without open questions is not looked at again.

Only that is asked which is to be known: of those that neither rest nor have finished. What a state does not answer from
its steps is asked of where these lead, of those that rest there too. So a question is *unasked*, *open*, or answered by
*yes* or *no*. By no answers the reduction: who is certainly unable to move. What is still open when a pass changes
nothing is not possible: no step leads from an open question to an answer of yes, nor to an unasked one.

From a state that keeps a question, a chase goes on to where fewer are missing: the first answers are where many steps
lead from most states, and not where most states are found.

A state has two words, of 32 bits where that is enough (see `word_bits`), where it is in the table, or at its number, if
that is what the table holds:

| | `DOUBTFUL` | `ASKED` |
|---|---|---|
| yes | 0 | 0 |
| unasked | 1 | 0 |
| open | 1 | 1 |
| no | 0 | 1 |
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import (
    LINE,
    load,
    load8,
    load32,
    lowest,
    matching,
    ones,
    prefetch,
    store,
    store8,
    store32,
)
from checker.backends.native.reduction import ALWAYS, Waits, gather, hopeless, met, reduced, situated
from checker.backends.native.runtime import ALL as EVERY
from checker.backends.native.runtime import BATCH, INDEXED, K, Search, all_steps, find, hashed, home, peek_at
from checker.backends.native.situations import ENABLED, EXCUSED, MOVED

DEPTH: Final = 32  # steps of a chase
FRESH: Final = 0  # a state that has not been looked at since a question was asked of it
DONE: Final = 1  # it has no open question
REDUCED: Final = 2  # it has some that the reduction does not answer
LANES: Final = 2  # at most

# Given for a model, see `widths`:
NARROW = 0  # words of 32 bits
ASKED = 8  # bytes behind the word DOUBTFUL
SLOT = 16  # bytes


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
            "slots",  # the two words of each state
            "marks",  # a byte a state: FRESH, DONE, REDUCED
            "left",  # how many states had an open question in the last pass
            "changed",  # something was answered, or asked
            "added",  # something was asked of states of which the marks are to be cleared
            "asking",  # what a state does not answer is asked of where its steps lead
            "steps",  # how many were generated
            "fails",  # as those of `step`, not looked at
            "counts",
            "hashes",  # of a batch of states
            "numbers",
            "ats",  # addresses of their slots
            "ends",  # of their successors, in the order of the batch
            "best",  # the place of a successor that can answer all that is open, with the fewest missing; or 0
            "through",  # the questions whose answers come from there
            "path",  # slots of a chase
            "ways",  # and the questions whose answers come from each to the one before
            "chases",
            "successes",
        )
    ]


def word_bits(actors: int) -> int:
    """Return how many bits a word of questions about so many actors has: the fewer, the more are in a cache line."""
    return 32 if LANES * actors <= 32 else 64


def widths(actors: int) -> dict[str, int]:
    """Return the constants of these kernels."""
    size = word_bits(actors) // 8
    return {"NARROW": int(size == 4), "ASKED": size, "SLOT": 2 * size}


def questions_at(at: int) -> int:
    """Return one of the two words."""
    if NARROW:
        return load32(at)
    return load(at)


def put(at: int, questions: int) -> None:
    """Set one of the two words."""
    if NARROW:
        store32(at, questions)
    else:
        store(at, questions)


def slot(s: Search, d: Detection, place: int) -> int:
    """Return the address of the two words of the state that a place of the table holds."""
    slots: int = d.slots
    number: int = (place - s.table) >> 3
    if INDEXED:
        number = load32(place) - 1
    return slots + SLOT * number


def slot_of(s: Search, d: Detection, h: int, state: int) -> int:
    """Return the address of the two words of a state with such a hash."""
    return slot(s, d, find(s.table, s.buckets, s.states, h, state))


def slot_at(s: Search, d: Detection, number: int) -> int:
    """Return the address of the two words of the state with a number."""
    slots: int = d.slots
    if INDEXED:
        return slots + SLOT * number
    state = s.states + 8 * K * number
    return slot_of(s, d, hashed(state), state)


def doubtful(at: int) -> int:
    """Return the questions that are not answered by yes."""
    return questions_at(at) | questions_at(at + ASKED)


def open_at(at: int) -> int:
    """Return the open questions."""
    return questions_at(at) & questions_at(at + ASKED)


def aim(s: Search, d: Detection, state: int, hashes: int) -> None:
    """Hash a state, and have the memory fetched that is needed first to find its slot."""
    h = hashed(state)
    store(hashes, h)
    bucket = home(s.table, s.buckets, h)
    prefetch(bucket)
    if not INDEXED:
        prefetch(slot(s, d, bucket))


def peek(s: Search, d: Detection, hashes: int, n: int) -> None:
    """Have the states fetched, and their slots, that states with such hashes are to be compared with."""
    if INDEXED:
        for j in range(n):
            h = load(hashes + 8 * j)
            peek_at(s.table, s.buckets, s.states, h)
            bucket = home(s.table, s.buckets, h)
            prefetch(slot(s, d, bucket + 8 * lowest(matching(bucket, EVERY << 32, h) | 128)))


def moving(w: Waits, level: int) -> int:
    """Return whom enabled actions of the level move."""
    found = 0
    for lower in range(level + 1):
        found = found | met(w, MOVED + lower)
    return found


def everywhere(d: Detection, actors: int) -> int:
    """Return the questions about some actors."""
    found = 0
    for lane in range(d.lanes):
        found = found | (actors << (lane * d.actors))
    return found


def prepare(s: Search, w: Waits, d: Detection) -> None:
    """Note the questions of each state that it does not answer itself, and ask them of who is to be able to move.

    In the order of memory: a table that holds states is gone through from place to place.
    """
    n, states = s.count, s.states
    if not INDEXED:
        n, states = LINE * s.buckets, s.table
    for i in range(n):
        state = states + 8 * K * i
        if load(state):  # no state is 0
            questions = missing(w, d, state)
            at = d.slots + SLOT * i
            put(at, questions)
            questions = questions & ~everywhere(d, met(w, EXCUSED))
            put(at + ASKED, questions)
            d.left += questions != 0


def missing(w: Waits, d: Detection, state: int) -> int:
    """Return the questions that a state does not answer itself by yes."""
    situated(w, state)
    questions: int = d.asked
    for lane in range(d.lanes):
        able = met(w, ENABLED) | moving(w, load(d.levels + 8 * lane))
        questions = questions & ~((able & w.everybody) << (lane * d.actors))
    return questions


def deny(s: Search, w: Waits, d: Detection, number: int, at: int) -> None:
    """Answer by no what the reduction does, of the open questions of a state."""
    questions = open_at(at)
    situated(w, s.states + 8 * K * number)
    gather(w)
    found = 0
    for lane in range(d.lanes):
        asked = (questions >> (lane * d.actors)) & w.everybody
        found = found | (impossible(w, load(d.levels + 8 * lane), asked) << (lane * d.actors))
    put(at, questions_at(at) & ~(questions & found))


def impossible(w: Waits, level: int, asked: int) -> int:
    """Return who of those asked about cannot be moved by actions of the level, nor be given a choice of an action."""
    live = reduced(w, asked, level, ALWAYS | moving(w, level))
    return hopeless(w, asked & ~live & ~met(w, ENABLED), level, live)


def propagate(s: Search, w: Waits, d: Detection, upwards: int) -> int:
    """Go once over all states with open questions, and answer what their steps answer; tell if anything changed."""
    if d.added:
        for number in range(s.count):
            store8(d.marks + number, FRESH)
    d.added = 0
    d.changed = 0
    d.left = 0
    turn = 0
    while turn < s.count:
        waiting = 0
        while turn < s.count and waiting < BATCH:
            number = turn if upwards else s.count - 1 - turn
            turn += 1
            if load8(d.marks + number) != DONE:
                if not INDEXED:
                    aim(s, d, s.states + 8 * K * number, d.hashes + 8 * waiting)
                store(d.numbers + 8 * waiting, number)
                waiting += 1
        begin = 0
        while begin < waiting:
            begin = generate(s, w, d, begin, waiting)
    changed: int = d.changed
    return changed


def generate(s: Search, w: Waits, d: Detection, begin: int, end: int) -> int:
    """Answer questions of the states of a batch from `begin` on; return up to which."""
    n = 0
    i = begin
    while i < end and n < BATCH:
        number = load(d.numbers + 8 * i)
        state = s.states + 8 * K * number
        at = d.slots + SLOT * number
        if not INDEXED:
            at = slot_of(s, d, load(d.hashes + 8 * i), state)
        store(d.ats + 8 * i, at)
        if open_at(at):
            n += successors(s, d, state, n)
        store(d.ends + 8 * i, n)
        i += 1
    peek(s, d, s.hashes, n)
    first = 0
    for k in range(begin, i):
        last = load(d.ends + 8 * k)
        resolve(s, w, d, k, first, last)
        first = last
    return i


def resolve(s: Search, w: Waits, d: Detection, k: int, begin: int, end: int) -> None:
    """Answer what can be answered of the questions of a state of the batch."""
    at, number = load(d.ats + 8 * k), load(d.numbers + 8 * k)
    mark = DONE
    if open_at(at) and answer(s, d, at, begin, end):
        if load8(d.marks + number) == FRESH:
            deny(s, w, d, number, at)
        if open_at(at):
            chase(s, d, at)
        if open_at(at):
            mark = REDUCED
            d.left += 1
            if d.asking:
                ask(s, d, at, begin, end)
    store8(d.marks + number, mark)


def successors(s: Search, d: Detection, state: int, place: int) -> int:
    """Generate the successors of a state, to be found from `place` on; return how many there are."""
    n = all_steps(s, state, place, d.fails, d.counts, 0)
    for j in range(place, place + n):
        aim(s, d, s.out + 8 * K * j, s.hashes + 8 * j)
    d.steps += n
    return n


def answer(s: Search, d: Detection, at: int, begin: int, end: int) -> int:
    """Answer questions of a state by its successors, `begin` to `end`; return those still open."""
    questions = open_at(at)
    least = 1 << 32
    d.best = 0
    for j in range(begin, end):
        passed = load(d.passed + 8 * load32(s.taken + 4 * j))
        if questions & passed:
            place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), s.out + 8 * K * j)
            there = doubtful(slot(s, d, place))
            questions = questions & (there | ~passed)
            if questions & ~passed == 0 and ones(there) < least:
                least = ones(there)
                d.best = place
                d.through = passed
    conclude(d, at, questions)
    return questions


def ask(s: Search, d: Detection, at: int, begin: int, end: int) -> None:
    """Ask what a state does not answer of its successors, `begin` to `end`."""
    questions = open_at(at)
    for j in range(begin, end):
        passed = load(d.passed + 8 * load32(s.taken + 4 * j))
        if questions & passed:
            place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), s.out + 8 * K * j)
            ask_there(s, d, place, questions & passed)


def ask_there(s: Search, d: Detection, place: int, questions: int) -> None:
    """Ask questions of the state that a place of the table holds, if they are unasked."""
    there = slot(s, d, place)
    new = questions & questions_at(there) & ~questions_at(there + ASKED)
    if new:
        put(there + ASKED, questions_at(there + ASKED) | new)
        d.changed = 1
        if INDEXED:
            store8(d.marks + (there - d.slots) // SLOT, FRESH)
        else:
            d.added = 1


def conclude(d: Detection, at: int, questions: int) -> None:
    """Put down which questions of a state are still open: the others are answered by yes."""
    answered = open_at(at) & ~questions
    if answered:
        put(at, questions_at(at) & ~answered)
        put(at + ASKED, questions_at(at + ASKED) & ~answered)
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
        there = slot(s, d, going)
        ask_there(s, d, going, open_at(load(d.path + 8 * depth)) & d.through)
        if open_at(there) == 0:
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
        conclude(d, before, open_at(before) & (doubtful(there) | ~way))
    d.successes += open_at(at) == 0


def open_in(s: Search, d: Detection, number: int) -> int:
    """Return the open questions of a state."""
    return open_at(slot_at(s, d, number))


def unanswered(s: Search, w: Waits, d: Detection) -> int:
    """Return the first state with an open question about who neither rests nor has finished; -1 if there is none."""
    for number in range(s.count):
        if load8(d.marks + number) != DONE:
            questions = open_in(s, d, number)
            if questions:
                situated(w, s.states + 8 * K * number)
                if questions & ~everywhere(d, met(w, EXCUSED)):
                    return number
    return -1
