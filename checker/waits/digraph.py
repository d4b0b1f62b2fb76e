"""Directed graphs of actors: cycles, strongly connected parts, reachability.

They have as many nodes as a model has actors, so each question is answered by following the edges. networkx would
take longer to load than most specs take to check (ADR 17); it is the judge in `tests/waits/test_graphs.py`.
"""

from __future__ import annotations

from collections.abc import Iterable


class Digraph:
    """A graph of names."""

    def __init__(self) -> None:
        self._targets: dict[str, dict[str, None]] = {}  # in the order in which they were added

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        """All (source, target)."""
        return frozenset((source, target) for source, targets in self._targets.items() for target in targets)

    def add_node(self, node: str) -> None:
        self._targets.setdefault(node, {})

    def add_edge(self, source: str, target: str) -> None:
        self.add_node(target)
        self._targets.setdefault(source, {})[target] = None

    def targets(self, node: str) -> frozenset[str]:
        """Return the nodes that edges from `node` lead to."""
        return frozenset(self._targets[node])

    def joined(self, other: Digraph) -> Digraph:
        """Return the graph with the nodes and edges of both."""
        found = Digraph()
        for graph in (self, other):
            for node, targets in graph._targets.items():
                found._targets.setdefault(node, {}).update(targets)
        return found

    def distances(self, source: str) -> dict[str, int]:
        """Return how many edges away from `source` each node is that can be reached: itself 0."""
        found = {source: 0}
        pending = [source]
        for node in pending:
            for target in self._targets[node]:
                if target not in found:
                    found[target] = found[node] + 1
                    pending.append(target)
        return found

    def reaching(self, targets: Iterable[str]) -> frozenset[str]:
        """Return who has a path to one of `targets`; they are left out."""
        wanted = frozenset(targets)
        return frozenset(node for node in self._targets if not wanted.isdisjoint(self.distances(node))) - wanted

    def parts_with_an_edge(self) -> list[frozenset[str]]:
        """Return the strongly connected parts that have an edge, in the order of their first member."""
        reached = {node: self.distances(node).keys() for node in self._targets}
        parts = {frozenset(other for other in found if node in reached[other]) for node, found in reached.items()}
        return sorted((part for part in parts if len(part) > 1 or part <= self.targets(min(part))), key=min)

    def shortest_cycle(self, core: frozenset[str], first: str) -> tuple[str, ...]:
        """Return a shortest simple cycle of the part `core` through its member `first`, which begins it.

        Of several it is the least by the names on it. ValueError if `first` is on none.
        """
        seen = set[str]()
        paths: list[tuple[str, ...]] = [(first,)]
        for path in paths:  # the least of the shortest to each node: shorter ones come first, of equal length the least
            if first in self._targets[path[-1]]:
                return path
            for target in sorted(core & self.targets(path[-1]) - seen):
                seen.add(target)
                paths.append((*path, target))
        raise ValueError(f"{first} is on no cycle of {sorted(core)}")
