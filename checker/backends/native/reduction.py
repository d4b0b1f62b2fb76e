"""Certificates of packed states: the least fixpoints of `waits.analysis`, over situations found in tables.

Kernels, as in `runtime`. What is known of a situation stands in its record, see `situations`. The code has lists of
alternatives (how many; of each its level, how many things it lacks, and where these are) and what is lacked (by level
who could give it; how many of how many elements a count lacks, and where these are).
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import load, lowest, store
from checker.backends.native.runtime import K, Search
from checker.backends.native.situations import (
    COULD,
    ENABLED,
    EXCUSED,
    LIST,
    LISTED,
    LIVES,
    MOVED,
    UNKNOWN,
    WAYS,
    WIDTH,
)

MISS: Final = -(1 << 63)
ALWAYS: Final = 1 << 62  # in every set of who lives: no actor has this bit
OBLIGED: Final = 0
ALL: Final = 2
SAID: Final = 6  # words of a result: stuck, blocked, dead; who lives, by level
DONE: Final = 0
MISSED: Final = 1  # a situation is not known
FULL: Final = 2  # there is no room for more
_MIX: Final = 0x9E3779B97F4A7C15


class Waits(ctypes.Structure):
    """What is known of who waits for whom; numbers, masks of actors, and addresses."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "everybody",
            "actors",
            "rows",  # how many there are
            "ends",  # of each actor's rows, after a 0
            "tables",  # of `situate`
            "records",
            "code",
            "ids",  # of one state: the situation of each row
            "joined",  # the first JOINED words of the records of all of them
            "ways",  # of each actor, the words from LIVES on of the records of its rows
            "said",  # a result
            "wanted",  # whose being stuck is an error
            "feared",  # whose being blocked is an error
            "key",  # of a kind of states: `said`, and the situation of each row
            "kinds",  # how many are known
            "known",  # their keys
            "places",  # a hash table of numbers of kinds, from 1
            "last",  # its last place
            "begin",  # the next state to be looked at
            "found",  # how many states are of a kind that was not known
            "numbers",  # these states
            "most",  # as many as there is room for
        )
    ]


def situate(state: int, ids: int, joined: int, tables: int) -> int:
    """Find the situation of each row; return some who live by obliged actions."""
    raise NotImplementedError


def situated(w: Waits, state: int) -> int:
    """Find the situations of a state, and join what is asked of all; return some who live by obliged actions."""
    return situate(state, w.ids, w.joined, w.tables)


def met(w: Waits, word: int) -> int:
    """Return a word of the records of all rows, joined."""
    return load(w.joined + 8 * word)


def gather(w: Waits) -> None:
    """Join, by actor, who could give what alternatives lack: of the state that was situated last."""
    row = 0
    for actor in range(w.actors):
        for word in range(WAYS):
            store(w.ways + 8 * (WAYS * actor + word), 0)
        while row < load(w.ends + 8 + 8 * actor):
            record = w.records + 8 * WIDTH * load(w.ids + 8 * row)
            for word in range(WAYS):
                at = w.ways + 8 * (WAYS * actor + word)
                store(at, load(at) | load(record + 8 * (LIVES + word)))
            row += 1


def way(w: Waits, actor: int, word: int) -> int:
    """Return a word of the records of an actor's rows, joined."""
    return load(w.ways + 8 * (WAYS * actor + word - LIVES))


def given(code: int, lack: int, level: int, live: int) -> int:
    """Tell whether one of `live` could give what is lacked; of a count, whether enough could."""
    if load(lack + 8 * level) & live:
        return 1
    missing = load(lack + 24)
    if missing == 0:
        return 0
    able = 0
    for element in range(load(lack + 32)):
        able += given(code, code + 8 * load(lack + 40 + 8 * element), level, live)
    return able >= missing


def some_way(code: int, place: int, upto: int, level: int, live: int) -> int:
    """Tell whether an alternative, of a duty up to the level `upto`, lacks only what `live` could give."""
    ways = load(place)
    place += 8
    for _ in range(ways):
        lacks = load(place + 8)
        if load(place) <= upto:
            met = 1
            for lack in range(lacks):
                if met:
                    met = given(code, code + 8 * load(place + 16 + 8 * lack), level, live)
            if met:
                return 1
        place += 16 + 8 * lacks
    return 0


def listed(w: Waits, actor: int, part: int, upto: int, level: int, live: int) -> int:
    """Tell whether an alternative in the lists of an actor, of a duty up to `upto`, lacks only what `live` could give.

    `part` is LIVES, or COULD for its own alternatives only.
    """
    for row in range(load(w.ends + 8 * actor), load(w.ends + 8 + 8 * actor)):
        place = load(w.records + 8 * (WIDTH * load(w.ids + 8 * row) + part + LIST))
        if place and some_way(w.code, w.code + 8 * place, upto, level, live):
            return 1
    return 0


def could(w: Waits, actor: int, level: int, live: int) -> int:
    """Tell whether an alternative of any duty could be made possible by those of `live`."""
    if way(w, actor, COULD + level) & live:
        return 1
    return way(w, actor, COULD + LIST) and listed(w, actor, COULD, ALL, level, live)


def reduced(w: Waits, goal: int, level: int, live: int) -> int:
    """Return the least set that includes `live` and all whom it lets live; a part of it that includes `goal`.

    Alternatives in lists are only looked at when nothing else adds to the set.
    """
    while goal & ~live:
        before = live
        left = w.everybody & ~live
        while left:
            actor = lowest(left)
            left = left & (left - 1)
            live = live | (((way(w, actor, LIVES + level) & live) != 0) << actor)
        if live == before:
            left = met(w, LISTED) & ~live
            while left:
                actor = lowest(left)
                left = left & (left - 1)
                live = live | (listed(w, actor, LIVES, level, level, live) << actor)
        if live == before:
            break
    return live


def hopeless(w: Waits, asked: int, level: int, live: int) -> int:
    """Return who of those asked about has no alternative that those of `live` could make possible."""
    found = 0
    while asked:
        actor = lowest(asked)
        asked = asked & (asked - 1)
        found = found | ((could(w, actor, level, live) == 0) << actor)
    return found


def certified(w: Waits, waits: int, live: int) -> int:
    """Say who of those that wait is certainly stuck, blocked and dead, and who lives; return who is stuck.

    `live` are some who live by obliged actions.
    """
    gather(w)
    for i in range(SAID):
        store(w.said + 8 * i, 0)
    for level in range(ALL + 1):
        live = reduced(w, waits, level, live | met(w, MOVED + level))
        left = waits & ~live
        if left == 0:
            break
        store(w.said + 8 * level, hopeless(w, left, level, live))
        store(w.said + 24 + 8 * level, live)
    return load(w.said)


def waiting(w: Waits) -> int:
    """Return who has no enabled action and neither rests nor has finished."""
    everybody: int = w.everybody
    return everybody & ~met(w, ENABLED) & ~met(w, EXCUSED)


def look(s: Search, w: Waits, end: int) -> int:
    """Look for certificates from state `begin` to `end`: note the first of each kind of states that have one.

    Of one kind are states in which the same actors are stuck, blocked and dead; if that is an error, they are also in
    the same situations, and the same others live. Returns why it stopped: MISSED, FULL or DONE.
    """
    w.found = 0
    number = w.begin
    status = DONE
    while number < end:
        live = situated(w, s.states + 8 * K * number)
        if met(w, UNKNOWN):
            status = MISSED
            break
        waits = waiting(w) & ~live
        if waits and certified(w, waits, live):
            if w.found == w.most or 2 * w.kinds + 2 > w.last:
                status = FULL
                break
            if note_kind(w):
                store(w.numbers + 8 * w.found, number)
                w.found += 1
        number += 1
    w.begin = number
    return status


def certificates(s: Search, w: Waits, begin: int, end: int, out: int) -> int:
    """Put who is stuck, blocked and dead into `out`, three words a state; return the first that was not possible."""
    for number in range(begin, end):
        live = situated(w, s.states + 8 * K * number)
        if met(w, UNKNOWN):
            return number
        certified(w, waiting(w), live)
        for level in range(ALL + 1):
            store(out + 8 * ((ALL + 1) * number + level), load(w.said + 8 * level) if load(w.said) else 0)
    return -1


def note_kind(w: Waits) -> int:
    """Note the kind of the state that was looked at; return 1 if it was not known.

    Where nothing is an error, no level says who lives: so its key is no part of another.
    """
    stuck = load(w.said)
    error = (stuck & w.wanted) | (load(w.said + 8) & w.feared)
    for i in range(SAID):
        store(w.key + 8 * i, load(w.said + 8 * i) if i <= ALL or error else 0)
    if error == 0:
        return enter(w, w.key, SAID)
    for row in range(w.rows):
        store(w.key + 8 * (SAID + row), 0)
    while stuck:
        actor = lowest(stuck)
        stuck = stuck & (stuck - 1)
        for row in range(load(w.ends + 8 * actor), load(w.ends + 8 + 8 * actor)):
            store(w.key + 8 * (SAID + row), load(w.ids + 8 * row))
    return enter(w, w.key, SAID + w.rows)


def enter(w: Waits, key: int, width: int) -> int:
    """Put a key into the hash table, and behind the others; return 0 if it is there."""
    h = 0
    factor = _MIX
    for i in range(width):
        h = h + load(key + 8 * i) * factor
        factor = factor * _MIX
    place = (h >> 32) & w.last
    while load(w.places + 8 * place):
        other = w.known + 8 * (SAID + w.rows) * (load(w.places + 8 * place) - 1)
        differs = 0
        for i in range(width):
            differs = differs | (load(other + 8 * i) ^ load(key + 8 * i))
        if differs == 0:
            return 0
        place = (place + 1) & w.last
    for i in range(width):
        store(w.known + 8 * ((SAID + w.rows) * w.kinds + i), load(key + 8 * i))
    w.kinds += 1
    store(w.places + 8 * place, w.kinds)
    return 1
