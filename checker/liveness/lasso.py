"""A counterexample to liveness: a way to a fair cycle, and once round it.

The stem is a shortest one to any state of a fair cycle. The cycle is a shortest fair one through that state, found by
breadth-first search over states and what is still to be met; where that would be too much, one that meets one
condition after the other, each by a shortest way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from checker.liveness.components import Arena

SEARCHED = 200_000  # pairs of a state and what is met, looked at for a shortest cycle

Edge: TypeAlias = tuple[int, int, int]  # source, action, target
Inside: TypeAlias = Callable[[int], bool]
Goal: TypeAlias = Callable[[int, int], bool]  # of the target of an edge and the action: it is what is looked for


@dataclass(frozen=True, slots=True)
class Lasso:
    """From a state in which the wait begins along `way` to a cycle; an empty `cycle` stays where the way ends."""

    trigger: int
    way: tuple[Edge, ...]
    cycle: tuple[Edge, ...]

    @property
    def entry(self) -> int:
        """Return the state to which the cycle comes back."""
        return self.way[-1][2] if self.way else self.trigger


def lasso(
    arena: Arena, triggers: Sequence[tuple[int, int]], pending: Sequence[int], parts: Sequence[list[int]]
) -> Lasso:
    """Return a lasso from one of `triggers` (number and depth, least depth first) through `pending` to one of `parts`.

    `pending` has a flag a state. There is a way: each of `parts` can be reached from a trigger.
    """
    part_of = {node: place for place, part in enumerate(parts) for node in part}
    trigger, way = _stem(arena, triggers, pending, part_of)
    entry = way[-1][2] if way else trigger
    return Lasso(trigger, way, fair_cycle(arena, entry, frozenset(parts[part_of[entry]]).__contains__))


def _stem(
    arena: Arena, triggers: Sequence[tuple[int, int]], pending: Sequence[int], ends: dict[int, int]
) -> tuple[int, tuple[Edge, ...]]:
    """Go forward from all triggers at once, each begun when its depth is reached, to the first of `ends`."""
    graph = arena.graph
    offsets, targets, taken = graph.offsets, graph.targets, graph.taken
    came: dict[int, Edge | None] = {}
    frontier: list[int] = []
    begun, depth = 0, triggers[0][1]
    while True:
        while begun < len(triggers) and triggers[begun][1] <= depth:
            node = triggers[begun][0]
            begun += 1
            if node not in came:
                came[node] = None
                frontier.append(node)
        for node in frontier:
            if node in ends:
                return _back(node, came)
        following = []
        for node in frontier:
            for edge in range(offsets[node], offsets[node + 1]):
                target = targets[edge]
                if pending[target] and target not in came:
                    came[target] = (node, taken[edge], target)
                    following.append(target)
        frontier, depth = following, depth + 1


def _back(node: int, came: dict[int, Edge | None]) -> tuple[int, tuple[Edge, ...]]:
    way: list[Edge] = []
    while (edge := came[node]) is not None:
        way.append(edge)
        node = edge[0]
    return node, tuple(reversed(way))


# --- the cycle ---------------------------------------------------------------------------------


def fair_cycle(arena: Arena, entry: int, inside: Inside) -> tuple[Edge, ...]:
    """Return a fair cycle through `entry`, within the fair part that it is in; () to stay there."""
    found = _shortest(arena, entry, inside)
    return one_by_one(arena, entry, inside) if found is None else found


def _shortest(arena: Arena, entry: int, inside: Inside) -> tuple[Edge, ...] | None:
    """Return a shortest one; None if too much would have to be looked at.

    Searched are pairs of a state and what was met on the way: conditions taken, or (weak ones) not enabled
    somewhere, and strong ones seen enabled.
    """
    graph, fairness, enabled = arena.graph, arena.fairness, arena.enabled
    weak, strong, does = fairness.weak, fairness.strong, fairness.does

    def fair(met: int, seen: int) -> bool:
        return not (weak | seen) & ~met

    start = (entry, weak & ~enabled[entry], strong & enabled[entry])
    if fair(start[1], start[2]):
        return ()
    came: dict[tuple[int, int, int], tuple[tuple[int, int, int], Edge] | None] = {start: None}
    queue = [start]
    for here in queue:
        if len(came) > SEARCHED:
            return None
        node, met, seen = here
        for edge in range(graph.offsets[node], graph.offsets[node + 1]):
            target, action = graph.targets[edge], graph.taken[edge]
            if not inside(target):
                continue
            there = (
                target,
                met | does[action] | (weak & ~enabled[target]),
                seen | (strong & enabled[target]),
            )
            if there in came:
                continue
            came[there] = (here, (node, action, target))
            queue.append(there)
            if target == entry and fair(there[1], there[2]):
                return _unwound(there, came)
    raise AssertionError("a fair part without a fair cycle")


def _unwound(
    there: tuple[int, int, int], came: dict[tuple[int, int, int], tuple[tuple[int, int, int], Edge] | None]
) -> tuple[Edge, ...]:
    found: list[Edge] = []
    while (step := came[there]) is not None:
        there, edge = step
        found.append(edge)
    return tuple(reversed(found))


def one_by_one(arena: Arena, entry: int, inside: Inside) -> tuple[Edge, ...]:
    """Return a fair cycle that goes the shortest way to what is next to be met, as long as there is something."""
    weak, strong, does, enabled = arena.fairness.weak, arena.fairness.strong, arena.fairness.does, arena.enabled
    found: list[Edge] = []
    node, met, seen = entry, weak & ~enabled[entry], strong & enabled[entry]
    while True:
        missing = (weak | seen) & ~met

        def useful(target: int, action: int, missing: int = missing) -> bool:
            return bool((does[action] | (weak & ~enabled[target])) & missing)

        if not missing and node == entry and found:
            return tuple(found)
        way = _nearest(arena, node, inside, useful if missing else lambda target, action: target == entry)
        for edge in way:
            met |= does[edge[1]] | (weak & ~enabled[edge[2]])
            seen |= strong & enabled[edge[2]]
        found += way
        node = way[-1][2]


def _nearest(arena: Arena, start: int, inside: Inside, wanted: Goal) -> list[Edge]:
    """Return the shortest way within the part, of one step at least, whose last step is `wanted`."""
    graph = arena.graph
    came: dict[int, Edge | None] = {start: None}
    queue = [start]
    for node in queue:
        for edge in range(graph.offsets[node], graph.offsets[node + 1]):
            target, action = graph.targets[edge], graph.taken[edge]
            if not inside(target):
                continue
            if wanted(target, action):
                return [*_back(node, came)[1], (node, action, target)]
            if target not in came:
                came[target] = (node, action, target)
                queue.append(target)
    raise AssertionError("a fair part without a fair cycle")
