"""Complete detection: who can still move, exactly, over the whole explored graph.

One bit set of actors a state and level, propagated backwards to its least fixpoint. A state cannot be left by more
than its successors can: can(s) = who has an enabled action in s, who is moved by a step of the level from s, and
who can move where such a step leads. Exact if every reachable state has been expanded.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from checker.engine.exploration import Exploration
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.conditions import ALL, LEVEL, OBLIGED


@dataclass(frozen=True, slots=True)
class Complete:
    """Masks of actors by number of state: exactly stuck, blocked, dead."""

    stuck: Sequence[int]
    blocked: Sequence[int]
    dead: Sequence[int]

    def of(self, number: int) -> Certificates:
        """Return the exact masks of one state."""
        return Certificates(self.stuck[number], self.blocked[number], self.dead[number])


Item = TypeVar("Item")


class Pace(Protocol):
    """Goes through items, and may raise an exception of its own on the way: at a limit of time or memory, say."""

    def __call__(self, items: Iterable[Item], /) -> Iterable[Item]: ...


def unhurried(items: Iterable[Item], /) -> Iterable[Item]:
    """Go through `items` to the end."""
    return items


def complete(exploration: Exploration, analysis: WaitAnalysis, *, pace: Pace = unhurried) -> Complete:
    """Return who can never move again in each state; ValueError if the exploration is not complete or kept no edges."""
    _require_edges(exploration)
    size = len(analysis.model.actors)
    everybody = (1 << size) - 1
    enabled, excuses = zip(*map(analysis.standing, pace(exploration.states)), strict=True)
    can = _can(exploration, analysis, enabled, pace)
    exact: tuple[list[int], list[int], list[int]] = ([], [], [])
    for excused, movable in zip(excuses, can, strict=True):
        for level, found in enumerate(exact):
            found.append(everybody & ~(movable >> level * size) & ~excused)
    return Complete(*exact)


def _require_edges(exploration: Exploration) -> None:
    if not exploration.complete:
        raise ValueError("complete detection needs every reachable state")
    if exploration.offsets[-1] != len(exploration.targets):
        raise ValueError("complete detection needs the edges of the exploration")


def _can(exploration: Exploration, analysis: WaitAnalysis, enabled: Sequence[int], pace: Pace) -> list[int]:
    """Return, by state, who can still move at each of the three levels: three masks, a bit an actor, in one."""
    size = len(analysis.model.actors)
    everybody = (1 << size) - 1
    levels = [range(LEVEL[action.duty], ALL + 1) for action in analysis.model.actions]
    moved = [sum(analysis.moved(place) << k * size for k in ks) for place, ks in enumerate(levels)]
    passed = [sum(everybody << k * size for k in ks) for ks in levels]
    thrice = sum(1 << k * size for k in range(ALL + 1))
    can = [mask * thrice for mask in enabled]
    offsets, targets, taken = exploration.offsets, exploration.targets, exploration.taken

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
    starts, sources = predecessors(exploration)
    for state in pace(_popped(work)):
        found = gather(state)
        if found != can[state]:
            can[state] = found
            work.extend(sources[starts[state] : starts[state + 1]])
    return can


def _popped(work: list[int]) -> Iterator[int]:
    """Yield and remove the last item as long as there is one; more may be added on the way."""
    while work:
        yield work.pop()


def predecessors(exploration: Exploration) -> tuple[array[int], array[int]]:
    """Return the edges turned round: the sources of state i are `sources[starts[i] : starts[i + 1]]`."""
    starts = array("q", bytes(8 * (len(exploration.states) + 1)))
    for target in exploration.targets:
        starts[target + 1] += 1
    for state in range(len(exploration.states)):
        starts[state + 1] += starts[state]
    free = array("q", starts)
    sources = array("i", bytes(exploration.targets.itemsize * len(exploration.targets)))
    for source, target, _ in exploration.edges():
        sources[free[target]] = source
        free[target] += 1
    return starts, sources


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
