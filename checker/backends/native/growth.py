"""The table becomes larger where it is: each entry moves to where it belongs among more buckets.

Buckets are in the order of hashes, so an entry belongs the further behind the further it was. From the end of the table
on, reads and writes go through memory in order, and there is never a second copy. Several workers take *parts* of the
table, from the end on. What was in the buckets from a to b of n belongs into those from a · m / n to b · m / n of m:
the part's *window*. Windows do not overlap, and a part is not begun before all that stood in its window has been read.
An entry that does not fit into the window is put aside; those are few (see `spread`), and settled at the end by one.
Nobody waits for a worker that has not begun, so that any number of them comes to an end.

Kernels, as in `runtime`.
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import (
    LINE,
    add_atomically,
    high,
    load,
    load_atomically,
    lowest,
    matching,
    prefetch,
    store,
)
from checker.backends.native.runtime import ALL, BUCKET, Search, hash_at, settle

RECENT: Final = 1 << 10  # buckets
TAKEN: Final = 16  # buckets of which entries are taken at a time
AHEAD: Final = 16 * BUCKET
PATIENCE: Final = 1 << 12  # how often to look whether others are done before leaving the processor to them


class Growth(ctypes.Structure):
    """How a table grows; numbers of buckets, and addresses."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "before",
            "after",
            "reach",  # how far at most an entry is behind its bucket
            "few",  # the first ones, which are put aside before
            "part",  # buckets of a part
            "parts",  # how many there are
            "done",  # of each part (8), whether it has been moved
            "aside",  # entries to be settled at the end
            "listed",  # how many these are
            "taken",  # how many parts have been begun
        )
    ]


def sched_yield() -> int:
    """Leave the processor to others: the system's function."""
    raise NotImplementedError


def enlarge(s: Search, g: Growth, taken: int, listed: int, own: int) -> None:
    """Make the table larger by one worker; the numbers are as in `spread`."""
    set_aside(s, g)
    s.buckets, s.reach = g.after, 0
    spread(s, g, taken, listed, own)
    settle_aside(s, g)


def set_aside(s: Search, g: Growth) -> None:
    """Put the entries of the first buckets aside.

    In them may be entries that belong to the end, and such as would move into a bucket that is still to be read. (An
    entry in bucket i of n belongs into one not before i - reach, and so among m > n not before (i - reach) · m / n,
    which is at least i from i = reach · m / (m - n) on: so many are `few`.)
    """
    n = 0
    for place in range(s.table, s.table + BUCKET * g.few, 8):
        if load(place):
            store(g.aside + 8 * n, load(place))
            store(place, 0)
            n += 1
    g.listed = n


def spread(s: Search, g: Growth, taken: int, listed: int, own: int) -> None:
    """Move the entries of parts, as long as there are any, to where they belong among `s.buckets`.

    `taken` and `listed` are the addresses of the fields; `own` is for RECENT + (TAKEN + 1) * LINE words. Where an
    entry is put, no bucket of the window is emptied again, and none between its own and its place has room: so it will
    be found. Put aside are entries that were not in their own bucket, at the beginning of a part, and what goes beyond
    the end of a window, which may be that of the table.
    """
    known = 0
    while 1:
        part = add_atomically(taken, 1)
        if part >= g.parts:
            break
        last = g.before - part * g.part
        first = last - g.part if last - g.part > g.few else g.few
        begin = first * s.buckets // g.before
        while known < part and known * g.part < g.before - begin:
            wait_for(g.done + 8 * known)
            known += 1
        move_all(s, g, first, last, begin, last * s.buckets // g.before, listed, own)
        add_atomically(g.done + 8 * part, 1)


def wait_for(flag: int) -> None:
    """Wait until a word is not 0."""
    tries = 0
    while load_atomically(flag) == 0:
        tries += 1
        if tries > PATIENCE:
            sched_yield()


def move_all(s: Search, g: Growth, first: int, last: int, begin: int, end: int, listed: int, own: int) -> None:
    """Move the entries of the buckets from `first` to `last` into those from `begin` to `end`, or put them aside.

    How much is used of the buckets from `low` on, RECENT of them, stands in `own`: to load all of a bucket of which a
    part has just been stored would take long. No entry taken belongs before `low`, so up to then that bucket is empty.
    """
    table, buckets = s.table, s.buckets
    moving = own + 8 * RECENT
    low, reach = end, 0
    while last > first:
        source = last - TAKEN if last - TAKEN > first else first
        n = take(table + BUCKET * source, table + BUCKET * last, moving)
        last = source
        bottom = (last - g.reach) * buckets // g.before if last > g.reach else 0
        bottom = begin if bottom < begin else bottom
        while low > bottom:
            low -= 1
            store(own + 8 * (low & (RECENT - 1)), 0)
            prefetch(table + BUCKET * low - AHEAD)
        top = low + RECENT if low + RECENT < end else end
        for i in range(n):
            first_choice = high(hash_at(moving + 8 * i), buckets)
            number = first_choice
            used = load(own + 8 * (number & (RECENT - 1)))
            while number < top and used == LINE:
                number += 1
                used = load(own + 8 * (number & (RECENT - 1)))
            if first_choice >= low and number < top:
                store(table + BUCKET * number + 8 * used, load(moving + 8 * i))
                store(own + 8 * (number & (RECENT - 1)), used + 1)
                reach = number - first_choice if number - first_choice > reach else reach
            else:
                store(g.aside + 8 * add_atomically(listed, 1), load(moving + 8 * i))
    s.reach = BUCKET * reach if BUCKET * reach > s.reach else s.reach


def take(begin: int, end: int, moving: int) -> int:
    """Move the entries of the buckets from address `begin` to `end` one behind the other; return how many there are.

    Whole buckets are copied: so no branch depends on how much of one is used.
    """
    n = 0
    for bucket in range(begin, end, BUCKET):
        prefetch(bucket - AHEAD)
        more = lowest(matching(bucket, ALL, 0) | 1 << LINE)
        for i in range(LINE):
            store(moving + 8 * (n + i), load(bucket + 8 * i))
            store(bucket + 8 * i, 0)
        n += more
    return n


def settle_aside(s: Search, g: Growth) -> None:
    """Put into the table what was put aside."""
    for place in range(g.aside, g.aside + 8 * g.listed, 8):
        settle(s, hash_at(place), load(place))
