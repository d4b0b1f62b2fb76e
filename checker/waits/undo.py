"""What would undo a finding: which actions nobody owes, and whose obligation would."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import TypeAlias

from checker.ir.nodes import Action, Duty, State
from checker.machine import Failure
from checker.waits.analysis import WaitAnalysis
from checker.waits.conditions import LEVEL, OBLIGED, Support

Allowed: TypeAlias = Callable[[Action], bool]

SEARCHED = 2_000  # states looked at to confirm that an obligation helps
LARGEST = 3  # actors that may have to be obliged together


def at_level(level: int) -> Allowed:
    """Return whether an action's duty is in the level."""
    return lambda action: LEVEL[action.duty] <= level


def live_with(analysis: WaitAnalysis, state: State, level: int) -> int:
    """Return the mask of `live` at a level: everybody who is not certainly unable to move."""
    return live_under(analysis, state, at_level(level))


def live_under(analysis: WaitAnalysis, state: State, allowed: Allowed) -> int:
    """Return the mask of whom `allowed` actions may move: a least fixpoint, as in `analysis`."""
    permitted = _permitted(analysis, allowed)
    ways: list[list[tuple[Support, ...]]] = []
    for index in range(len(analysis.model.actors)):
        found = (*analysis.alternatives(index, state), *analysis.moved_by(index))
        ways.append([way.lacks(state)[1] for way in found if way.action in permitted])
    live = 0
    changed = True
    while changed:
        changed = False
        for index, lists in enumerate(ways):
            if not live >> index & 1 and any(all(_helped(s, analysis, permitted, live) for s in way) for way in lists):
                live |= 1 << index
                changed = True
    return live


def freed_under(analysis: WaitAnalysis, state: State, allowed: Allowed) -> int:
    """Return the mask of who may be moved by `allowed` actions, or be given the choice of an action of any duty."""
    permitted = _permitted(analysis, allowed)
    live = live_under(analysis, state, allowed)
    return live | sum(
        1 << index
        for index in range(len(analysis.model.actors))
        if not live >> index & 1
        and any(
            all(_helped(support, analysis, permitted, live) for support in way.lacks(state)[1])
            for way in analysis.alternatives(index, state)
        )
    )


def _permitted(analysis: WaitAnalysis, allowed: Allowed) -> frozenset[int]:
    return frozenset(place for place, action in enumerate(analysis.model.actions) if allowed(action))


def _helped(support: Support, analysis: WaitAnalysis, permitted: frozenset[int], live: int) -> bool:
    actions = analysis.model.actions
    if any(place in permitted and analysis.bits[actions[place].owner] & live for place in support.actions):
        return True
    if support.count is None:
        return False
    return sum(_helped(part, analysis, permitted, live) for part in support.count.elements) >= support.count.missing


def undoing(analysis: WaitAnalysis, state: State, level: int, focus: Iterable[str]) -> tuple[Action, ...]:
    """Return the actions beyond `level` each of which, if it were owed, would let all of `focus` move again.

    A search says so; where it would take more than 2000 states, the fixpoint does, which may list one too many.
    """
    wanted = frozenset(focus)
    mask = sum(analysis.bits[name] for name in wanted)
    within = at_level(level)
    found = []
    for action in sorted(analysis.model.actions, key=lambda action: LEVEL[action.duty]):
        allowed = _one_more(within, action)
        if within(action) or mask & ~freed_under(analysis, state, allowed):
            continue
        if _all_move(analysis, state, allowed, wanted) is not False:
            found.append(action)
    return tuple(found)


def _one_more(allowed: Allowed, more: Action) -> Allowed:
    return lambda action: action is more or allowed(action)


def obligations(analysis: WaitAnalysis, state: State, focus: Iterable[str]) -> tuple[str, ...]:
    """Return a smallest set of actors whose may-actions, if they were owed, would let all of `focus` move again.

    () if there is none of at most three actors, or if the search that confirms it (of 2000 states) does not.
    """
    wanted = frozenset(focus)
    mask = sum(analysis.bits[name] for name in wanted)
    if mask & ~freed_under(analysis, state, lambda action: action.duty is not Duty.FAULT):
        return ()
    willing = {action.owner for action in analysis.model.actions if action.duty is Duty.MAY}
    candidates = [actor.name for actor in analysis.model.actors if actor.name in willing]
    for count in range(1, LARGEST + 1):
        for chosen in combinations(candidates, count):
            allowed = _obliging(frozenset(chosen))
            if (
                not mask & ~freed_under(analysis, state, allowed)
                and _all_move(analysis, state, allowed, wanted) is True
            ):
                return chosen
    return ()


def _obliging(actors: frozenset[str]) -> Allowed:
    return lambda action: LEVEL[action.duty] == OBLIGED or (action.duty is Duty.MAY and action.owner in actors)


def _all_move(analysis: WaitAnalysis, state: State, allowed: Allowed, wanted: frozenset[str]) -> bool | None:
    """Tell whether each of `wanted` is moved, or has an action enabled, somewhere `allowed` actions lead.

    None if that is not known after `SEARCHED` states.
    """
    left = sum(analysis.bits[name] for name in wanted)
    seen = {state}
    queue = deque([state])
    while queue and left:
        before = queue.popleft()
        left &= ~analysis.enabled(before)
        for label, after in analysis.machine.successors(before):
            if isinstance(after, Failure) or not allowed(analysis.model.actions[label.action]):
                continue
            left &= ~analysis.moved(label.action)
            if after not in seen and len(seen) < SEARCHED:
                seen.add(after)
                queue.append(after)
    return True if not left else False if len(seen) < SEARCHED else None
