"""What certificates cannot decide: complete detection over the explored graph, and when something became inevitable."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from checker.engine.conditions import holds
from checker.engine.exploration import Exploration
from checker.engine.select import Selection
from checker.engine.watch import NOTHING, Knots, Told
from checker.ir.nodes import Progress, State
from checker.machine import Failure
from checker.waits.analysis import WaitAnalysis
from checker.waits.complete import Pace, complete, gathered, goal_reachable, unhurried
from checker.waits.conditions import LEVEL, MAY, OBLIGED

FOLLOWED = 20_000  # states looked at to find the step at which something became inevitable


@dataclass(frozen=True, slots=True)
class Lost:
    """The first state from which the goal of a `progress(actor, to=…)` cannot be reached any more."""

    prop: Progress
    number: int


def decide(exploration: Exploration, knots: Knots, *, pace: Pace = unhurried) -> None:
    """Add to `knots` what complete detection finds beyond certificates, by number of state: of whom has none in it.

    What is found of actors in a state is accounted for if obliged actions lead from there to one where a certificate
    tells of one of them something that is selected: only progress that no certificate denies is told of the former.
    So it is if they are blocked and obliged and may actions lead to such a certificate: the blocked stay blocked along
    that way. That somebody is blocked is accounted for only by what is told of the blocked: who is certainly a hostage
    may besides be blocked, and then there is a deadlock or an orphan. Afterwards what `knots` has not seen holds.
    `knots` has looked at every state, in order.
    """
    exact = complete(exploration, knots.analysis, excused=knots.excused, pace=pace)
    wrong = set(filter(knots.violates, set(exact)))
    if not wrong:
        return
    suspects = [number for number, masks in enumerate(exact) if masks in wrong]
    told = [NOTHING] * len(exploration.states)
    for number in suspects:
        told[number] = knots.told(exploration.states[number])
    ways = [
        [gathered(exploration, seeds, level=level, pace=pace) for level in (OBLIGED, MAY)]
        for seeds in zip(*told, strict=True)
    ]
    for number in suspects:
        masks, state = exact[number], exploration.states[number]
        if knots.unseen(masks) and knots.beyond(state, masks):
            accounted = Told(*(owed[number] | (free[number] & masks.blocked) for owed, free in ways))
            knots.record(number, state, masks, accounted=accounted)


def lost_goals(
    exploration: Exploration, analysis: WaitAnalysis, selection: Selection, *, pace: Pace = unhurried
) -> list[Lost]:
    """Return each `progress(actor, to=…)` that is violated, with the first state that shows it."""
    found = []
    for prop in selection.progress:
        if prop.to is None:
            continue
        goal = prop.to
        flags = [holds(analysis.machine, goal, state) for state in pace(exploration.states)]
        reachable = goal_reachable(exploration, flags, pace=pace)
        bit = analysis.bits[prop.actor]
        for number, state in enumerate(exploration.states):
            if not reachable[number] and not analysis.finished(state) & bit:
                found.append(Lost(prop, number))
                break
    return found


def inevitable_from(analysis: WaitAnalysis, states: Sequence[State], actors: Sequence[str], level: int) -> int | None:
    """Return the first of `states` (along a trace) from which on none of `actors` can move any more at `level`.

    None if that is the last one, or if more states than are followed would have to be looked at. What is looked at is
    everything that actions of the level can still reach, so the answer is exact.
    """
    mask = sum(analysis.bits[name] for name in actors)
    hopeless: set[State] = set()
    doomed = len(states) - 1
    while doomed >= 0 and _hopeless(analysis, states[doomed], mask, level, hopeless):
        doomed -= 1
    return doomed + 1 if doomed + 1 < len(states) - 1 else None


def _hopeless(analysis: WaitAnalysis, start: State, mask: int, level: int, known: set[State]) -> bool:
    """Tell whether nothing that actions of `level` can reach from `start` moves the actors; add what is to `known`."""
    actions = analysis.model.actions
    seen, queue = {start}, deque([start])
    while queue:
        state = queue.popleft()
        if state in known:
            continue
        if analysis.enabled(state) & mask or len(seen) > FOLLOWED:
            return False
        for label, target in analysis.machine.successors(state):
            if LEVEL[actions[label.action].duty] > level:
                continue
            if analysis.moved(label.action) & mask:
                return False
            if not isinstance(target, Failure) and target not in seen:
                seen.add(target)
                queue.append(target)
    known |= seen
    return True
