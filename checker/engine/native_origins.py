"""States that a search by fingerprints has forgotten: from where they came, and what they were."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable

from checker.backends.native import fingerprints, runtime
from checker.backends.native.intrinsics import LINE
from checker.backends.native.memory import Words
from checker.backends.native.program import Program
from checker.backends.native.runtime import Search
from checker.report import Fingerprints

NARROW = 1 << 8  # successors of a state that a byte can number


class Origins:
    """Of each state of a search, which one it was found from, and as which successor.

    `words` is where states are before they are forgotten, of which there are `most` at most. `scratch` gives addresses
    for what steps count. `seed` chooses the keys.
    """

    def __init__(
        self,
        program: Program,
        search: Search,
        words: Words,
        scratch: Callable[[], tuple[int, int]],
        *,
        most: int,
        seed: int,
    ) -> None:
        keys = fingerprints.keys(program.layout.words, seed)
        wide = program.most > NARROW
        self.forgotten = 0  # states before that are forgotten, but for the initial ones
        self.bytes = 0.25 + (4 if wide else 1)  # a state, at most
        self.seed = seed
        self._program, self._search, self._words, self._scratch = program, search, words, scratch
        self._initial = 0
        self._given_back = 0
        self._keys = (ctypes.c_uint64 * len(keys))(*keys)
        self._parents, self._ranks = Words(2 * most // 64 + 2), Words((4 * most if wide else most) // 8 + 1)
        search.keys = ctypes.addressof(self._keys)
        search.parents, search.ranks, search.wide = self._parents.address, self._ranks.address, wide
        self._path: dict[int, list[int]] = {}

    def begin(self, initial: int) -> None:
        """Take so many states to be the initial ones: they are kept."""
        self._initial = self.forgotten = initial
        self._given_back = self._words.page(8 * self._program.layout.words * initial) + self._words.page_size

    def forget(self, end: int) -> None:
        """Forget the states before number `end`, and give their memory back."""
        self.forgotten = max(self.forgotten, end)
        page = self._words.page(8 * self._program.layout.words * end)
        if page > self._given_back:
            self._words.give_back(self._given_back, page)
            self._given_back = page

    def path(self, number: int) -> list[int]:
        """Return the numbers of the states on the trace to a state, the initial one first."""
        return list(self._way(number))

    def packed(self, number: int) -> list[int]:
        """Return the words of a state, which are generated again unless it is on the path that was asked for last."""
        if number not in self._path:
            self._path = self._way(number)
        return self._path[number]

    def _way(self, number: int) -> dict[int, list[int]]:
        """Return the states on the trace to a state by number, the initial one first."""
        if next(reversed(self._path), -1) == number:
            return self._path
        search, call, k = self._search, self._program.call, self._program.layout.words
        end, where = int(search.count + search.expanded), Words(number + 1)
        known = self._parents.address, end, int(search.count), self._initial
        n = call(fingerprints.ancestors, *known, number, where.address)
        numbers = [*where.view[:n].tolist()[::-1], number]
        states = Words((n + 1) * k)
        states.view[:k] = self._words.view[numbers[0] * k : (numbers[0] + 1) * k]
        where.view[: n + 1] = memoryview(array("Q", numbers))
        call(runtime.rebuild, ctypes.addressof(search), where.address, n + 1, states.address, *self._scratch())
        words = states.view[: (n + 1) * k].tolist()
        self._path = {at: words[i * k : (i + 1) * k] for i, at in enumerate(numbers)}
        return self._path

    def probability(self, transitions: int) -> Fingerprints:
        """Return how probable it is that states were missed, as TLC estimates it.

        Of the successors found to be known, each may have been a new state with the fingerprint of one of `count`
        others. By the actual fingerprints: if two of so many are as close as that, two may well be equal.
        """
        search, bits = self._search, self._program.fingerprint
        count, generated = int(search.count), transitions + self._initial
        kept = fingerprints.unordered(int(search.reach))
        window = Words(4 * kept)
        places = LINE * int(search.buckets)
        gap = self._program.call(fingerprints.closest, search.table, places, window.address, 4 * kept, kept)
        calculated = count * (generated - count) / 2**bits
        return Fingerprints(self.seed, bits, min(1.0, calculated), 1 / max(1, gap >> 64 - bits))
