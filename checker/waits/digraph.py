"""Directed graphs of actors. networkx finds their cycles; whether there can be one, and who reaches whom, needs none.

So networkx is loaded only for a state that has a circle of waits: to load it takes longer than to check most specs.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx


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

    @property
    def is_acyclic(self) -> bool:
        """True if no edge is on a cycle: if nothing is left when again and again who leads to nobody is taken away."""
        left = {node: set(targets) for node, targets in self._targets.items()}
        while ends := {node for node, targets in left.items() if not targets}:
            left = {node: targets - ends for node, targets in left.items() if node not in ends}
        return not left

    def parts_with_an_edge(self) -> list[frozenset[str]]:
        """Return the strongly connected parts that have an edge, in the order of their first member."""
        if self.is_acyclic:
            return []
        graph, nx = self._graph, _networkx()
        parts = [frozenset(part) for part in nx.strongly_connected_components(graph)]
        return sorted((part for part in parts if len(part) > 1 or graph.has_edge(*part, *part)), key=min)

    def shortest_cycle(self, core: frozenset[str], first: str) -> tuple[str, ...]:
        """Return a shortest simple cycle of the part `core` through its member `first`, which begins it.

        Of several it is the least by the names on it. ValueError if `first` is on none.
        """
        inside, nx = self._graph.subgraph(core), _networkx()
        if inside.has_edge(first, first):
            return (first,)
        found = [
            (first, *path[:-1])
            for after in inside[first]
            if nx.has_path(inside, after, first)
            for path in nx.all_shortest_paths(inside, after, first)
        ]
        if not found:
            raise ValueError(f"{first} is on no cycle of {sorted(core)}")
        return min(found, key=lambda cycle: (len(cycle), cycle))

    @property
    def _graph(self) -> networkx.DiGraph[str]:
        graph: networkx.DiGraph[str] = _networkx().DiGraph({node: list(self._targets[node]) for node in self._targets})
        return graph


def _networkx() -> Any:
    return importlib.import_module("networkx")
