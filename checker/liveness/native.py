"""Liveness decided on the packed states of a native search: what `decide` does, with the same result, for millions.

Only the states in which something is pending are looked at, by one pass that generates their steps again; the steps
between them are stored, 5 bytes each, and decomposed by kernels. See `memory_needed` for what that takes.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checker.backends.native import cycles
from checker.backends.native.memory import Words
from checker.engine.native import NativeExploration
from checker.ir.nodes import Liveness
from checker.ir.walk import property_reads
from checker.liveness.components import Arena
from checker.liveness.decide import Judged, TooLarge
from checker.liveness.demand import demand
from checker.liveness.fairness import CONDITIONS, Fairness
from checker.liveness.lasso import Edge, Lasso, fair_cycle

NARROW = 256  # actions whose numbers fit a byte
NUMBERS = 1 << 32  # of states that fit half a word


class Judge:
    """Judges properties on a complete native exploration without failed steps.

    `properties` are all those that the search was made for.
    """

    def __init__(self, exploration: NativeExploration, properties: Sequence[Liveness]) -> None:
        self._exploration = exploration
        self._places: dict[str, list[int]] = {}
        place = 0
        for prop in properties:
            count = len(property_reads(prop))
            self._places[prop.name] = [1 << place + number for number in range(count)]
            place += count

    def __call__(self, prop: Liveness, fair: Fairness) -> Judged:
        """Judge one property under the given fairness. Raises TooLarge."""
        if not fair.fits:
            raise TooLarge(f"there are more than {CONDITIONS} conditions of fairness (--engine text decides it)")
        bits, wanted = self._places[prop.name], demand(prop)
        pending = _Pending(self._exploration, fair)
        pending.find(bits[0] if len(bits) > 1 else 0, bits[-1], only_initially=wanted.initially)
        idle = "" if pending.cycles.begun else wanted.idle if pending.cycles.held else wanted.never
        return Judged(prop, pending.lasso(), idle)


def memory_needed(nodes: int, edges: int, places: int, *, wide: bool) -> int:
    """Return how many bytes a graph of so many nodes and edges takes, beside a table of so many places.

    A node: numbers, root, index, stack, part, again (4 each), offset, enabled (8 each), and on the way to it (as deep
    as the search goes) path, low, next: 16. In a counterexample another 12.
    """
    return 4 * places + (6 * 4 + 2 * 8 + 16 + 12) * nodes + (8 if wide else 5) * edges


@dataclass(slots=True)
class _Graph:
    offsets: Sequence[int]
    targets: Sequence[int]
    taken: Sequence[int]


class _Pending:
    """Where one property is pending."""

    def __init__(self, exploration: NativeExploration, fair: Fairness) -> None:
        store = exploration.store
        count, edges = store.count, exploration.transitions
        self._exploration, self._store, self._fair = exploration, store, fair
        wide = len(fair.does) > NARROW
        self._sizes = {
            **dict.fromkeys(
                ("numbers", "roots", "index", "stack", "path", "lows", "part", "again", "queue"), 4 * count
            ),
            **dict.fromkeys(("offsets", "enabled", "nexts", "came"), 8 * (count + 1)),
            "at": 4 * store.places,
            "targets": 4 * edges,
            "taken": (4 if wide else 1) * edges,
        }
        self._arrays: dict[str, Words] = {name: Words(size // 8 + 1) for name, size in self._sizes.items()}
        self._does = (ctypes.c_uint64 * (len(fair.does) + 1))(*fair.does)
        self.cycles = cycles.Cycles(
            wide=wide,
            weak=fair.weak,
            strong=fair.strong,
            does=ctypes.addressof(self._does),
            **{name: array.address for name, array in self._arrays.items()},
        )
        self._at = ctypes.addressof(self.cycles)

    def find(self, trigger: int, goal: int, *, only_initially: bool) -> None:
        """Find the nodes, and the steps between them."""
        levels, store = self._exploration.levels, self._store
        if store.count >= NUMBERS:
            raise TooLarge(f"there are {NUMBERS:,} states or more")
        initial = levels[1] if only_initially and len(levels) > 1 else store.count
        self._call(cycles.pending, store.at, self._at, trigger, goal, initial)
        if not self.cycles.begun:
            return
        most = self._exploration.transitions
        needed = memory_needed(self.cycles.nodes, most, store.places, wide=bool(self.cycles.wide))
        if needed > store.spare:
            raise TooLarge(f"it takes up to {needed >> 20} MiB more (--max-memory)")
        self._call(cycles.connect, store.at, self._at, *store.scratch())

    def lasso(self) -> Lasso | None:
        """Return a lasso, None if fairness leads out of what is pending from everywhere."""
        if not self.cycles.begun or not self._parts():
            return None
        levels, numbers = self._exploration.levels, self._view("numbers", "I")
        roots = self._view("roots", "I")[: self.cycles.begun]
        depths = [bisect_right(roots, end - 1, key=numbers.__getitem__) for end in (*levels[1:], self._store.count)]
        due = (ctypes.c_int64 * len(depths))(*depths)
        entry = self._call(cycles.stem, self._at, ctypes.addressof(due), len(depths))
        trigger, way = self._back(entry)
        part = self._view("part", "I")
        arena = Arena(self._graph(), self._fair, self._view("enabled", "Q")[: self.cycles.nodes])
        cycle = fair_cycle(arena, entry, lambda node: part[node] == part[entry])
        return Lasso(numbers[trigger], *(_numbered(edges, numbers) for edges in (way, cycle)))

    def _parts(self) -> int:
        """Decompose, and what strong fairness asks for once more; return how many fair parts there are."""
        other = Words(self._sizes["again"] // 8 + 1)
        spare = other.address
        roots, count = self.cycles.roots, self.cycles.begun
        while count:
            self._call(cycles.decompose, self._at, roots, count)
            roots, count = self.cycles.again, self.cycles.left
            self.cycles.again, self.cycles.left, spare = spare, 0, roots
            self._call(cycles.reopen, self._at, roots, count)
        return int(self.cycles.parts)

    def _back(self, node: int) -> tuple[int, tuple[Edge, ...]]:
        """Return the node in which the way to `node` begins, and the way."""
        graph, came = self._graph(), self._view("came", "q")
        way: list[Edge] = []
        while came[node] != cycles.ROOT:
            edge = came[node] - 1
            source = bisect_right(graph.offsets, edge) - 1
            way.append((source, graph.taken[edge], node))
            node = source
        return node, tuple(reversed(way))

    def _graph(self) -> _Graph:
        offsets = self._view("offsets", "Q")[: self.cycles.nodes + 1]
        return _Graph(offsets, self._view("targets", "I"), self._view("taken", "I" if self.cycles.wide else "B"))

    def _view(self, name: str, kind: str) -> Any:
        view: Any = self._arrays[name].view
        return view.cast("B").cast(kind)

    def _call(self, kernel: Any, *args: int) -> int:
        return self._store.program.call(kernel, *args)


def _numbered(edges: Sequence[Edge], numbers: Sequence[int]) -> tuple[Edge, ...]:
    return tuple((numbers[source], action, numbers[target]) for source, action, target in edges)
