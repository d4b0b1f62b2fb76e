"""Complete detection on the packed states of a native search: what `exact` decides, with the same result.

One bit set a state: who can still move, at each of the three levels. It is kept where the state is in the hash table,
so that no edges are stored: each pass generates the steps again, the last states first, until nothing changes.
Breadth-first numbers mostly grow along edges, so that two passes mostly do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from checker.backends.native import memory, runtime
from checker.engine.exact import Lost
from checker.engine.native import BATCH, NativeExploration, Store
from checker.engine.select import Selection
from checker.engine.watch import Knots
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.conditions import ALL, LEVEL, MAY, OBLIGED

_LEVELS = ALL + 1


def decide_native(exploration: NativeExploration, knots: Knots) -> None:
    """Add to `knots` what complete detection finds beyond certificates, by number of state: as `exact.decide` does."""
    exact = _exact(exploration, knots.analysis)
    wanted = knots.selection.deadlock or knots.selection.orphan
    errors = (exact[OBLIGED] & numpy.int64(knots.demanded_mask)) != 0
    if wanted:
        errors |= exact[MAY] != 0
    suspects = [int(number) for number in numpy.flatnonzero(errors)]
    if not suspects:
        return
    owed = numpy.zeros(len(exploration.states), numpy.int64)
    blocked = numpy.zeros_like(owed)
    for number in suspects:
        certificates = knots.analysis.certificates(exploration.states[number])
        owed[number] = knots.violates(certificates)
        blocked[number] = bool(certificates.blocked)
    owed = _reachable(exploration, owed, level=OBLIGED)
    blocked = _reachable(exploration, blocked, level=MAY)
    for number in suspects:
        masks = Certificates(*(int(level[number]) for level in exact))
        if knots.unseen(masks):
            accounted = bool(owed[number] or (masks.blocked and blocked[number]))
            knots.record(number, exploration.states[number], masks, progress_only=accounted)


def lost_goals_native(exploration: NativeExploration, analysis: WaitAnalysis, selection: Selection) -> list[Lost]:
    """Return each `progress(actor, to=…)` that is violated, with the first state that shows it."""
    goals = [prop for prop in selection.progress if prop.to is not None]
    if not goals:
        return []
    finished, holds = _judged(exploration, "holds_finished"), _judged(exploration, "holds_goals")
    found = []
    for place, prop in enumerate(goals):
        reachable = _reachable(exploration, holds >> place & 1, level=OBLIGED)
        lost = numpy.flatnonzero((reachable == 0) & (finished & analysis.bits[prop.actor] == 0))
        if len(lost):
            found.append(Lost(prop, int(lost[0])))
    return found


def _exact(exploration: NativeExploration, analysis: WaitAnalysis) -> Sequence[Any]:
    """Return the masks of exactly stuck, blocked and dead actors by state."""
    store, actions = exploration.store, analysis.model.actions
    everybody = (1 << len(analysis.model.actors)) - 1
    owners = numpy.zeros(store.count, numpy.int64)
    runtime.owners_all(store.program.address("moves"), store.k, store.words, store.count, owners)
    seeds = numpy.repeat(owners, _LEVELS)
    levels = [[LEVEL[action.duty] <= level for level in range(_LEVELS)] for action in actions]
    moved = [analysis.moved(place) * taken for place, row in enumerate(levels) for taken in row]
    passed = [everybody * taken for row in levels for taken in row]
    can = _backwards(store, seeds, [everybody] * _LEVELS, moved, passed).reshape(-1, _LEVELS)
    excused = _judged(exploration, "holds_resting") | _judged(exploration, "holds_finished")
    return [everybody & ~can[:, level] & ~excused for level in range(_LEVELS)]


def _reachable(exploration: NativeExploration, goals: Any, *, level: int) -> Any:
    """Return, by state, whether (1 or 0) actions of `level` can still reach a state of `goals`."""
    passed = [int(LEVEL[action.duty] <= level) for action in exploration.model.actions]
    return _backwards(exploration.store, goals.astype(numpy.int64), [1], [0] * len(passed), passed)


def _judged(exploration: NativeExploration, name: str) -> Any:
    """Return by state which conditions of a function of the program hold."""
    store = exploration.store
    masks = numpy.zeros(store.count, numpy.int64)
    runtime.judge_all(store.program.address(name), store.k, store.words, store.count, masks)
    return masks


def _backwards(store: Store, seeds: Any, full: Sequence[int], moved: Sequence[int], passed: Sequence[int]) -> Any:
    """Return by state the least sets that include `seeds` and what steps give (see `runtime.sweep`)."""
    w = len(full)
    bits = memory.zeros(store.size * w).view(numpy.int64)
    place = store.k, store.words, store.count, store.table, store.size
    runtime.by_place(*place, numpy.zeros(BATCH, numpy.int64), seeds, w, bits)
    scratch = numpy.zeros_like(store.fails), numpy.zeros_like(store.hits), numpy.zeros(BATCH, numpy.int64)
    arrays = [numpy.array([*numbers, 0], numpy.int64) for numbers in (full, moved, passed)]
    while runtime.sweep(store.program.address("step"), *place, store.buffers, scratch, w, bits, *arrays, BATCH):
        pass
    result = numpy.zeros(store.count * w, numpy.int64)
    runtime.by_number(*place, w, bits, result)
    return result
