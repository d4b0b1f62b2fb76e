"""Certificates on the packed states of a native search: in every state, with the same result as `Knots.look` on each.

Machine code looks situations up in tables and reduces (`reduction`); where it meets one that is not known, it stops,
and `waits.analysis` works it out, once. Python sees the first state of each kind of states that have a certificate.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterator, Sequence
from typing import Protocol

from checker.backends.native import reduction
from checker.backends.native.memory import Words
from checker.backends.native.program import Program
from checker.backends.native.reduction import ALL, SAID, Waits
from checker.backends.native.situations import JOINED, WAYS
from checker.engine.native_situations import Situations, address
from checker.engine.watch import Knots

ROOM = 1 << 8  # kinds of states that there is room for at first; it doubles


class Packed(Protocol):
    """The packed states of a search: `native.Store`."""

    program: Program
    k: int  # words of a state
    at: int  # the address of the `runtime.Search`
    words: Words

    @property
    def count(self) -> int: ...


class Certifier:
    """Looks for certificates in the states of one search, in their order."""

    def __init__(self, store: Packed, knots: Knots) -> None:
        self._store = store
        self._situations = Situations(store.program, knots.analysis)
        rows, actors = store.program.rows, len(store.program.model.actors)
        everybody, selection = (1 << actors) - 1, knots.selection
        self._waits = Waits(
            everybody=everybody,
            actors=actors,
            rows=len(rows),
            wanted=knots.demanded_mask,
            feared=everybody * (selection.deadlock or selection.orphan),
            most=ROOM,
        )
        self._width = SAID + len(rows)  # of a key
        sizes = {"ids": len(rows), "joined": JOINED, "ways": WAYS * actors, "said": SAID, "key": self._width}
        self._arrays = {name: array("q", [0] * size) for name, size in sizes.items()}
        self._arrays["numbers"] = array("q", [0] * ROOM)
        ends = (sum(row.actor <= actor for row in rows) for actor in range(actors))
        self._arrays["ends"] = array("q", [0, *ends])
        for name, values in self._arrays.items():
            setattr(self._waits, name, address(values))
        self.at = ctypes.addressof(self._waits)
        self._kinds = [(array("q"), array("q", [0, 0]))]  # their keys and the hash table; all that there were
        self._widen()

    def look(self, end: int) -> Iterator[int]:
        """Yield the first state of each kind not seen yet, of those up to `end` that have not been looked at."""
        waits = self._waits
        while waits.begin < end:
            self._situations.publish(waits)
            status = self._store.program.call(reduction.look, self._store.at, self.at, end)
            yield from self._arrays["numbers"][: waits.found]
            if status == reduction.MISSED:
                self._learn(waits.begin)
            elif status == reduction.FULL:
                self._widen()

    def keep(self) -> None:
        """Keep what has been learned, for the next run."""
        self._situations.keep()

    def masks(self) -> Sequence[tuple[int, int, int]]:
        """Return who is certainly stuck, blocked and dead in each state."""
        out = array("q", bytes(8 * (ALL + 1) * self._store.count))
        begin = 0
        while begin >= 0:
            self._situations.publish(self._waits)
            where = self._store.at, self.at, begin, self._store.count, address(out)
            begin = self._store.program.call(reduction.certificates, *where)
            if begin >= 0:
                self._learn(begin)
        return list(zip(out[::3], out[1::3], out[2::3], strict=True))

    def _learn(self, number: int) -> None:
        """Learn what is missing in a state, the one that was looked at last."""
        k = self._store.k
        missing = [row for row, situation in enumerate(self._arrays["ids"]) if situation == 0]
        self._situations.learn(self._store.words.view[number * k : (number + 1) * k].tolist(), missing)

    def _widen(self) -> None:
        """Make room for twice as many kinds.

        What machine code may read is there at each step, as an interrupt may come at any: kinds that are lost are only
        seen again.
        """
        waits, (known, places) = self._waits, self._kinds[-1]
        kept, size = known[: waits.kinds * self._width], 2 * len(places)
        self._kinds.append((array("q", bytes(8 * size * self._width)), array("q", bytes(8 * size))))
        waits.known, waits.places = map(address, self._kinds[-1])
        waits.last, waits.kinds = size - 1, 0
        for place in range(0, len(kept), self._width):
            key = kept[place : place + self._width]
            self._store.program.call(reduction.enter, self.at, address(key), self._width)
