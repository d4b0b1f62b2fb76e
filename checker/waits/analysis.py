"""Certificates from one state: who can certainly never move again.

Graph reduction (Holt 1972; Bracha & Toueg 1987) over the conjuncts of guards. It is called on every state of a
search, so everything it asks is cached by the part of the state it depends on; soundness: `docs/semantics.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from checker.ir.build import apply, negation
from checker.ir.domains import IntT
from checker.ir.nodes import FALSE, Action, Apply, Conjunct, Const, Duty, Expr, State
from checker.ir.ops import Op
from checker.ir.walk import variables
from checker.machine import Machine, Undefined
from checker.waits.enabling import KEPT, Enabling, Key, projection

Masks: TypeAlias = tuple[int, int, int]  # actors, by level: obliged, obliged + may, all
OBLIGED, MAY, ALL = range(3)
LEVEL = {Duty.OBLIGED: OBLIGED, Duty.MAY: MAY, Duty.FAULT: ALL}  # the least level an action belongs to
NOBODY: Masks = (0, 0, 0)


class Certificates(NamedTuple):
    """Bit i is `model.actors[i]`; dead ⊆ blocked ⊆ stuck."""

    stuck: int
    blocked: int
    dead: int


NONE = Certificates(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Count:
    """A false `COUNT(...) >= k`: it lacks so many, here is who could add each, and who could change k."""

    missing: int
    elements: tuple[Support, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """Who could first change what a false conjunct reads."""

    masks: Masks
    actions: tuple[int, ...]
    count: Count | None = None

    def lives(self, level: int, live: int) -> bool:
        """Tell whether one of `live` could, and with a count: whether enough could."""
        if self.count is None:
            return bool(self.masks[level] & live)
        able = sum(element.lives(level, live) for element in self.count.elements)
        return able >= self.count.missing or bool(self.masks[level] & live)


class Condition:
    """A conjunct (or where an actor rests): true, or who could change that, by the variables it reads."""

    def __init__(self, expr: Expr, analysis: WaitAnalysis) -> None:
        self.expr = expr
        self._analysis = analysis
        self._read_set = analysis.enabling.read_set(expr)
        self._count = _count_form(expr)
        self.key = projection({analysis.enabling.places[name] for name in variables(expr)})
        self._truths: dict[Key, bool] = {}
        self._supports: dict[Key, Support] = {}

    def holds(self, state: State) -> bool:
        """Tell whether it holds in `state`; what has no value does not."""
        key = self.key(state)
        found = self._truths.get(key)
        if found is None:
            if len(self._truths) >= KEPT:
                self._truths.clear()
            found = self._truths[key] = self._analysis.true(self.expr, state)
        return found

    def support(self, state: State) -> Support:
        """Return who could first change what it reads in `state`, where it is false."""
        key = self.key(state)
        found = self._supports.get(key)
        if found is None:
            if len(self._supports) >= KEPT:
                self._supports.clear()
            found = self._supports[key] = self._find_support(state)
        return found

    def _find_support(self, state: State) -> Support:
        if self._count is None:
            return self._analysis.support_of(self._read_set.enablers(state))
        elements, bound, strict = self._count
        own = self._analysis.condition(bound).support(state)
        false = tuple(part for part in map(self._analysis.condition, elements) if not part.holds(state))
        try:
            needed = self._analysis.machine.evaluate(bound, state)
        except Undefined:
            return own
        assert isinstance(needed, int)
        # At least one: with an element that has no value the count has none, however many hold.
        missing = max(1, needed + strict - (len(elements) - len(false)))
        return Support(own.masks, own.actions, Count(missing, tuple(part.support(state) for part in false)))


def _count_form(expr: Expr) -> tuple[tuple[Expr, ...], Expr, bool] | None:
    """Return elements, bound and whether `expr` is `count > bound`, if it has the form COUNT(...) >= k or > k.

    That at most k of n hold is read as: at least n - k do not.
    """
    match expr:
        case Apply(Op.GE | Op.GT as op, (Apply(Op.COUNT, elements), bound)):
            return elements, bound, op is Op.GT
        case Apply(Op.LE | Op.LT as op, (bound, Apply(Op.COUNT, elements))):
            return elements, bound, op is Op.LT
        case Apply(Op.LE | Op.LT as op, (Apply(Op.COUNT, elements), bound)):
            return *_others(elements, bound), op is Op.LT
        case Apply(Op.GE | Op.GT as op, (bound, Apply(Op.COUNT, elements))):
            return *_others(elements, bound), op is Op.GT
        case _:
            return None


def _others(elements: tuple[Expr, ...], bound: Expr) -> tuple[tuple[Expr, ...], Expr]:
    total = len(elements)
    return tuple(map(negation, elements)), apply(Op.SUB, Const(total, IntT(total, total)), bound)


@dataclass(frozen=True, slots=True)
class Alternative:
    """An action whose owner stands where it can be taken from; `conditions` are its other conjuncts."""

    action: int
    level: int
    conditions: tuple[Condition, ...]
    moved: int  # owner and participants


class _Actor:
    """What one actor can do from where it stands."""

    def __init__(self, index: int, analysis: WaitAnalysis) -> None:
        actor = analysis.model.actors[index]
        self.bit = 1 << index
        self.finished = analysis.optional(actor.finished)
        self.resting = analysis.optional(actor.resting)
        actions = [(place, action) for place, action in enumerate(analysis.model.actions)]
        self._own = [
            (analysis.conditions(action, location=True), analysis.alternative(place))
            for place, action in actions
            if action.owner == actor.name
        ]
        self.moved_by = [
            analysis.alternative(place, located=False) for place, action in actions if actor.name in action.participants
        ]
        located = [condition.expr for conditions, _ in self._own for condition in conditions]
        names = frozenset[str]().union(*map(variables, located))
        self._location = projection({analysis.enabling.places[name] for name in names})
        self._alternatives: dict[Key, tuple[Alternative, ...]] = {}

    def alternatives(self, state: State) -> tuple[Alternative, ...]:
        """Return its actions whose location conjuncts hold in `state`."""
        key = self._location(state)
        found = self._alternatives.get(key)
        if found is None:
            if len(self._alternatives) >= KEPT:
                self._alternatives.clear()
            found = self._alternatives[key] = tuple(
                alternative
                for conditions, alternative in self._own
                if all(condition.holds(state) for condition in conditions)
            )
        return found


class WaitAnalysis:
    """The wait-for analysis of one model. `machine.evaluate` decides what is true."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.model = machine.model
        self.enabling = Enabling(self.model)
        self.bits = {actor.name: 1 << index for index, actor in enumerate(self.model.actors)}
        self._conditions: dict[Expr, Condition] = {}
        self._actors = [_Actor(index, self) for index in range(len(self.model.actors))]

    # --- building ------------------------------------------------------------------------------

    def condition(self, expr: Expr) -> Condition:
        """Return the condition of `expr`, one for equal expressions."""
        found = self._conditions.get(expr)
        if found is None:
            found = self._conditions[expr] = Condition(expr, self)
        return found

    def optional(self, expr: Expr) -> Condition | None:
        """Return the condition of `expr`, None if it never holds."""
        return None if expr == FALSE else self.condition(expr)

    def conditions(self, action: Action, *, location: bool) -> tuple[Condition, ...]:
        """Return the conjuncts of `action` that are locations, or those that are not."""
        return tuple(
            self.condition(conjunct.expr)
            for conjunct in action.guard
            if conjunct.location == location and not _always(conjunct)
        )

    def alternative(self, place: int, *, located: bool = True) -> Alternative:
        """Return the action as an alternative; with `located` False location conjuncts are conditions too."""
        action = self.model.actions[place]
        conditions = self.conditions(action, location=False)
        if not located:
            conditions = self.conditions(action, location=True) + conditions
        return Alternative(place, LEVEL[action.duty], conditions, self.moved(place))

    def moved(self, place: int) -> int:
        """Return the mask of owner and participants of an action."""
        action = self.model.actions[place]
        mask = self.bits[action.owner]
        for name in action.participants:
            mask |= self.bits[name]
        return mask

    def true(self, expr: Expr, state: State) -> bool:
        """Tell whether `expr` holds in `state`; what has no value does not."""
        try:
            return bool(self.machine.evaluate(expr, state))
        except Undefined:
            return False

    def support_of(self, actions: tuple[int, ...]) -> Support:
        """Return who owns `actions`, by level."""
        masks = [0, 0, 0]
        for place in actions:
            action = self.model.actions[place]
            for level in range(LEVEL[action.duty], ALL + 1):
                masks[level] |= self.bits[action.owner]
        return Support((masks[0], masks[1], masks[2]), actions)

    def names(self, mask: int) -> tuple[str, ...]:
        """Return the names of the actors in `mask`, in the model's order."""
        return tuple(actor.name for index, actor in enumerate(self.model.actors) if mask >> index & 1)

    # --- one state -----------------------------------------------------------------------------

    def alternatives(self, actor: int, state: State) -> tuple[Alternative, ...]:
        """Return the alternatives of `model.actors[actor]` in `state`."""
        return self._actors[actor].alternatives(state)

    def moved_by(self, actor: int) -> list[Alternative]:
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
        return sum(actor.bit for actor in self._actors if any(_is_enabled(a, state) for a in actor.alternatives(state)))

    def certificates(self, state: State) -> Certificates:
        """Return who is certainly stuck, blocked and dead in `state`. A certificate is proof, its absence is none."""
        candidates, enabled, moved, waiting = self._survey(state)
        if not candidates:
            return NONE
        reduction = Reduction(waiting, state)
        found: list[int] = []
        live = 0
        for level in (OBLIGED, MAY, ALL):
            live = reduction.live(level, live | enabled[level] | moved[level])
            left = candidates & ~live
            if not left:
                return Certificates(*found, *(0,) * (3 - len(found)))
            found.append(reduction.certified(left, level, live))
        return Certificates(*found)

    def _survey(self, state: State) -> tuple[int, Masks, Masks, list[_Actor]]:
        """Return who may be stuck; by level, who has an enabled action and whom these move; who has no obliged one."""
        candidates = 0
        enabled, moved = [0, 0, 0], [0, 0, 0]
        waiting = []
        for actor in self._actors:
            least = ALL + 1
            for alternative in actor.alternatives(state):
                for condition in alternative.conditions:
                    if not condition.holds(state):
                        break
                else:
                    moved[alternative.level] |= alternative.moved
                    least = min(least, alternative.level)
            if least <= ALL:
                enabled[least] |= actor.bit
            elif not _holds(actor.resting, state) and not _holds(actor.finished, state):
                candidates |= actor.bit
            if least > OBLIGED:
                waiting.append(actor)
        return candidates, (enabled[0], enabled[1], enabled[2]), (moved[0], moved[1], moved[2]), waiting


def _always(conjunct: Conjunct) -> bool:
    return isinstance(conjunct.expr, Const) and conjunct.expr.value is True


def _holds(condition: Condition | None, state: State) -> bool:
    return condition is not None and condition.holds(state)


def _is_enabled(alternative: Alternative, state: State) -> bool:
    return all(condition.holds(state) for condition in alternative.conditions)


class Reduction:
    """The graph reduction of one state: what its waiting actors lack, gathered when first asked for."""

    def __init__(self, waiting: list[_Actor], state: State) -> None:
        self._state = state
        self._waiting = waiting
        self._own: dict[int, list[tuple[int, list[Support]]]] = {}
        self._others: dict[int, list[tuple[int, list[Support]]]] = {}

    def live(self, level: int, live: int) -> int:
        """Return the least set that includes `live` and everybody whom it lets move at `level`."""
        changed = True
        while changed:
            changed = False
            for actor in self._waiting:
                if not actor.bit & live and self._can_move(actor, level, live):
                    live |= actor.bit
                    changed = True
        return live

    def certified(self, candidates: int, level: int, live: int) -> int:
        """Return those of `candidates` (none is in `live`) of whom no action of any duty can become enabled."""
        return sum(
            actor.bit
            for actor in self._waiting
            if actor.bit & candidates and not any(_met(lacks, level, live) for _, lacks in self._lacking(actor))
        )

    def _can_move(self, actor: _Actor, level: int, live: int) -> bool:
        if any(least <= level and _met(lacks, level, live) for least, lacks in self._lacking(actor)):
            return True
        return any(least <= level and _met(lacks, level, live) for least, lacks in self._moved_by(actor))

    def _lacking(self, actor: _Actor) -> list[tuple[int, list[Support]]]:
        found = self._own.get(actor.bit)
        if found is None:
            found = self._own[actor.bit] = list(self._supports(actor.alternatives(self._state)))
        return found

    def _moved_by(self, actor: _Actor) -> list[tuple[int, list[Support]]]:
        found = self._others.get(actor.bit)
        if found is None:
            found = self._others[actor.bit] = list(self._supports(actor.moved_by))
        return found

    def _supports(self, alternatives: Iterable[Alternative]) -> Iterator[tuple[int, list[Support]]]:
        for alternative in alternatives:
            yield (
                alternative.level,
                [c.support(self._state) for c in alternative.conditions if not c.holds(self._state)],
            )


def _met(lacks: list[Support], level: int, live: int) -> bool:
    return all(support.lives(level, live) for support in lacks)
