"""Fair cycles of a graph: strongly connected parts, with recursion where strong fairness asks for it.

A set of states in which an unfair cycle is the only one may contain a smaller fair one: where a strongly fair action is
enabled in some states of a part and taken nowhere in it, a fair cycle must avoid these states, so they are cut out and
the rest is decomposed again (Lichtenstein & Pnueli 1985; Emerson & Lei 1987, Streett automata). Weak fairness needs no
recursion: an actor that has something enabled in all states of a part and takes nothing in it is so in every
smaller part. Strongly connected parts: Tarjan 1972, without recursion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from checker.liveness.fairness import Fairness


class Graph(Protocol):
    """State i has the edges `offsets[i]` to `offsets[i + 1]` of `targets` and `taken` (actions)."""

    @property
    def offsets(self) -> Sequence[int]: ...
    @property
    def targets(self) -> Sequence[int]: ...
    @property
    def taken(self) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class Steps:
    """A graph in lists, which are read faster than arrays."""

    offsets: list[int]
    targets: list[int]
    taken: list[int]


@dataclass(frozen=True, slots=True)
class Arena:
    """A graph and what fairness asks in it. `enabled` are the conditions enabled in each state."""

    graph: Graph
    fairness: Fairness
    enabled: Sequence[int]

    def __len__(self) -> int:
        return len(self.enabled)


def arena(graph: Graph, fairness: Fairness) -> Arena:
    """Return the arena of a graph whose edges are all steps of its states."""
    steps = Steps(list(graph.offsets), list(graph.targets), list(graph.taken))
    conditions = [fairness.does[action] for action in steps.taken]
    enabled = []
    for begin, end in pairwise(steps.offsets):
        found = 0
        for bits in conditions[begin:end]:
            found |= bits
        enabled.append(found)
    return Arena(steps, fairness, enabled)


def fair_parts(arena: Arena, region: Sequence[int]) -> Iterator[list[int]]:
    """Yield disjoint strongly connected parts of `region` through all states of each of which a fair cycle goes.

    Every fair cycle in `region` lies within one of them. Staying in a state for ever counts as a cycle.
    """
    fairness, enabled = arena.fairness, arena.enabled
    search = _Components(arena.graph, len(arena))
    work: list[Sequence[int]] = [region]
    while work:
        for part in search.of(work.pop()):
            done = _done_within(arena, part)
            always, sometime = -1, 0
            for node in part:
                always &= enabled[node]
                sometime |= enabled[node]
            if fairness.weak & always & ~done:
                continue
            starved = fairness.strong & sometime & ~done
            if not starved:
                yield part
            elif rest := [node for node in part if not enabled[node] & starved]:
                work.append(rest)


def _done_within(arena: Arena, part: Sequence[int]) -> int:
    """Return the conditions that steps between states of `part` meet."""
    offsets, targets, taken, does = arena.graph.offsets, arena.graph.targets, arena.graph.taken, arena.fairness.does
    inside = part if len(part) == 1 else frozenset(part)
    done = 0
    for node in part:
        for edge in range(offsets[node], offsets[node + 1]):
            if targets[edge] in inside:
                done |= does[taken[edge]]
    return done


class _Components:
    """Strongly connected components of parts of a graph, one part after the other."""

    def __init__(self, graph: Graph, size: int) -> None:
        self._graph = graph
        self._part = [0] * size  # the last part a state was in
        self._parts = 0
        self._index = [0] * size  # order of discovery, from 1; 0: not yet, `finished`: done with
        self._low = [0] * size
        self._finished = size + 1
        self._found = 0
        self._stack: list[int] = []

    def of(self, nodes: Sequence[int]) -> Iterator[list[int]]:
        """Yield the components of the graph of `nodes`, single states included, before those that lead to them."""
        self._parts += 1
        for node in nodes:
            self._part[node] = self._parts
            self._index[node] = 0
        self._found = 0
        for root in nodes:
            if not self._index[root]:
                yield from self._from(root, self._parts)

    def _enter(self, node: int) -> None:
        self._found += 1
        self._index[node] = self._low[node] = self._found
        self._stack.append(node)

    def _from(self, root: int, number: int) -> list[list[int]]:
        """Return the components that `root` leads to and nobody has found yet, its own last."""
        found = []
        offsets, targets = self._graph.offsets, self._graph.targets
        part, index, low = self._part, self._index, self._low
        self._enter(root)
        path = [(root, offsets[root])]
        while path:
            node, edge = path.pop()
            end, least, child = offsets[node + 1], low[node], -1
            while edge < end:
                target = targets[edge]
                edge += 1
                if part[target] == number:
                    if not index[target]:
                        child = target
                        break
                    if index[target] < least:
                        least = index[target]
            low[node] = least
            if child >= 0:
                path.append((node, edge))
                self._enter(child)
                path.append((child, offsets[child]))
                continue
            if least == index[node]:
                found.append(self._pop(node))
            if path:
                above = path[-1][0]
                if least < low[above]:
                    low[above] = least
        return found

    def _pop(self, root: int) -> list[int]:
        place = len(self._stack) - 1
        while self._stack[place] != root:
            place -= 1
        found = self._stack[place:]
        del self._stack[place:]
        for node in found:
            self._index[node] = self._finished
        return found
