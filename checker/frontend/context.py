"""What one compilation shares: diagnostics, what the last round learned, and what this round declares.

Compilation runs in rounds. A property may ask where a task stands, `owned(T)` ranges over the slots
of all tasks, a sequence of actors has room for all of them: things known only when everything has been
compiled once. Each round starts from what the last one found; it ends when nothing new is learned.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from checker.diagnostics import Diagnostic
from checker.frontend.source import Library, Module
from checker.frontend.values import literal, owns
from checker.ir.build import apply, conjunction, element, negation, unwrap
from checker.ir.build import field as field_of
from checker.ir.domains import EnumT, MapT, OptionT, OwnT, RecordT, SeqT, Type, Value, values
from checker.ir.nodes import TRUE, Const, Expr, Var
from checker.ir.ops import Op
from checker.loc import NOWHERE, Loc

MAX_ROUNDS = 8
START, DONE, IDLE = "start", "done", "idle"  # values of every program counter; idle: a branch not running


class Reject(Exception):
    """A mistake that makes the statement at hand meaningless; compilation goes on with the next one."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Effect(Reject):
    """Something that changes the state, where only a condition may stand."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of type Own(item), the condition under which it exists and is full, and its name."""

    item: Type
    place: Expr
    full: Expr
    shown: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the last round found out."""

    actors: tuple[str, ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()  # activity → its program counter's values
    variables: tuple[tuple[str, Type], ...] = ()
    transient: frozenset[str] = frozenset()  # slots of tasks that are empty at every wait

    def actor_type(self) -> EnumT:
        return EnumT("Actor", self.actors or ("?",))

    def pc_type(self, activity: str) -> EnumT:
        return EnumT(f"{activity}.pc", dict(self.labels).get(activity, (START, DONE)))


@dataclass(slots=True)
class Declared:
    """A state variable of this round."""

    type: Type
    inits: tuple[Value, ...]
    owner: str = ""
    loc: Loc = NOWHERE
    fixed: bool = False


@dataclass(slots=True)
class Context:
    library: Library
    known: Known
    local_types: dict[str, Type]  # widened from round to round
    settings: dict[str, Value]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    fixed_types: set[str] = field(default_factory=set)  # locals with an annotation
    variables: dict[str, Declared] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # declared locations: variable → actor
    slot_names: dict[Expr, str] = field(default_factory=dict)  # element of an `owned` quantifier → its slot
    inlining: list[tuple[ast.AST, str]] = field(
        default_factory=list
    )  # helpers being inlined and whose, outermost first
    evaluating: list[ast.expr] = field(default_factory=list)  # module constants being evaluated
    _slots: list[Slot] | None = None

    def reject(self, code: str, message: str, module: Module, node: ast.AST, fix: str = "") -> Reject:
        kind = Effect if code == "K015" else Reject
        return kind(Diagnostic(code, message, module.loc(node), fix))

    def report(self, error: Reject) -> None:
        if error.diagnostic not in self.diagnostics:
            self.diagnostics.append(error.diagnostic)

    def slots(self, item: Type) -> list[Slot]:
        """Return every slot of type Own(item) in the model, as of the last round."""
        return [slot for slot in self.every_slot() if slot.item == item]

    def every_slot(self) -> list[Slot]:
        if self._slots is None:
            self._slots = [
                slot
                for name, kind in self.known.variables
                if owns(kind) and name not in self.known.transient
                for slot in _slots(Var(name, kind), TRUE, name)
            ]
        return self._slots


def _slots(place: Expr, exists: Expr, shown: str) -> list[Slot]:
    match place.type:
        case OwnT(item):
            full = conjunction((exists, negation(apply(Op.IS_NONE, place))))
            inner = _slots(unwrap(place), full, shown) if owns(item) else []
            return [Slot(item, place, full, shown), *inner]
        case OptionT(item) if owns(item):
            return _slots(unwrap(place), conjunction((exists, negation(apply(Op.IS_NONE, place)))), shown)
        case RecordT(_, fields):
            parts = [(field_of(place, name), exists, f"{shown}.{name}") for name, part in fields if owns(part)]
        case MapT(key, item) if owns(item):
            parts = [(element(place, Const(value, key)), exists, f"{shown}[{value}]") for value in values(key)]
        case SeqT(item, capacity) if owns(item):
            length = apply(Op.LEN, place)
            parts = [
                (element(place, index), conjunction((exists, apply(Op.GT, length, index))), f"{shown}[{index.value}]")
                for index in map(literal, range(capacity))
            ]
        case _:
            return []
    return [slot for part in parts for slot in _slots(*part)]
