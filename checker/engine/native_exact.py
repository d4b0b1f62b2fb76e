"""Complete detection on the packed states of a native search: what `exact` decides, with the same result.

One bit set a state: who can still move, at each of the three levels. It is kept where the state is in the hash table,
so that no edges are stored: each pass generates the steps again, until nothing changes. Passes go down and up in turn,
as steps lead to higher and to lower numbers; whoever can do everything already is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from checker.backends.native import memory, passes
from checker.backends.native.runtime import BATCH
from checker.engine.exact import Lost
from checker.engine.native import NativeExploration
from checker.engine.native_detection import all_certified, one_level
from checker.engine.select import Selection
from checker.engine.watch import Knots, Told
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.conditions import ALL, LEVEL, MAY, OBLIGED

_LEVELS = ALL + 1


def decide_native(exploration: NativeExploration, knots: Knots) -> None:
    """Add to `knots` what complete detection finds beyond certificates, by number of state: as `exact.decide` does.

    That is nothing if everybody who must not be stuck, and is, has a certificate: then each state with an error is
    accounted for by itself, and each demanded actor that is stuck in it has been told when it was looked at. Warnings
    could be added still, which a state's exact blame may give beside those of its certificates; but not where nobody
    is stuck without being blocked.
    """
    is_told = not knots.first or not knots.selection.deadlock or one_level(exploration)
    if is_told and not exploration.failures and all_certified(exploration, knots):
        return
    exact = _exact(exploration, knots.analysis)
    suspects = [int(number) for number in numpy.flatnonzero(_errors(exact, knots))]
    if not suspects:
        return
    told: Any = numpy.zeros((len(Told._fields), len(exploration.states)), numpy.int64)
    for number in suspects:
        told[:, number] = knots.told(exploration.states[number])
    everybody = (1 << len(knots.analysis.model.actors)) - 1
    ways = [[_gathered(exploration, seeds, everybody, level=level) for level in (OBLIGED, MAY)] for seeds in told]
    for number in suspects:
        masks = Certificates(*(int(level[number]) for level in exact))
        state = exploration.states[number]
        if knots.unseen(masks) and knots.beyond(state, masks):
            accounted = Told(*(int(owed[number]) | (int(free[number]) & masks.blocked) for owed, free in ways))
            knots.record(number, state, masks, accounted=accounted)


def lost_goals_native(exploration: NativeExploration, analysis: WaitAnalysis, selection: Selection) -> list[Lost]:
    """Return each `progress(actor, to=…)` that is violated, with the first state that shows it."""
    goals = [prop for prop in selection.progress if prop.to is not None]
    if not goals:
        return []
    finished, holds = _judged(exploration, passes.finished_all), _judged(exploration, passes.goals_all)
    found = []
    for place, prop in enumerate(goals):
        reachable = _reachable(exploration, holds >> place & 1, level=OBLIGED)
        lost = numpy.flatnonzero((reachable == 0) & (finished & analysis.bits[prop.actor] == 0))
        if len(lost):
            found.append(Lost(prop, int(lost[0])))
    return found


def _exact(exploration: NativeExploration, analysis: WaitAnalysis) -> Sequence[Any]:
    """Return the masks of exactly stuck, blocked and dead actors by state."""
    if exploration.exact:
        return exploration.exact
    store, actions = exploration.store, analysis.model.actions
    exploration.reserve((2 + 3 * _LEVELS) * store.count)
    size = 8 * ((2 + 3 * _LEVELS) * store.count + (store.places + store.count) * _LEVELS)
    exploration.detection_bytes = max(exploration.detection_bytes, size)
    everybody = (1 << len(analysis.model.actors)) - 1
    owners, scratch = numpy.zeros(store.count, numpy.int64), numpy.zeros(4, numpy.int64)
    store.program.call(passes.owners_all, store.at, owners.ctypes.data, scratch.ctypes.data)
    seeds = numpy.repeat(owners, _LEVELS)
    levels = [[LEVEL[action.duty] <= level for level in range(_LEVELS)] for action in actions]
    moved = [analysis.moved(place) * taken for place, row in enumerate(levels) for taken in row]
    passed = [everybody * taken for row in levels for taken in row]
    can = _backwards(exploration, seeds, [everybody] * _LEVELS, moved, passed).reshape(-1, _LEVELS)
    excused = _judged(exploration, passes.resting_all) | _judged(exploration, passes.finished_all)
    exploration.exact = [everybody & ~can[:, level] & ~excused for level in range(_LEVELS)]
    return exploration.exact


def _errors(exact: Sequence[Any], knots: Knots) -> Any:
    """Return by state whether somebody is stuck there who must not be: `Knots.violates`, for all states at once."""
    errors = (exact[OBLIGED] & numpy.int64(knots.demanded_mask)) != 0
    if knots.selection.deadlock or knots.selection.orphan:
        errors |= exact[MAY] != 0
    return errors


def _reachable(exploration: NativeExploration, goals: Any, *, level: int) -> Any:
    """Return, by state, whether (1 or 0) actions of `level` can still reach a state of `goals`."""
    return _gathered(exploration, goals.astype(numpy.int64), 1, level=level)


def _gathered(exploration: NativeExploration, seeds: Any, full: int, *, level: int) -> Any:
    """Return, by state, the union of the bit sets `seeds`, within `full`, of all that actions of `level` lead to."""
    passed = [full * (LEVEL[action.duty] <= level) for action in exploration.model.actions]
    return _backwards(exploration, seeds, [full], [0] * len(passed), passed)


def _judged(exploration: NativeExploration, judge: Callable[..., None]) -> Any:
    """Return by state which conditions hold, as a kernel of `passes` judges them."""
    store = exploration.store
    masks = numpy.zeros(store.count, numpy.int64)
    store.program.call(judge, store.at, masks.ctypes.data)
    return masks


def _backwards(
    exploration: NativeExploration, seeds: Any, full: Sequence[int], moved: Sequence[int], passed: Sequence[int]
) -> Any:
    """Return by state the least sets that include `seeds` and what steps give (see `passes.sweep`)."""
    store, w = exploration.store, len(full)
    call = store.program.call
    exploration.reserve((store.places + store.count) * w)
    bits = memory.Words(store.places * w)
    call(passes.by_place, store.at, seeds.ctypes.data, w, bits.address)
    arrays = [numpy.array([*numbers, 0], numpy.int64) for numbers in (full, moved, passed)]
    arrays += [numpy.zeros(store.count, numpy.uint8)]
    own = [numpy.zeros(BATCH, numpy.int64) for _ in range(2)]
    before, after = ([array.ctypes.data for array in group] for group in (arrays, own))
    upwards = False
    while call(passes.sweep, store.at, w, bits.address, *before, *store.scratch(), *after, int(upwards)):
        upwards = not upwards
        exploration.reserve(0)
    result = numpy.zeros(store.count * w, numpy.int64)
    call(passes.by_number, store.at, w, bits.address, result.ctypes.data)
    return result
