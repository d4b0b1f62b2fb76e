"""What one compilation shares: diagnostics, what the last round learned, and what this round declares.

Compilation runs in rounds. A property may ask where a task stands, `owned(T)` ranges over the slots
of all tasks, a sequence of actors has room for all of them: things known only when everything has been
compiled once. Each round starts from what the last one found; it ends when nothing new is learned.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from checker.diagnostics import Diagnostic, SpecError
from checker.frontend.limits import MAX_DEPTH, MAX_NODES, MAX_WORK, Scales
from checker.frontend.source import Library, Module
from checker.frontend.values import literal, owns
from checker.ir.build import apply, conjunction, element, negation, unwrap
from checker.ir.build import field as field_of
from checker.ir.domains import EnumT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, Value, values
from checker.ir.nodes import TRUE, Const, Expr, Var
from checker.ir.ops import Op
from checker.ir.text import placed
from checker.loc import NOWHERE, Loc

MAX_ROUNDS = 8
START, DONE, IDLE = "start", "done", "idle"  # values of every program counter; idle: a branch not running


Steps: TypeAlias = tuple[str, tuple[int, ...], tuple[str, ...]]  # a place: variable, where its keys belong, the way


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
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # activity → its program counter's values
    variables: tuple[tuple[str, Type], ...] = ()
    transient: frozenset[str] = frozenset()  # slots of tasks that are empty at every wait

    def actor_type(self) -> EnumT:
        return EnumT("Actor", self.actors or ("?",))

    def pc_type(self, activity: str) -> EnumT:
        return EnumT(f"{activity}.pc", self.labels.get(activity, (START, DONE)))

    def foreseen(self) -> Known:
        """Return what the next round will probably find, after one that did not know where anybody can stand."""
        return replace(self, variables=tuple((name, self.foresee(kind)) for name, kind in self.variables))

    def foresee(self, kind: Type) -> Type:
        """Return what a type of a first round will be in the next: a wrong guess costs a round, and nothing else."""
        match kind:
            case EnumT("Actor", ("?",)):
                return self.actor_type()
            case EnumT(name, members) if name.endswith(".pc") and members == (START, DONE):
                return self.pc_type(name.removesuffix(".pc"))
            case SeqT(EnumT("Actor", ("?",)), 1, limit):
                return SeqT(self.actor_type(), len(self.actors), limit)
            case OptionT(item) | OwnT(item) | SetT(item) | SeqT(item):
                return replace(kind, item=self.foresee(item))
            case RecordT(_, fields):
                return replace(kind, fields=tuple((name, self.foresee(part)) for name, part in fields))
            case MapT(key, value):
                return MapT(self.foresee(key), self.foresee(value))
            case _:
                return kind


@dataclass(slots=True)
class Declared:
    """A state variable of this round."""

    type: Type
    inits: tuple[Value, ...]
    owner: str = ""
    loc: Loc = NOWHERE
    fixed: bool = False
    keyed: tuple[int, ...] = ()


@dataclass(slots=True)
class Context:
    library: Library
    known: Known
    local_types: dict[str, Type]  # widened from round to round
    settings: dict[str, Value]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    fixed_types: set[str] = field(default_factory=set)  # locals with an annotation
    variables: dict[str, Declared] = field(default_factory=dict)
    unbounded: set[str] = field(default_factory=set)  # parameters that stay unknown: variables nobody writes
    owners: dict[str, str] = field(default_factory=dict)  # declared locations: variable → actor
    slot_names: dict[Expr, str] = field(default_factory=dict)  # element of an `owned` quantifier → its slot
    activities: set[str] = field(default_factory=set)  # names of tasks and of branches so far
    inlining: list[tuple[ast.AST, str]] = field(
        default_factory=list
    )  # helpers being inlined and whose, outermost first
    evaluating: list[ast.AST] = field(default_factory=list)  # module constants and imports being evaluated
    work: int = 0  # expressions evaluated and statements made, by their size
    where: tuple[Module, ast.AST] | None = None  # evaluated last
    scales: Scales = field(default_factory=Scales)
    _slots: list[Slot] | None = None

    def reject(self, code: str, message: str, module: Module, node: ast.AST, fix: str = "") -> Reject:
        kind = Effect if code == "K015" else Reject
        return kind(Diagnostic(code, message, module.loc(node), fix))

    def spend(self, module: Module, node: ast.AST, cost: int = 1) -> None:
        """Count an evaluation; SpecError when a spec expands to more than anybody would check."""
        self.where = module, node
        self.charge(cost)

    def charge(self, cost: int) -> None:
        """Count work at the expression evaluated last."""
        self.work += cost
        if self.work > MAX_WORK and self.where is not None:
            module, node = self.where
            fix = "smaller domains, fewer loops within loops or calls within calls"
            text = "the spec expands to more than anybody would check"
            raise SpecError((Diagnostic("K002", text, module.loc(node), fix),))

    def too_deep(self) -> SpecError:
        """Return what is said where Python's own stack does not suffice."""
        module, node = self.where or (self.library.modules[0], self.library.modules[0].tree)
        fix = "fewer calls within calls"
        return SpecError((Diagnostic("K002", "this is nested too deeply", module.loc(node), fix),))

    def weigh(self, expr: Expr, module: Module, node: ast.AST) -> None:
        """SpecError for an expression that is too large once what it is made of is written out."""
        bulk = self.scales.weigh(expr)
        if bulk.depth > MAX_DEPTH or bulk.nodes > MAX_NODES:
            text = f"an expression of {min(bulk.nodes, 10**9):,} parts, nested {bulk.depth} deep"
            fix = f"at most {MAX_NODES:,} parts and {MAX_DEPTH} deep, helpers and local names written out"
            raise SpecError((Diagnostic("K002", text, module.loc(node), fix),))
        self.spend(module, node, bulk.nodes // 1_000)

    def report(self, error: Reject) -> None:
        if error.diagnostic not in self.diagnostics:
            self.diagnostics.append(error.diagnostic)

    def slots(self, item: Type) -> list[Slot]:
        """Return every slot of type Own(item) in the model, as of the last round."""
        return [slot for slot in self.every_slot() if slot.item == item]

    def keyed(self, variable: str) -> tuple[int, ...]:
        """Return where the keys of the blocks that `variable` is in belong in its name."""
        return self.variables[variable].keyed if variable in self.variables else ()

    def every_slot(self) -> list[Slot]:
        if self._slots is None:
            self._slots = [
                slot
                for name, kind in self.known.variables
                if owns(kind) and name not in self.known.transient
                for slot in _slots(Var(name, kind), TRUE, (name, self.keyed(name), ()))
            ]
        return self._slots


def _slots(place: Expr, exists: Expr, shown: Steps) -> list[Slot]:
    match place.type:
        case OwnT(item):
            full = conjunction((exists, negation(apply(Op.IS_NONE, place))))
            inner = _slots(unwrap(place), full, shown) if owns(item) else []
            return [Slot(item, place, full, placed(*shown)), *inner]
        case OptionT(item) if owns(item):
            return _slots(unwrap(place), conjunction((exists, negation(apply(Op.IS_NONE, place)))), shown)
        case RecordT(_, fields):
            parts = [(field_of(place, name), exists, f".{name}") for name, part in fields if owns(part)]
        case MapT(key, item) if owns(item):
            parts = [(element(place, Const(value, key)), exists, f"[{value}]") for value in values(key)]
        case SeqT(item, capacity) if owns(item):
            length = apply(Op.LEN, place)
            parts = [
                (element(place, index), conjunction((exists, apply(Op.GT, length, index))), f"[{index.value}]")
                for index in map(literal, range(capacity))
            ]
        case _:
            return []
    name, keyed, steps = shown
    return [slot for part, there, step in parts for slot in _slots(part, there, (name, keyed, (*steps, step)))]
