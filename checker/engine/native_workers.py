"""Several workers for one native search: threads in machine code, the memory they need, and what they found as one."""

from __future__ import annotations

import ctypes
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from checker.backends.native import memory, team
from checker.backends.native.program import Program
from checker.backends.native.runtime import Search
from checker.backends.native.team import Team

ROUND = 1 << 15  # successors that a worker generates in one round, about
LEAST = 1 << 9  # states that each worker has to expand in a round: so many are worth waiting for each other
FITS = 1 << 22  # successors that a chunk can have, at most


def fits(program: Program) -> int:
    """Return how many successors there is room for in a chunk; 0 if states have too many for several workers."""
    wanted = LEAST * program.most
    return 0 if wanted > FITS else max(wanted, 4 * ROUND)


class Workers:
    """`count` threads that expand the states of `search`. `beyond` is the number of states that there is memory for.

    Successors are behind that memory, so that one can have a number in the table that leads to it. `sizes` are those of
    the arrays `counts`, `fresh` and `fails`.
    """

    def __init__(
        self, program: Program, search: Search, count: int, *, beyond: int, sizes: tuple[int, int, int]
    ) -> None:
        self._program = program
        self._search = search
        self._sizes = sizes
        self.count = count
        self._fits = room = fits(program)
        width = 8 * program.layout.words
        self._own = [
            _Own(search, search.states + width * (beyond + room * place), room, sizes) for place in range(count)
        ]
        addresses = (ctypes.c_int64 * count)(*(ctypes.addressof(own.search) for own in self._own))
        several = count * room
        blocks = {
            "produced": count,
            "lists": several * count // 2 + 1,
            "listed": count * count,
            "fresh": count * count,
            "flags": several // 8 + 2,
            "places": several,
            "late": several * count,
            "lates": count,
        }
        self._addresses, self._memory = addresses, [memory.Words(size) for size in blocks.values()]
        self._team = Team(
            workers=count,
            searches=ctypes.addressof(addresses),
            fits=room,
            beyond=beyond,
            **{name: block.address for name, block in zip(blocks, self._memory, strict=True)},
        )
        self._pool = ThreadPoolExecutor(count - 1, thread_name_prefix="knotcheck")

    def _share(self) -> int:
        """Return how many states each worker is to expand in a round: such as have about ROUND successors."""
        counts = (ctypes.c_int64 * self._sizes[0]).from_address(self._search.counts)
        each = sum(counts[self._program.arms :]) // max(1, int(self._search.expanded)) + 1
        return max(LEAST, min(self._fits // self._program.most, ROUND // each))

    def expand(self, stop: int, room: int) -> None:
        """Expand states up to `stop`, as long as there is room."""
        search, group = self._search, self._team
        if not group.pending:
            group.first, group.stop, group.share = search.expanded, stop, self._share()
        group.count, group.room, group.arrived = search.count, room, 0
        for own in self._own:
            for name in ("table", "buckets", "must", "unmet", "kept"):
                setattr(own.search, name, getattr(search, name))
        self._run()
        search.expanded, search.count = group.first, group.count
        for own in self._own:
            self._program.call(team.absorb, ctypes.addressof(search), ctypes.addressof(own.search), *self._sizes)

    @property
    def has_begun(self) -> bool:
        """True if a round has been generated that had no room for what it found."""
        return bool(self._team.pending)

    @property
    def pending(self) -> int:
        """Number of successors that have been generated and for which there was no room."""
        produced = (ctypes.c_int64 * self.count).from_address(self._team.produced)
        return sum(produced) if self._team.pending else 0

    def _run(self) -> None:
        at = ctypes.addressof(self._team)
        arrived = at + Team.arrived.offset
        run = self._program.call
        others = [self._pool.submit(run, team.work, at, place, arrived) for place in range(1, self.count)]
        try:
            run(team.work, at, 0, arrived)
        finally:
            wait(others)


class _Own:
    """What one worker writes, by itself."""

    def __init__(self, search: Search, out: int, room: int, sizes: tuple[int, int, int]) -> None:
        counts, actions, fails = sizes
        self.arrays: dict[str, Any] = {
            "counts": (ctypes.c_int64 * counts)(),
            "fresh": (ctypes.c_int64 * actions)(),
            "fails": (ctypes.c_int64 * fails)(*[-1] * fails),
            "firsts": (ctypes.c_int64 * 64)(*[-1] * 64),
            "sources": (ctypes.c_int64 * 64)(*[-1] * 64),
        }
        self.blocks = [memory.Words(room // 2 + 1), memory.Words(room)]
        self.search = Search(
            states=search.states,
            barren=-1,
            out=out,
            taken=self.blocks[0].address,
            hashes=self.blocks[1].address,
            **{name: ctypes.addressof(array) for name, array in self.arrays.items()},
        )
