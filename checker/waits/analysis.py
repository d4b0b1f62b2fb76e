"""Certificates from one state: who can certainly never move again.

Graph reduction (Holt 1972; Bracha & Toueg 1987) over the conjuncts of guards; soundness: `docs/semantics.md`. It is
called on every state of a search. What an actor can do and lacks depends on few variables: on where it stands, and
on what its alternatives there read. So almost every state is put together from *situations* that are known already.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple, TypeAlias

from checker.ir.nodes import FALSE, TRUE, Action, Expr, State
from checker.machine import Machine
from checker.waits.conditions import ALL, LEVEL, MAY, OBLIGED, Condition, Conditions, Masks, Support
from checker.waits.enabling import KEPT, Enabling
from checker.waits.projection import Key, Place, projection


class Certificates(NamedTuple):
    """Bit i is `model.actors[i]`; dead ⊆ blocked ⊆ stuck."""

    stuck: int
    blocked: int
    dead: int


NONE = Certificates(0, 0, 0)

Lacks: TypeAlias = tuple[int, tuple[Support, ...]]  # level of an action, and its false conjuncts


class Alternative:
    """An action its owner could take from where it stands (or any action, with its locations as `conditions`)."""

    def __init__(self, action: int, level: int, conditions: tuple[Condition, ...], moved: int) -> None:
        self.action = action
        self.level = level
        self.conditions = conditions
        self.moved = moved  # mask of owner and participants
        self.places = frozenset[Place]().union(*(condition.places for condition in conditions))
        self._key = projection(self.places)
        self._found: dict[Key, Lacks] = {}

    def enabled(self, state: State) -> bool:
        """Tell whether all its conditions hold."""
        return all(condition.holds(state) for condition in self.conditions)

    def lacks(self, state: State) -> Lacks:
        """Return its level, and who could change each of its false conditions."""
        key = self._key(state)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= KEPT:
                self._found.clear()
            false = tuple(c.support(state) for c in self.conditions if not c.holds(state))
            found = self._found[key] = (self.level, false)
        return found


class Situation(NamedTuple):
    """What one actor can do in the states that agree on what its alternatives, rest and end depend on."""

    number: int  # no other has it
    least: int  # least level at which it has an enabled action; ALL + 1 if it has none
    moved: Masks | None  # by level: whom its enabled actions move; None if it has none
    excused: bool  # it rests or has finished
    ways: tuple[Lacks, ...]  # of its alternatives; () if an obliged one is enabled
    helped: tuple[Lacks, ...]  # of the actions of others that would move it; () as well

    @property
    def waits(self) -> bool:
        """True if it has no enabled action and neither rests nor has finished."""
        return self.least > ALL and not self.excused


class _Spot:
    """Where an actor stands, and the situations it has been in there."""

    def __init__(
        self,
        alternatives: tuple[Alternative, ...],
        moved_by: tuple[Alternative, ...],
        excuses: tuple[Condition, ...],
    ) -> None:
        self.alternatives = alternatives
        self._moved_by = moved_by
        self._excuses = excuses
        parts: tuple[Alternative | Condition, ...] = (*alternatives, *moved_by, *excuses)
        self.key = projection(frozenset[Place]().union(*(part.places for part in parts)))
        self.found: dict[Key, Situation] = {}

    def situation(self, number: int, state: State) -> Situation:
        """Work out the situation in `state`."""
        moved = [0, 0, 0]
        least = ALL + 1
        for alternative in self.alternatives:
            if alternative.enabled(state):
                moved[alternative.level] |= alternative.moved
                least = min(least, alternative.level)
        excused = any(excuse.holds(state) for excuse in self._excuses)
        could = ((), ()) if least == OBLIGED else (self.alternatives, self._moved_by)
        return Situation(
            number,
            least,
            (moved[0], moved[1], moved[2]) if least <= ALL else None,
            excused,
            *(tuple(alternative.lacks(state) for alternative in group) for group in could),
        )


class _Actor:
    """What one actor can do, wherever it stands."""

    def __init__(self, index: int, analysis: WaitAnalysis) -> None:
        actor = analysis.model.actors[index]
        self.bit = 1 << index
        self.finished = analysis.excuse(actor.finished)
        self.resting = analysis.excuse(actor.resting)
        numbered = list(enumerate(analysis.model.actions))
        self._own = [
            (analysis.conjuncts(action, location=True), analysis.alternative(place))
            for place, action in numbered
            if action.owner == actor.name
        ]
        self.moved_by = tuple(
            analysis.alternative(place, located=False)
            for place, action in numbered
            if actor.name in action.participants
        )
        located = (condition.places for conditions, _ in self._own for condition in conditions)
        self.location = projection(frozenset[Place]().union(*located))
        self.spots: dict[Key, _Spot] = {}
        self._numbers = analysis.numbers

    def spot(self, state: State) -> _Spot:
        """Return where it stands."""
        key = self.location(state)
        found = self.spots.get(key)
        if found is None:
            if len(self.spots) >= KEPT:
                self.spots.clear()
            here = (alternative for where, alternative in self._own if all(part.holds(state) for part in where))
            excuses = tuple(part for part in (self.resting, self.finished) if part is not None)
            found = self.spots[key] = _Spot(tuple(here), self.moved_by, excuses)
        return found

    def situation(self, state: State) -> Situation:
        """Return its situation in `state`."""
        spot = self.spot(state)
        key = spot.key(state)
        found = spot.found.get(key)
        if found is None:
            if len(spot.found) >= KEPT:
                spot.found.clear()
            found = spot.found[key] = spot.situation(next(self._numbers), state)
        return found


class WaitAnalysis:
    """The wait-for analysis of one model. `machine.evaluate` decides what is true."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.model = machine.model
        self._conditions = Conditions(machine)
        self.bits = self._conditions.bits
        self.numbers = count()  # of situations
        self._known: dict[tuple[int, ...], Certificates] = {}
        self._actors = [_Actor(index, self) for index in range(len(self.model.actors))]
        self._places = [(actor, actor.location, actor.spots) for actor in self._actors]

    # --- building ------------------------------------------------------------------------------

    @property
    def enabling(self) -> Enabling:
        """Enabling sets of the model."""
        return self._conditions.enabling

    def condition(self, expr: Expr) -> Condition:
        """Return the condition of `expr`, one for equal expressions."""
        return self._conditions.of(expr)

    def excuse(self, expr: Expr) -> Condition | None:
        """Return the condition of `expr`, None if it never holds."""
        return None if expr == FALSE else self.condition(expr)

    def conjuncts(self, action: Action, *, location: bool) -> tuple[Condition, ...]:
        """Return the conjuncts of `action` that are locations, or those that are not."""
        found = (part.expr for part in action.guard if part.location == location and part.expr != TRUE)
        return tuple(map(self.condition, found))

    def alternative(self, place: int, *, located: bool = True) -> Alternative:
        """Return the action as an alternative; with `located` False location conjuncts are conditions too."""
        action = self.model.actions[place]
        conditions = self.conjuncts(action, location=False)
        if not located:
            conditions = self.conjuncts(action, location=True) + conditions
        return Alternative(place, LEVEL[action.duty], conditions, self.moved(place))

    def moved(self, place: int) -> int:
        """Return the mask of owner and participants of an action."""
        action = self.model.actions[place]
        mask = self.bits[action.owner]
        for name in action.participants:
            mask |= self.bits[name]
        return mask

    def names(self, mask: int) -> tuple[str, ...]:
        """Return the names of the actors in `mask`, in the model's order."""
        return tuple(actor.name for index, actor in enumerate(self.model.actors) if mask >> index & 1)

    # --- one state -----------------------------------------------------------------------------

    def alternatives(self, actor: int, state: State) -> tuple[Alternative, ...]:
        """Return the alternatives of `model.actors[actor]` in `state`."""
        return self._actors[actor].spot(state).alternatives

    def moved_by(self, actor: int) -> tuple[Alternative, ...]:
        """Return the actions that name `model.actors[actor]` as participant, locations among their conditions."""
        return self._actors[actor].moved_by

    def resting(self, state: State) -> int:
        """Return the mask of actors whose author lets them wait for ever where they stand."""
        return sum(actor.bit for actor in self._actors if actor.resting is not None and actor.resting.holds(state))

    def finished(self, state: State) -> int:
        """Return the mask of actors that have ended."""
        return sum(actor.bit for actor in self._actors if actor.finished is not None and actor.finished.holds(state))

    def enabled(self, state: State) -> int:
        """Return the mask of actors with an enabled action of any duty."""
        return sum(actor.bit for actor in self._actors if actor.situation(state).least <= ALL)

    def certificates(self, state: State) -> Certificates:
        """Return who is certainly stuck, blocked and dead in `state`. A certificate is proof, its absence is none."""
        return self.look(state)[0]

    def look(self, state: State) -> tuple[Certificates, int]:
        """Return the certificates in `state`, and the mask of actors that rest or have finished.

        Who has one depends on nothing but the situations of those who are not sure to move, and on whom the rest move.
        """
        candidates = resting = 0
        obliged, may, fault = 0, 0, 0  # who has an enabled action, or is moved by one
        waiting: list[tuple[int, Situation]] = []
        for actor, location, spots in self._places:
            spot = spots.get(location(state))
            situation = None if spot is None else spot.found.get(spot.key(state))
            if situation is None:
                situation = actor.situation(state)
            _, least, moved, excused, _, _ = situation
            if moved is not None:
                obliged |= moved[OBLIGED]
                may |= moved[MAY]
                fault |= moved[ALL]
            elif not excused:
                candidates |= actor.bit
            if excused:
                resting |= actor.bit
            if least != OBLIGED:
                waiting.append((actor.bit, situation))
        if not candidates & ~obliged:
            return NONE, resting
        key = (obliged, may, fault, *[situation.number for _, situation in waiting])
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = _reduced(candidates, (obliged, may, fault), waiting)
        return found, resting


def _reduced(candidates: int, moving: Masks, waiting: Sequence[tuple[int, Situation]]) -> Certificates:
    """Reduce level by level; as soon as every candidate lives at one, it lives at all higher ones."""
    found = [0, 0, 0]
    live = 0
    for level in (OBLIGED, MAY, ALL):
        live = _live(candidates, level, live | moving[level], waiting)
        left = candidates & ~live
        if not left:
            break
        found[level] = sum(
            bit
            for bit, situation in waiting
            if bit & left and not any(_met(false, level, live) for _, false in situation.ways)
        )
    return Certificates(*found)


def _live(candidates: int, level: int, live: int, waiting: Sequence[tuple[int, Situation]]) -> int:
    """Return the least set that includes `live` and everybody whom it lets move at `level`.

    A part of it, if that is enough to see that all `candidates` are in it.
    """
    changed = True
    while changed and candidates & ~live:
        changed = False
        for bit, situation in waiting:
            if not bit & live and (_some_met(situation.ways, level, live) or _some_met(situation.helped, level, live)):
                live |= bit
                changed = True
    return live


def _some_met(ways: Sequence[Lacks], level: int, live: int) -> bool:
    return any(least <= level and _met(false, level, live) for least, false in ways)


def _met(false: Sequence[Support], level: int, live: int) -> bool:
    return all(support.lives(level, live) for support in false)
