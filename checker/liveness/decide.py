"""Liveness decided on the whole state graph: is there a fair behaviour in which what should happen never does?

A property is violated if and only if from a reachable state in which the wait begins (the trigger holds, the goal does
not) a path of states without the goal leads to a fair cycle of such states; staying in a state is a cycle, too. The
graph must be complete: what a limit has cut off might be the way on, or the way out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

from checker.engine.conditions import mask_of
from checker.engine.exploration import Exploration
from checker.ir.nodes import Liveness
from checker.liveness.components import Arena, arena, fair_parts
from checker.liveness.demand import Demand, demand
from checker.liveness.fairness import Fairness
from checker.liveness.lasso import Lasso, lasso
from checker.machine import Machine


class TooLarge(Exception):
    """A property cannot be judged, because of its size; the text says what is too large."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one property: a lasso if it is violated. `idle` says why it demands nothing, if it does not."""

    prop: Liveness
    lasso: Lasso | None
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """Where something is pending: the states in which the wait begins, in order, and a flag for each it goes on in."""

    triggers: Sequence[int]
    region: Sequence[int]
    inside: Sequence[int]
    idle: str


class Judge:
    """Judges properties on a complete exploration with its edges and without failed steps."""

    def __init__(self, exploration: Exploration, machine: Machine) -> None:
        self._exploration = exploration
        self._machine = machine
        self._arena: Arena | None = None

    def __call__(self, prop: Liveness, fair: Fairness) -> Judged:
        """Judge one property under the given fairness; ValueError if the exploration is not as it has to be."""
        whole = self._exploration
        if not whole.complete or whole.failures or whole.offsets[-1] != len(whole.targets):
            raise ValueError("liveness needs every reachable state and every step")
        if self._arena is None or self._arena.fairness != fair:
            self._arena = arena(self._exploration, fair)
        where = pending(self._exploration, self._machine, demand(prop))
        return Judged(prop, fair_lasso(self._exploration, self._arena, where), where.idle)


def fair_lasso(exploration: Exploration, found: Arena, where: Pending) -> Lasso | None:
    """Return a lasso through what is pending, None if fairness leads out of it from everywhere."""
    parts = list(fair_parts(found, where.region))
    if not parts:
        return None
    triggers = [(number, exploration.level(number)) for number in where.triggers]
    return lasso(found, triggers, where.inside, parts)


def pending(exploration: Exploration, machine: Machine, wanted: Demand) -> Pending:
    """Return where the goal is pending: what the triggers lead to without passing a state in which it holds."""
    mask = mask_of(machine, [wanted.trigger, wanted.goal])
    first = exploration.levels[1] if len(exploration.levels) > 1 else len(exploration.states)
    last = first if wanted.initially else len(exploration.states)
    holds = bytearray(map(mask, exploration.states, repeat(None)))
    begun = [number for number in range(last) if holds[number] & 1]
    triggers = [number for number in begun if not holds[number] & 2]
    inside = bytearray(len(holds))
    region = list(triggers)
    for number in triggers:
        inside[number] = 1
    offsets, targets = exploration.offsets, exploration.targets
    for number in region:
        for edge in range(offsets[number], offsets[number + 1]):
            target = targets[edge]
            if not inside[target] and not holds[target] & 2:
                inside[target] = 1
                region.append(target)
    idle = "" if triggers else wanted.idle if begun else wanted.never
    return Pending(triggers, region, inside, idle)
