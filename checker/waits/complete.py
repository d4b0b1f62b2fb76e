"""Complete detection: who can still move, exactly, over the whole explored graph.

One bit set of actors a state and level, propagated backwards to its least fixpoint. A state cannot be left by more
than its successors can: can(s) = who has an enabled action in s, who is moved by a step of the level from s, and
who can move where such a step leads. Exact if every reachable state has been expanded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from checker.engine.exploration import Exploration
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.conditions import ALL, LEVEL, OBLIGED

Item = TypeVar("Item")


class Pace(Protocol):
    """Goes through items, and may raise an exception of its own on the way: at a limit of time or memory, say."""

    def __call__(self, items: Iterable[Item], /) -> Iterable[Item]: ...


def unhurried(items: Iterable[Item], /) -> Iterable[Item]:
    """Go through `items` to the end."""
    return items


def complete(
    exploration: Exploration, analysis: WaitAnalysis, *, excused: Sequence[int] | None = None, pace: Pace = unhurried
) -> list[Certificates]:
    """Return who can never move again in each state, exactly; `excused` are those who rest or have finished, if known.

    ValueError if the exploration is not complete or kept no edges.
    """
    _require_edges(exploration)
    size = len(analysis.model.actors)
    everybody = (1 << size) - 1
    if excused is None:
        excused = [analysis.look(state)[1] for state in pace(exploration.states)]
    kinds: dict[tuple[int, int], Certificates] = {}
    found = []
    for kind in zip(_can(exploration, analysis, pace), excused, strict=True):
        if kind not in kinds:
            movable, resting = kind
            kinds[kind] = Certificates(*(everybody & ~(movable >> level * size) & ~resting for level in range(ALL + 1)))
        found.append(kinds[kind])
    return found


def _require_edges(exploration: Exploration) -> None:
    if not exploration.complete:
        raise ValueError("complete detection needs every reachable state")
    if exploration.offsets[-1] != len(exploration.targets):
        raise ValueError("complete detection needs the edges of the exploration")


def _can(exploration: Exploration, analysis: WaitAnalysis, pace: Pace) -> list[int]:
    """Return, by state, who can still move at each of the three levels: three masks, a bit an actor, in one."""
    size = len(analysis.model.actors)
    everybody = (1 << size) - 1
    thrice = sum(1 << k * size for k in range(ALL + 1))
    levels = [range(LEVEL[action.duty], ALL + 1) for action in analysis.model.actions]
    moved = [sum(analysis.moved(place) << k * size for k in ks) for place, ks in enumerate(levels)]
    # Whoever takes a step has an enabled action, which counts at every level.
    moved = [mask | analysis.bits[a.owner] * thrice for mask, a in zip(moved, analysis.model.actions, strict=True)]
    passed = [sum(everybody << k * size for k in ks) for ks in levels]
    offsets, targets, taken = exploration.offsets, exploration.targets.tolist(), exploration.taken.tolist()
    can = [0] * len(exploration.states)
    if exploration.failures:  # otherwise who has an enabled action takes a step
        can = [analysis.enabled(state) * thrice for state in pace(exploration.states)]

    def gather(state: int) -> int:
        found = can[state]
        for edge in range(offsets[state], offsets[state + 1]):
            action = taken[edge]
            found |= moved[action] | (can[targets[edge]] & passed[action])
        return found

    # Breadth-first numbers mostly grow along edges: going down settles almost everything, a worklist the rest.
    for state in pace(reversed(range(len(can)))):
        can[state] = gather(state)
    work = [state for state in pace(reversed(range(len(can)))) if gather(state) != can[state]]
    if not work:
        return can
    back = _predecessors(exploration)
    for state in pace(_popped(work)):
        found = gather(state)
        if found != can[state]:
            can[state] = found
            work += back[state]
    return can


def _popped(work: list[int]) -> Iterator[int]:
    """Yield and remove the last item as long as there is one; more may be added on the way."""
    while work:
        yield work.pop()


def _predecessors(exploration: Exploration) -> list[list[int]]:
    """Return, by state, the sources of the edges to it."""
    offsets, targets = exploration.offsets, exploration.targets
    found: list[list[int]] = [[] for _ in exploration.states]
    for source in range(len(found)):
        for target in targets[offsets[source] : offsets[source + 1]]:
            found[target].append(source)
    return found


def goal_reachable(
    exploration: Exploration, goals: Sequence[bool], *, level: int = OBLIGED, pace: Pace = unhurried
) -> list[bool]:
    """Return, by state, whether actions of `level` can still reach a state of `goals` (one flag a state)."""
    return list(map(bool, gathered(exploration, list(map(bool, goals)), level=level, pace=pace)))


def gathered(
    exploration: Exploration, seeds: Sequence[int], *, level: int = OBLIGED, pace: Pace = unhurried
) -> list[int]:
    """Return, by state, the union of the bit sets `seeds` (one a state) of all that actions of `level` lead to."""
    _require_edges(exploration)
    followed = [LEVEL[action.duty] <= level for action in exploration.model.actions]
    back: list[list[int]] = [[] for _ in exploration.states]
    for source, target, action in pace(exploration.edges()):
        if followed[action]:
            back[target].append(source)
    found = list(seeds)
    work = [state for state, bits in enumerate(found) if bits]
    while work:
        state = work.pop()
        for source in back[state]:
            if found[state] & ~found[source]:
                found[source] |= found[state]
                work.append(source)
    return found
