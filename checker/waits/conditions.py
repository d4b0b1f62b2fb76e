"""Conjuncts as the analysis sees them: true, or who could first change what they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from checker.ir.build import apply, negation
from checker.ir.domains import IntT
from checker.ir.leaves import reads
from checker.ir.nodes import Apply, Const, Duty, Expr, State
from checker.ir.ops import Op
from checker.machine import Machine, Undefined
from checker.waits.enabling import KEPT, Enabling
from checker.waits.projection import Key, places_of, projection

Masks: TypeAlias = tuple[int, int, int]  # actors, by level: obliged, obliged + may, all
OBLIGED, MAY, ALL = range(3)
LEVEL = {Duty.OBLIGED: OBLIGED, Duty.MAY: MAY, Duty.FAULT: ALL}  # the least level an action belongs to


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
    """A conjunct (or where an actor rests): true, or who could change that, by what it reads."""

    def __init__(self, expr: Expr, conditions: Conditions) -> None:
        self.places = places_of(reads(expr), conditions.enabling.places)
        self._expr = expr
        self._conditions = conditions
        self._read_set = conditions.enabling.read_set(expr)
        self._count = _count_form(expr)
        self._key = projection(self.places)
        self._truths: dict[Key, bool] = {}
        self._supports: dict[Key, Support] = {}

    def holds(self, state: State) -> bool:
        """Tell whether it holds in `state`; what has no value does not."""
        key = self._key(state)
        found = self._truths.get(key)
        if found is None:
            if len(self._truths) >= KEPT:
                self._truths.clear()
            found = self._truths[key] = self._conditions.true(self._expr, state)
        return found

    def support(self, state: State) -> Support:
        """Return who could first change what it reads in `state`, where it is false."""
        key = self._key(state)
        found = self._supports.get(key)
        if found is None:
            if len(self._supports) >= KEPT:
                self._supports.clear()
            found = self._supports[key] = self._find_support(state)
        return found

    def _find_support(self, state: State) -> Support:
        if self._count is None:
            return self._conditions.support_of(self._read_set.enablers(state))
        elements, bound, strict = self._count
        own = self._conditions.of(bound).support(state)
        false = tuple(part for part in map(self._conditions.of, elements) if not part.holds(state))
        try:
            needed = self._conditions.machine.evaluate(bound, state)
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


class Conditions:
    """All conditions of a model, one for equal expressions."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.enabling = Enabling(machine.model)
        self.bits = {actor.name: 1 << index for index, actor in enumerate(machine.model.actors)}
        self._found: dict[Expr, Condition] = {}

    def of(self, expr: Expr) -> Condition:
        """Return the condition of `expr`."""
        found = self._found.get(expr)
        if found is None:
            found = self._found[expr] = Condition(expr, self)
        return found

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
            action = self.machine.model.actions[place]
            for level in range(LEVEL[action.duty], ALL + 1):
                masks[level] |= self.bits[action.owner]
        return Support((masks[0], masks[1], masks[2]), actions)
