"""Conditions and places of a state as a reader names them: what stands in them, which block of an array is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from checker.ir.domains import OwnT, Type, Value, show
from checker.ir.nodes import (
    Action,
    Apply,
    Conjunct,
    Const,
    Expr,
    Field,
    Index,
    Make,
    Model,
    Old,
    State,
    Temp,
    Var,
    Variable,
)
from checker.ir.ops import Op
from checker.ir.text import placed
from checker.machine import Undefined

Evaluate: TypeAlias = Callable[[Expr, State], Value]
KEY = re.compile("{(.*?)}")  # in a resource: the variable that holds it
OPEN = "…"  # a key that nothing tells
MANY = 4  # more values than that do not help a message
LONG = 60  # letters: a longer value is for the trace


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a place: `len(socket.s2c)`, 1."""

    place: str
    type: Type
    value: Value


class Reader:
    """Reads the states of one model."""

    def __init__(self, model: Model, evaluate: Evaluate) -> None:
        self._model = model
        self._variables = {variable.name: (index, variable) for index, variable in enumerate(model.variables)}
        self._evaluate = evaluate

    def resource(self, conjunct: Conjunct, state: State) -> str:
        """Return what a conjunct waits for, with the keys that `state` tells: `gates[1].close`."""

        def key(found: re.Match[str]) -> str:
            index, variable = self._variables.get(found[1], (None, None))
            return OPEN if index is None or variable is None else _bare(show(variable.type, state[index]))

        return KEY.sub(key, conjunct.resource)

    def slot(self, conjunct: Conjunct) -> str:
        """Return the slot that holds what a conjunct waits for, shorter if that could mean no other slot.

        A slot of a block is named after the block's own name and field, one of a task after the task; what lies
        between that and the slot itself is left out: `fold.value…guard`.
        """
        short = self._short(conjunct.held_in)
        others = {other.held_in for action in self._model.actions for other in action.guard} - {conjunct.held_in, ""}
        return conjunct.held_in if short in map(self._short, others) else short

    def holding(self, expr: Expr, state: State, *, holds: bool = False) -> tuple[str, ...]:
        """Return the full slots of owned values by which `expr` is false in `state` (or with `holds`, true)."""
        return tuple(dict.fromkeys(self._slots(expr, state, holds)))

    def _slots(self, expr: Expr, state: State, holds: bool) -> Iterator[str]:
        if self._holds(expr, state) is not holds:
            return
        match expr:
            case Apply(Op.IS_NONE, (slot,)) if isinstance(slot.type, OwnT) and not holds:
                if (place := self.place(slot, state)) is not None:
                    yield place
            case Apply(Op.NOT, (inner,)):
                yield from self._slots(inner, state, not holds)
            case Apply(Op.AND | Op.OR, parts):
                for part in parts:
                    yield from self._slots(part, state, holds)
            case Apply(Op.LE | Op.LT | Op.EQ, (Apply(Op.COUNT, parts), _)) if not holds:
                for part in parts:
                    yield from self._slots(part, state, True)
            case _:
                return

    def _holds(self, expr: Expr, state: State) -> bool | None:
        """Tell whether `expr` is true in `state`; None if it has no value."""
        try:
            return bool(self._evaluate(expr, state))
        except Undefined:
            return None

    def _short(self, slot: str) -> str:
        owners = [actor.name for actor in self._model.actors if slot.startswith(f"{actor.name}.")]
        if owners:
            head = max(owners, key=len)
            way = slot.removeprefix(f"{head}.").split(".")
        else:
            bare = re.sub(r"\[.*?\]", "", slot) + "."
            depth = max((name.count(".") + 1 for name in self._variables if bare.startswith(f"{name}.")), default=1)
            parts = slot.split(".")
            head, way = ".".join(parts[max(0, depth - 2) : depth]), parts[depth:]
        return f"{head}…{way[-1]}" if len(way) > 1 else ".".join((head, *way))

    def point(self, action: Action, state: State) -> str:
        """Return the await point that `action` leaves, with the keys that `state` tells."""
        named = {KEY.sub(OPEN, conjunct.resource): conjunct for conjunct in action.guard}
        return self.resource(named[action.point], state) if action.point in named else action.point

    def readings(self, expr: Expr, state: State) -> tuple[Reading, ...]:
        """Return what stands in `state` in the places that `expr` reads, each once; what has no value is left out."""
        return tuple(dict.fromkeys(self._read(expr, state)))

    def where(self, expr: Expr, state: State) -> str:
        """Say what the parts of `expr` that are false in `state` read there: ` where total=1, done=2`; "" for nothing.

        What is long to tell is left out, and so is what comes after the first few.
        """
        read = dict.fromkeys(reading for part in self._false(expr, state) for reading in self._read(part, state))
        told = [f"{reading.place}={show(reading.type, reading.value)}" for reading in read]
        short = [text for text in told if len(text) <= LONG][:MANY]
        return f" where {', '.join([*short, *(['…'] if len(told) > len(short) else [])])}" if short else ""

    def _false(self, expr: Expr, state: State) -> Iterator[Expr]:
        match expr:
            case Apply(Op.AND, args):
                for arg in args:
                    yield from self._false(arg, state)
            case _:
                if not self._holds(expr, state):
                    yield expr

    def _read(self, expr: Expr, state: State) -> Iterator[Reading]:
        match expr:
            case Const() | Temp() | Old():
                return
            case Var() | Field() | Index() | Apply(Op.UNWRAP):
                if (place := self.place(expr, state)) is not None:
                    yield from self._reading(place, expr, state)
            case Apply(Op.LEN, (items,)) if (place := self.place(items, state)) is not None:
                yield from self._reading(f"len({place})", expr, state)
            case Apply(Op.COUNT):
                yield from self._reading("count", expr, state)
            case Apply(_, args) | Make(args):
                for arg in args:
                    yield from self._read(arg, state)
            case _:
                assert_never(expr)

    def _reading(self, place: str, expr: Expr, state: State) -> Iterator[Reading]:
        try:
            yield Reading(place, expr.type, self._evaluate(expr, state))
        except Undefined:
            return

    def place(self, expr: Expr, state: State) -> str | None:
        """Name a place with its keys as they are in `state`: `conns[1].held[0]`; None for what is no place."""
        steps = list[str]()
        while not isinstance(expr, Var):
            match expr:
                case Field(expr, name):
                    steps.append(f".{name}")
                case Apply(Op.UNWRAP, (expr,)):
                    pass
                case Index(expr, index):
                    steps.append(f"[{self._key(index, state)}]")
                case _:
                    return None
        return place_name(self._variables[expr.name][1], steps[::-1])

    def _key(self, index: Expr, state: State) -> str:
        try:
            return show(index.type, self._evaluate(index, state))
        except Undefined:
            return OPEN


def place_name(variable: Variable, steps: Sequence[str] = ()) -> str:
    """Return a place in `variable`, the keys of its blocks where a reader expects them: `gates[1].closed`."""
    return placed(variable.name, variable.keyed, steps)


def _bare(key: str) -> str:
    """Return a key without quotes, as in the names of actors."""
    return key.strip('"')
