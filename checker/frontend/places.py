"""Places: the variables of an activity, what is assigned to them, what is moved out of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from checker.frontend.calls import MOVED, Calls, is_fresh
from checker.frontend.context import Context, Declared
from checker.frontend.flow import Flow, Node, Tail
from checker.frontend.limits import REMEMBERED, STATEMENT
from checker.frontend.names import PYTHON_WORDS
from checker.frontend.results import Hold, Result
from checker.frontend.values import (
    Bound,
    Range,
    Ref,
    Scope,
    Static,
    StaticTuple,
    is_expr,
    is_parameter,
    literal,
    owns,
)
from checker.ir import walk
from checker.ir.build import apply, conjunction, disjunction, element, join, negation, unwrap
from checker.ir.build import field as field_of
from checker.ir.domains import MapT, OptionT, OwnT, RecordT, SeqT, Type, default, values
from checker.ir.nodes import (
    FALSE,
    Apply,
    Assert,
    Assign,
    Const,
    Duty,
    Expr,
    Fault,
    Field,
    Index,
    Make,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.loc import NOWHERE, Loc


@dataclass(eq=False, slots=True)
class Activity:
    """A task, a branch of one, or the update of an action while it is compiled."""

    name: str
    duty: Duty
    function: str = ""  # whose body it runs: its locals are named without it
    flow: Flow = field(default_factory=Flow)
    parent: str = ""
    strong: bool = False
    loc: Loc = NOWHERE
    labels: list[str] = field(default_factory=list)
    labels_used: dict[str, int] = field(default_factory=dict)
    participants: list[str] = field(default_factory=list)
    resting: Expr = FALSE
    shared: set[str] = field(default_factory=set)  # locals others may read: never reset behind their backs
    is_broken: bool = False  # by a mistake that is reported
    children: list[Activity] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)  # what branches of its own may have given
    holds: list[Hold] = field(default_factory=list)  # of the selects it is in

    def family(self) -> Iterator[Activity]:
        """Yield it and all branches within it."""
        yield self
        for child in self.children:
            yield from child.family()


@dataclass(frozen=True, slots=True)
class Cleanup:
    """What leaving a scope runs: `finally` clauses, slots dropped. `loop`/`function` mark where jumps end."""

    run: Callable[[], None]
    loop: tuple[Node, Node] | None = None  # (again, after)
    result: Callable[[ast.Return, Scope], None] | None = None
    after: Node | None = None  # where a function's caller goes on


class Places(Calls):
    """Emit assignments into the control flow of one activity."""

    def __init__(self, context: Context, activity: Activity) -> None:
        super().__init__(context)
        self.activity = activity
        self.flow = activity.flow
        self.pure_why = ""
        self.cleanups: list[Cleanup] = []
        self.loops: list[Node] = []  # heads of the loops being compiled, outermost first
        self.names_used: dict[str, int] = {}
        self.temps = 0
        self.pins: set[Expr] = set()  # variables that keep which block of an array is meant

    def in_order(self, value: Static, later: list[ast.expr], scope: Scope) -> Static:
        if self.pure_why or isinstance(value, Const) or not any(map(may_change_state, later)):
            return value
        if not is_expr(value):
            return self.settled(value, later[0], scope)
        if not owns(value.type):
            return self.copied(value, "before", later[0], scope)
        if walk.temps(value) and contains_await(later):
            fix = "await before, in a statement of its own"
            raise self.reject("K015", "an await while something owned is between two places", scope, later[0], fix)
        return value

    def copied(self, value: Expr, name: str, node: ast.AST, scope: Scope, into: Places | None = None) -> Var:
        """Put a value into a variable of its own: of this activity, or of a branch that is being started."""
        keeper, loc = into or self, scope.module.loc(node)
        place = keeper.local(keeper.fresh(name), value.type, loc, scope, node)
        if into is not None:
            keeper.activity.shared.add(place.name)
        self.emit(Assign(place, value, loc))
        return place

    def pinned_keys(
        self, keys: tuple[Expr, ...], node: ast.AST, scope: Scope, into: Places | None = None
    ) -> tuple[Expr, ...]:
        """Fix which block of an array is meant: its keys are kept in variables that nobody sets while it is meant."""
        keeper = into or self
        found: list[Expr] = []
        for key in keys:
            if not isinstance(key, Const) and key not in keeper.pins:
                key = self.copied(key, "key", node, scope, into)
                keeper.pins.add(key)
                self.context.variables[key.name].fixed = True
            found.append(key)
        return tuple(found)

    def steady(self, value: Static, later: list[ast.expr], scope: Scope) -> Static:
        if self.pure_why or not any(map(may_change_state, later)):
            return value
        return self.pinned_place(value, later[0], scope)

    def pinned_place(self, value: Static, node: ast.AST, scope: Scope) -> Static:
        """Return the place or block that `value` means now, whatever becomes of its indices."""
        match value:
            case Ref(instance, keys, old):
                return Ref(instance, self.pinned_keys(keys, node, scope), old)
            case Index(base, index, kind):
                inner = self.pinned_place(base, node, scope)
                assert is_expr(inner)
                (key,) = self.pinned_keys((index,), node, scope)
                return Index(inner, key, kind)
            case Field(record, name, kind):
                inner = self.pinned_place(record, node, scope)
                assert is_expr(inner)
                return Field(inner, name, kind)
            case Apply(Op.UNWRAP, (option,), kind):
                inner = self.pinned_place(option, node, scope)
                assert is_expr(inner)
                return Apply(Op.UNWRAP, (inner,), kind)
        return value

    def settled(self, value: Static, node: ast.AST, scope: Scope, into: Places | None = None) -> Static:
        """Return what is bound to a name as it is now: what it reads may change before it is used.

        What owns cannot be copied and stays a place.
        """
        match value:
            case StaticTuple(items):
                return StaticTuple(tuple(self.settled(item, node, scope, into) for item in items))
            case Range(start, stop):
                ends = [self.settled(end, node, scope, into) for end in (start, stop)]
                return Range(*(end for end in ends if is_expr(end)))
            case Ref(instance, keys, old):
                return Ref(instance, self.pinned_keys(keys, node, scope, into), old)
            case Bound(function, Ref(instance, keys, old), enclosed):
                ref = Ref(instance, self.pinned_keys(keys, node, scope, into), old)
                return Bound(function, ref, enclosed)
        if not is_expr(value) or isinstance(value, Const) or is_parameter(value) or owns(value.type):
            return value
        return self.copied(value, "value", node, scope, into)

    def current_actor(self) -> str:
        return self.activity.name

    def emit(self, *statements: Stmt) -> None:
        self.context.charge(STATEMENT * sum(1 for _ in walk.statements(statements)))
        self.flow.emit(*statements)

    def fresh(self, base: str) -> str:
        """Return a name for a variable of this activity that no other has."""
        while True:
            count = self.names_used[base] = self.names_used.get(base, 0) + 1
            name = f"{self.activity.name}.{base}" + (f"#{count}" if count > 1 else "")
            if not self.is_taken(name):
                return name

    def is_taken(self, name: str) -> bool:
        """Tell whether a field, a local of another activity or a program counter has this name."""
        there = self.context.variables.get(name)
        return name.endswith(".pc") or (there is not None and there.owner != self.activity.name)

    def local(self, name: str, kind: Type, loc: Loc, scope: Scope, node: ast.AST, *, fixed: bool = False) -> Var:
        """Declare (or widen to `kind`) a variable of this activity."""
        known = self.context.local_types.get(name)
        if known is not None and not fixed and known != kind:
            try:
                kind = join(known, kind)
            except ValueError as error:
                text = f"`{name.split('.')[-1]}` has two types: {error}"
                raise self.reject("K030", text, scope, node, "another name for one of the two") from error
        self.context.local_types[name] = kind
        self.context.variables[name] = Declared(kind, (default(kind),), self.activity.name, loc)
        return Var(name, kind)

    def temp(self, kind: Type, value: Expr, loc: Loc, *, moved: bool = False) -> Temp:
        self.temps += 1
        temp = Temp(f"{MOVED if moved else ''}t{self.temps}", kind)
        self.emit(Assign(temp, value, loc))
        return temp

    def assign(self, place: Expr, value: Expr, loc: Loc) -> None:
        """Set a place; one inside an Option is set by replacing the whole."""
        match place:
            case Var() | Temp():
                self.emit(Assign(place, value, loc))
            case Field(record, name, _):
                if _direct(place):
                    self.emit(Assign(place, value, loc))
                else:
                    kind = record.type
                    assert isinstance(kind, RecordT)
                    parts = tuple(value if part == name else field_of(record, part) for part, _ in kind.fields)
                    self.assign(record, Make(parts, kind), loc)
            case Index(base, index, _):
                if not _direct(place):
                    raise AssertionError(f"an element inside an Option: {base} {index}")
                self.emit(Assign(place, value, loc))
            case Apply(Op.UNWRAP, (option,), _):
                self.assign(option, value, loc)
            case _:
                raise AssertionError(f"not a place: {place}")

    def is_place(self, expr: Expr) -> bool:
        match expr:
            case Var() | Temp():
                return True
            case Field(record, _, _):
                return self.is_place(record)
            case Index(base, _, _):
                return _direct(base)
            case Apply(Op.UNWRAP, (option,), _):
                return self.is_place(option)
        return False

    def place(self, node: ast.expr, scope: Scope) -> Expr:
        found = self.expr(node, scope)
        if isinstance(found, Const) or is_parameter(found):
            raise self.reject(
                "K050",
                f"`{ast.unparse(node)}` is fixed: a parameter, a constant or a key",
                scope,
                node,
                "declare a variable",
            )
        if not self.is_place(found):
            raise self.reject("K030", "this cannot be assigned", scope, node)
        return found

    def store(self, place: Expr, value: Expr, node: ast.AST, scope: Scope) -> None:
        """Assign what a spec assigns: a full slot must not be overwritten."""
        loc = scope.module.loc(node)
        if owns(place.type):
            full = holds(place)
            if full != FALSE:
                self.emit(Assert(negation(full), "a full slot is overwritten", Fault.OWNERSHIP, loc))
        self.assign(place, value, loc)

    def is_local(self, place: Var) -> bool:
        return (
            self.context.variables[place.name].owner == self.activity.name
            if place.name in self.context.variables
            else False
        )

    def given(self, node: ast.expr, kind: Type, scope: Scope) -> Expr:
        """Return a value handed over, as it is now: what is evaluated after it may move what it reads."""
        value = super().given(node, kind, scope)
        if self.pure_why or isinstance(value, Const) or is_fresh(value):
            return value
        return self.temp(value.type, value, scope.module.loc(node))

    def move(self, place: Expr, loc: Loc, *, strict: bool) -> Temp:
        if strict and isinstance(place.type, OwnT):
            self.emit(Assert(negation(apply(Op.IS_NONE, place)), "moved from an empty slot", Fault.OWNERSHIP, loc))
        taken = self.temp(place.type, place, loc, moved=True)
        self.assign(place, Const(default(place.type), place.type), loc)
        return taken


def no_tail(tail: Tail, assigned: frozenset[str]) -> tuple[Stmt, ...]:
    return ()


def holds(place: Expr) -> Expr:
    """Return the condition that `place` holds something that cannot be copied."""
    kind = place.type
    match kind:
        case OwnT():
            return negation(apply(Op.IS_NONE, place))
        case OptionT(item) if owns(item):
            return conjunction((negation(apply(Op.IS_NONE, place)), holds(unwrap(place))))
        case RecordT(_, fields):
            return disjunction(holds(field_of(place, name)) for name, part in fields if owns(part))
        case MapT(key, item) if owns(item):
            return disjunction(holds(element(place, Const(value, key))) for value in values(key))
        case SeqT(item, _) if owns(item):
            return apply(Op.GT, apply(Op.LEN, place), literal(0))
    return FALSE


def _direct(place: Expr) -> bool:
    """Tell whether a place is reached without looking into an Option."""
    match place:
        case Var() | Temp():
            return True
        case Field(record, _, _):
            return _direct(record)
        case Index(base, _, _):
            return _direct(base)
    return False


def is_reached(node: Node, flow: Flow) -> bool:
    """Tell whether some finished node goes to `node`."""
    return node in flow.targets


def contains_await(nodes: Iterable[ast.AST]) -> bool:
    return any(isinstance(item, ast.Await) for node in nodes for item in ast.walk(node))


@lru_cache(maxsize=REMEMBERED)
def is_expression(node: ast.FunctionDef) -> bool:
    """Tell whether a helper may be a mere expression: nothing but returns, ifs and local names."""
    kinds = (ast.Return, ast.If, ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)
    return gives_a_value(node) and all(
        isinstance(item, kinds) for item in ast.walk(node) if isinstance(item, ast.stmt) and item is not node
    )


@lru_cache(maxsize=REMEMBERED)
def outliving(node: ast.AST) -> frozenset[str]:
    """Return the names a function uses outside the loops that first bind them."""
    inside: dict[str, set[int]] = {}
    uses: dict[str, set[int]] = {}

    def visit(item: ast.AST, loops: tuple[int, ...]) -> None:
        if isinstance(item, ast.Name):
            uses.setdefault(item.id, set()).add(loops[-1] if loops else 0)
            inside.setdefault(item.id, set()).update(loops)
        deeper = (*loops, id(item)) if isinstance(item, ast.For | ast.While) else loops
        for child in ast.iter_child_nodes(item):
            visit(child, deeper)

    visit(node, ())
    return frozenset(name for name, places in uses.items() if 0 in places)


@lru_cache(maxsize=REMEMBERED)
def gives_a_value(node: ast.AST) -> bool:
    """Tell whether a function returns something."""
    return any(isinstance(item, ast.Return) and item.value is not None for item in ast.walk(node))


@lru_cache(maxsize=REMEMBERED)
def may_change_state(node: ast.expr) -> bool:
    """Tell whether evaluating `node` may do more than read: it awaits, or calls something that is no mere word."""
    return any(
        isinstance(item, ast.Await) or (isinstance(item, ast.Call) and not _is_word(item.func))
        for item in ast.walk(node)
    )


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in PYTHON_WORDS | {"count", "me", "owned", "choose"}
