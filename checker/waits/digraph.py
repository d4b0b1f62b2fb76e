"""Directed graphs of some dozens of actors: cycles, strongly connected parts, reachability.

Small, so the plainest algorithms do; our own, because a library for graphs takes longer to load than most checks take.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Digraph:
    """Nodes with the nodes that edges lead to."""

    targets: dict[str, set[str]] = field(default_factory=dict)

    def add_node(self, node: str) -> None:
        self.targets.setdefault(node, set())

    def add_edge(self, source: str, target: str) -> None:
        self.add_node(target)
        self.targets.setdefault(source, set()).add(target)

    def has_edge(self, source: str, target: str) -> bool:
        return target in self.targets.get(source, ())

    def joined(self, other: Digraph) -> Digraph:
        """Return the graph with the nodes and edges of both."""
        both = {node: set(targets) for node, targets in self.targets.items()}
        for node, targets in other.targets.items():
            both.setdefault(node, set()).update(targets)
        return Digraph(both)

    def distances(self, source: str) -> dict[str, int]:
        """Return how many edges away from `source` each node is that can be reached: itself 0."""
        found, queue = {source: 0}, deque([source])
        while queue:
            node = queue.popleft()
            for target in self.targets.get(node, ()):
                if target not in found:
                    found[target] = found[node] + 1
                    queue.append(target)
        return found

    def reaching(self, targets: Iterable[str]) -> frozenset[str]:
        """Return who has a path to one of `targets`; they are left out."""
        wanted = frozenset(targets)
        return frozenset(node for node in self.targets if node not in wanted and wanted & self.distances(node).keys())

    def parts_with_an_edge(self) -> list[frozenset[str]]:
        """Return the strongly connected parts that have an edge, in the order of their first member."""
        reached = {node: self.distances(node).keys() for node in self.targets}
        parts = {frozenset(n for n in reached[node] if node in reached[n]) for node in self.targets}
        return sorted((part for part in parts if len(part) > 1 or self.has_edge(*part, *part)), key=min)

    def shortest_cycle(self, core: frozenset[str], first: str) -> tuple[str, ...]:
        """Return a shortest simple cycle of the part `core` through its member `first`, which begins it.

        Of several it is the least by the names on it.
        """
        paths, seen = deque[tuple[str, ...]]([(first,)]), {first}
        while paths:
            path = paths.popleft()
            if self.has_edge(path[-1], first):
                return path
            for target in sorted((self.targets[path[-1]] & core) - seen):
                seen.add(target)
                paths.append((*path, target))
        raise ValueError(f"{first} is on no cycle of {sorted(core)}")
