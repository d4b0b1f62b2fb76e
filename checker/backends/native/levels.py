"""Level after level of a search, as long as nobody has to look between them.

A kernel, as in `runtime`.
"""

from __future__ import annotations

import ctypes

from checker.backends.native.intrinsics import load, store
from checker.backends.native.runtime import SLEEP, Search, expand
from checker.backends.native.team import CONDITIONS


class Levels(ctypes.Structure):
    """Levels that are expanded in one go; numbers of states, and addresses."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "end",  # of the level that is expanded now
            "stop",  # the state before which to stop
            "ends",  # of the levels that were completed before it
            "passed",  # how many these are
            "most",  # as many as may be
            "large",  # states of a level that is not begun here
            "places",  # where a step can fail
            "here",  # the sleep sets of the level that is expanded now
            "there",  # and where those of the next go
            "most_here",  # how many of them have been in use, at most
            "most_there",
        )
    ]


def expand_levels(s: Search, levels: Levels) -> None:
    """Expand a level; and if it led to nothing that is noted of a search, the next, up to one that is large."""
    before = noted(s, levels.places)
    while 1:
        expand(s, levels.stop if levels.stop < levels.end else levels.end)
        following = s.count - levels.end
        if s.expanded < levels.end or following == 0 or following >= levels.large or levels.passed == levels.most:
            break
        if noted(s, levels.places) > before:
            break
        store(levels.ends + 8 * levels.passed, levels.end)
        levels.passed += 1
        begin(s, levels)


def begin(s: Search, levels: Levels) -> None:
    """Begin with a level: its sleep sets are those noted last, and the next ones come where the ones before were."""
    levels.end = s.count
    if SLEEP:
        size = s.count - s.expanded
        levels.here, levels.there = levels.there, levels.here
        levels.most_here, levels.most_there = levels.most_there, levels.most_here
        levels.most_here = size if size > levels.most_here else levels.most_here
        s.asleep = s.asleep_next
        s.asleep_next = levels.there - 4 * s.count


def noted(s: Search, places: int) -> int:
    """Return how many first states have been noted."""
    return known(s.fails, places) + known(s.firsts, CONDITIONS) + known(s.sources, CONDITIONS)


def known(numbers: int, n: int) -> int:
    """Return how many of `n` numbers are not less than 0."""
    found = 0
    for i in range(n):
        found += load(numbers + 8 * i) >= 0
    return found
