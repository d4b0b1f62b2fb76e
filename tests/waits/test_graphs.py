"""Random wait-for graphs, each as a system whose graph is known beforehand, against networkx."""

from __future__ import annotations

from random import Random

import networkx
import pytest

from checker.interp import Interpreter
from checker.ir.nodes import Actor, Duty, Expr, Model
from checker.waits.analysis import WaitAnalysis
from checker.waits.digraph import Digraph
from checker.waits.findings import from_state
from checker.waits.kinds import Snapshot
from tests.waits.scenarios import act, equal, model, put, var


def random_graph(seed: int) -> networkx.DiGraph[int]:
    """Sparse, so that there are parts of every size, and actors that wait for nobody."""
    random = Random(seed)
    size = random.randint(2, 12)
    graph: networkx.DiGraph[int] = networkx.gnp_random_graph(size, random.uniform(0.05, 0.3), seed=seed, directed=True)
    return graph


def system(graph: networkx.DiGraph[int], *, needs_all: bool) -> Model:
    """Actor i waits until all (or any) of its successors have raised their flag, then raises its own and ends."""
    flags = {node: var(f"done{node}") for node in graph}
    actions = []
    for node in graph:
        waits: list[list[Expr]] = [[equal(flags[after], True) for after in sorted(graph[node])]]
        if not needs_all and waits[0]:
            waits = [[conjunct] for conjunct in waits[0]]
        mine = equal(flags[node], False)
        actions += [
            act(f"a{node}.go{n}", [mine, *conjuncts], [put(flags[node], True)]) for n, conjuncts in enumerate(waits)
        ]
    actors = {f"a{node}": Actor(f"a{node}", Duty.OBLIGED, finished=flag) for node, flag in flags.items()}
    return model(dict.fromkeys(flags.values(), False), actions, **actors)


def analysed(found: Model) -> tuple[WaitAnalysis, tuple[bool, ...]]:
    return WaitAnalysis(Interpreter(found)), tuple(False for _ in found.variables)


def circles(graph: networkx.DiGraph[int]) -> list[frozenset[int]]:
    return [
        frozenset(part)
        for part in networkx.strongly_connected_components(graph)
        if len(part) > 1 or graph.has_edge(*part, *part)
    ]


def names(nodes: set[int]) -> frozenset[str]:
    return frozenset(f"a{node}" for node in nodes)


@pytest.mark.parametrize("seed", range(40))
def test_who_needs_all_is_stuck_where_a_circle_can_be_reached(seed: int) -> None:
    graph = random_graph(seed)
    analysis, state = analysed(system(graph, needs_all=True))
    members = set().union(*circles(graph))
    waiting = members.union(*(networkx.ancestors(graph, node) for node in members))
    assert frozenset(analysis.names(analysis.certificates(state).dead)) == names(waiting)


@pytest.mark.parametrize("seed", range(40))
def test_who_needs_any_is_stuck_where_nobody_free_can_be_reached(seed: int) -> None:
    graph = random_graph(seed)
    analysis, state = analysed(system(graph, needs_all=False))
    free = {node for node in graph if not graph[node]}
    saved = free.union(*(networkx.ancestors(graph, node) for node in free))
    assert frozenset(analysis.names(analysis.certificates(state).dead)) == names(set(graph) - saved)


@pytest.mark.parametrize("seed", range(40))
def test_cores_are_the_circles_and_tails_lead_to_them(seed: int) -> None:
    graph = random_graph(seed)
    analysis, state = analysed(system(graph, needs_all=True))
    expected = {
        (names(set(core)), names(set().union(*(networkx.ancestors(graph, node) for node in core)) - core))
        for core in circles(graph)
    }
    partials = from_state(analysis, state, demanded=frozenset())
    assert {(frozenset(p.problem.core), frozenset(p.problem.tail)) for p in partials} == expected


@pytest.mark.parametrize("seed", range(40))
def test_blame_is_the_graph_among_the_stuck(seed: int) -> None:
    graph = random_graph(seed)
    analysis, state = analysed(system(graph, needs_all=True))
    snapshot = Snapshot(analysis, state)
    edges = {(f"a{a}", f"a{b}") for a, b in graph.edges}
    assert snapshot.blame_blocked.edges == {(a, b) for a, b in edges if {a, b} <= snapshot.stuck}


@pytest.mark.parametrize("seed", range(40))
def test_a_cycle_is_the_least_of_the_shortest_through_its_first_member(seed: int) -> None:
    wanted, found = named(seed)
    for part in found.parts_with_an_edge():
        for first in part:
            inside = wanted.subgraph(part)
            closing = [node for node in part if inside.has_edge(node, first)]
            cycles = [tuple(path) for node in closing for path in networkx.all_shortest_paths(inside, first, node)]
            assert found.shortest_cycle(part, first) == min(cycles, key=lambda cycle: (len(cycle), cycle))


@pytest.mark.parametrize("seed", range(40))
def test_reachability_and_strongly_connected_parts(seed: int) -> None:
    wanted, found = named(seed)
    parts = [frozenset(part) for part in networkx.strongly_connected_components(wanted)]
    with_an_edge = [part for part in parts if len(part) > 1 or wanted.has_edge(*part, *part)]
    assert found.parts_with_an_edge() == sorted(with_an_edge, key=min)
    some = frozenset(Random(seed).sample(sorted(wanted), 2))
    assert found.reaching(some) == frozenset().union(*(networkx.ancestors(wanted, node) for node in some)) - some
    for node in wanted:
        assert found.distances(node) == networkx.single_source_shortest_path_length(wanted, node)


def test_what_is_on_no_cycle() -> None:
    graph = Digraph()
    graph.add_edge("a", "b")
    with pytest.raises(ValueError, match="a is on no cycle"):
        graph.shortest_cycle(frozenset({"a", "b"}), "a")


def named(seed: int) -> tuple[networkx.DiGraph[str], Digraph]:
    """Return a random graph of names, twice."""
    graph = random_graph(seed)
    wanted: networkx.DiGraph[str] = networkx.DiGraph()
    found = Digraph()
    for node in graph:
        wanted.add_node(str(node))
        found.add_node(str(node))
    for source, target in graph.edges:
        wanted.add_edge(str(source), str(target))
        found.add_edge(str(source), str(target))
    return wanted, found
