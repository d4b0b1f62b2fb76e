"""What an expression of a spec can be while it is compiled.

Compilation is staged evaluation: an expression yields either an IR expression (a `Const` where it is
known) or one of the static things below, which exist only at compile time.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TypeAlias, TypeGuard

from checker.diagnostics import Diagnostic
from checker.frontend.source import Module
from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, Value
from checker.ir.nodes import Apply, Const, Duty, Expr, Field, Index, Make, Old, Temp, Var
from checker.ir.text import keyed
from checker.loc import Loc

ANY_VALUE = "any_value"
EXPR_TYPES = (Const, Var, Old, Temp, Field, Index, Apply, Make)


@dataclass(frozen=True, slots=True)
class Builtin:
    """A word of the language: something exported by `model`."""

    name: str


@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type, and what a field declared with it may add."""

    type: Type
    init: Static | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A Block (or Spec) class in its module."""

    node: ast.ClassDef
    module: Module


@dataclass(frozen=True, slots=True)
class BlockType:
    """A block class with its arguments: what the right side of a block field says."""

    cls: ClassValue
    args: tuple[tuple[str, Static], ...]
    keys: tuple[Type, ...] = ()


@dataclass(eq=False, slots=True)
class Instance:
    """One block in the model, or an array of them (`keys`): its place in the tree and what it declares."""

    path: str
    cls: ClassValue
    keys: tuple[Type, ...]
    parent: Instance | None
    scope: dict[str, Static] = field(default_factory=dict)  # names bound by the class body
    functions: dict[str, Function] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    broken: dict[str, Diagnostic] = field(default_factory=dict)  # names whose declaration was rejected
    loc: Loc = field(default=Loc("", 0))

    @property
    def keyed(self) -> tuple[int, ...]:
        """After how many letters of `path` each key is written: `conns[0].gates[1]`."""
        above = self.parent.keyed if self.parent is not None else ()
        return (*above, *(len(self.path),) * (len(self.keys) - len(above)))


@dataclass(frozen=True, slots=True)
class Ref:
    """An instance at given keys: what `self` and `self.gates[s]` are."""

    instance: Instance
    keys: tuple[Expr, ...] = ()
    old: bool = False  # the state before the step

    @property
    def path(self) -> str:
        return re.sub(r"{.*?}", "…", self.path_in_a_state)

    @property
    def key(self) -> Expr:
        """Which block of its array `self` is."""
        kind = key_type(self.instance.keys)
        match self.keys:
            case ():
                return Const(0, kind)
            case (key,):
                return key
        values = tuple(key.value for key in self.keys if isinstance(key, Const))
        return Const(values, kind) if len(values) == len(self.keys) else Make(self.keys, kind)

    @property
    def path_in_a_state(self) -> str:
        """The path with the names of the variables that hold its keys, where a state tells them: `gates[{key}]`."""
        return keyed(self.instance.path, self.instance.keyed, map(_key, self.keys))


def key_type(keys: tuple[Type, ...]) -> Type:
    """Return the type of a block's key: what tells it from every other of its array, or of arrays in arrays."""
    match keys:
        case ():
            return IntT(0, 0)
        case (key,):
            return key
    return RecordT("Key", tuple((f"key{number}", key) for number, key in enumerate(keys)))


def _key(key: Expr) -> str:
    if isinstance(key, Const):
        return str(key.value)
    return f"{{{key.name}}}" if isinstance(key, Var) else "{}"


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A state variable of an instance, not yet indexed by the instance's keys."""

    name: str
    type: Type


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """A function or method: `kind` is its decorator (`helper`, `awaitable`, `task`, `action`, `invariant`, …)."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    kind: str = "helper"
    options: tuple[tuple[str, Static], ...] = ()

    @property
    def name(self) -> str:
        return getattr(self.node, "name", "<lambda>")


@dataclass(frozen=True, slots=True)
class Bound:
    """A function with the instance it is a method of, and the names its definition encloses."""

    function: Function
    self_ref: Ref | None
    enclosed: Scope | None = None


@dataclass(eq=False, slots=True)
class Task:
    """An actor or a family of actors: a task function, or an `actor(…)` declaration of the action layer."""

    name: str  # full: `conn.batcher`
    function: Function | None
    owner: Instance
    duty: Duty
    over: Type | None = None
    finished: Function | None = None
    rests: Function | None = None
    strong: bool = False  # its steps are strongly fair
    loc: Loc = field(default=Loc("", 0))


@dataclass(frozen=True, slots=True)
class TaskRef:
    task: Task
    keys: tuple[Expr, ...] = ()  # of the owning instance
    index: Expr | None = None  # within the family
    old: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """`task.at`, not yet called."""

    ref: TaskRef


@dataclass(frozen=True, slots=True)
class StaticTuple:
    items: tuple[Static, ...]


@dataclass(frozen=True, slots=True)
class ParamDecl:
    """`param(…)` as written: an Int, Bool or Enum domain, or `Type`, `Function`, or a block class."""

    domain: Static | None
    default: Static | None
    loc: Loc
    unbounded: bool = False


@dataclass(frozen=True, slots=True)
class ProgressDecl:
    target: TaskRef
    to: Function | None
    loc: Loc


@dataclass(frozen=True, slots=True)
class LivenessDecl:
    """`leads_to(…)`, `eventually(…)` or `always_eventually(…)` as written; `over` makes one property a value."""

    word: str
    conditions: tuple[Function, ...]
    over: Type | None
    loc: Loc


@dataclass(frozen=True, slots=True)
class Owned:
    """`owned(T)`: every full slot of type Own(T)."""

    item: Type


@dataclass(frozen=True, slots=True)
class Range:
    """`range(a, b)`; the bounds may depend on the state."""

    start: Expr
    stop: Expr


Static: TypeAlias = (
    "Expr | Builtin | TypeValue | ClassValue | BlockType | Ref | FieldOf | Function | Bound | TaskRef | StaticTuple"
    " | ParamDecl | ProgressDecl | LivenessDecl | Owned | Range | BoundMethod | Instance | Where | Broken"
)


@dataclass(frozen=True, slots=True)
class Broken:
    """What is bound to a name by a statement that was rejected: whoever uses it repeats that diagnostic only."""

    diagnostic: Diagnostic


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A method of a built-in type on a value: `self.queue.append`."""

    base: Expr
    name: str


@dataclass(slots=True)
class Scope:
    """The names of one function body. `locals` are places (or borrowed places, or static things)."""

    module: Module
    self_ref: Ref | None
    names: dict[str, Static] = field(default_factory=dict)
    outer: Scope | None = None
    local_names: frozenset[str] = frozenset()  # assigned somewhere in the function
    function: str = ""
    is_block: bool = False  # a loop or `with` body: names assigned in it belong to the function
    outlives: frozenset[str] = frozenset()  # names used outside the loop that first binds them

    def home(self) -> Scope:
        """Return the function's scope."""
        scope = self
        while scope.is_block and scope.outer is not None:
            scope = scope.outer
        return scope

    def known(self, name: str) -> Static | None:
        """Return what a name of this function means, None if it is none of its own."""
        scope = self
        while name not in scope.names and scope.is_block and scope.outer is not None:
            scope = scope.outer
        return scope.names.get(name)

    def lookup(self, name: str) -> Static | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None


def is_expr(value: object) -> TypeGuard[Expr]:
    return isinstance(value, EXPR_TYPES)


def owns(domain: Type) -> bool:
    """Tell whether a value of `domain` contains an Own slot, and so cannot be copied."""
    match domain:
        case OwnT():
            return True
        case OptionT(item) | SeqT(item, _) | SetT(item):
            return owns(item)
        case RecordT(_, fields):
            return any(owns(part) for _, part in fields)
        case MapT(_, value):
            return owns(value)
        case BoolT() | IntT() | EnumT():
            return False


def is_parameter(expr: Expr) -> TypeGuard[Var]:
    """Tell whether `expr` is an unbounded parameter: a variable that nobody writes."""
    return isinstance(expr, Var) and isinstance(expr.type, IntT) and expr.type.limit == expr.name


def literal(value: Value) -> Const:
    """Return a bool, int, str or None as a constant of its least type."""
    match value:
        case bool():
            return Const(value, BoolT())
        case int():
            return Const(value, IntT(value, value))
        case str():
            return Const(value, EnumT("", (value,)))
        case None:
            return Const(None, OptionT(EnumT("", ())))
        case _:
            raise TypeError(f"no literal: {value!r}")
