"""Directed graphs of actors: cycles, strongly connected parts, reachability. networkx is the judge of all of them.

It is loaded when the first graph is made: only states that are reported, or may be, have one.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx


class Digraph:
    """A graph of names; `edges` are those of networkx."""

    def __init__(self, edges: networkx.DiGraph[str] | None = None) -> None:
        self.edges: networkx.DiGraph[str] = self._nx.DiGraph() if edges is None else edges

    @cached_property
    def _nx(self) -> Any:
        return importlib.import_module("networkx")

    def add_node(self, node: str) -> None:
        self.edges.add_node(node)

    def add_edge(self, source: str, target: str) -> None:
        self.edges.add_edge(source, target)

    def targets(self, node: str) -> frozenset[str]:
        """Return the nodes that edges from `node` lead to."""
        return frozenset(self.edges[node])

    def joined(self, other: Digraph) -> Digraph:
        """Return the graph with the nodes and edges of both."""
        return Digraph(self._nx.compose(self.edges, other.edges))

    def distances(self, source: str) -> dict[str, int]:
        """Return how many edges away from `source` each node is that can be reached: itself 0."""
        return dict(self._nx.single_source_shortest_path_length(self.edges, source))

    def reaching(self, targets: Iterable[str]) -> frozenset[str]:
        """Return who has a path to one of `targets`; they are left out."""
        wanted = frozenset(targets)
        found: set[str] = set()
        for target in wanted & frozenset(self.edges):
            found |= self._nx.ancestors(self.edges, target)
        return frozenset(found) - wanted

    def parts_with_an_edge(self) -> list[frozenset[str]]:
        """Return the strongly connected parts that have an edge, in the order of their first member."""
        parts = [frozenset(part) for part in self._nx.strongly_connected_components(self.edges)]
        return sorted((part for part in parts if len(part) > 1 or self.edges.has_edge(*part, *part)), key=min)

    def shortest_cycle(self, core: frozenset[str], first: str) -> tuple[str, ...]:
        """Return a shortest simple cycle of the part `core` through its member `first`, which begins it.

        Of several it is the least by the names on it. ValueError if `first` is on none.
        """
        inside = self.edges.subgraph(core)
        if inside.has_edge(first, first):
            return (first,)
        found = [
            (first, *path[:-1])
            for after in inside[first]
            if self._nx.has_path(inside, after, first)
            for path in self._nx.all_shortest_paths(inside, after, first)
        ]
        if not found:
            raise ValueError(f"{first} is on no cycle of {sorted(core)}")
        return min(found, key=lambda cycle: (len(cycle), cycle))
