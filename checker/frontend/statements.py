"""Statements: Python syntax lowered to a control-flow graph over the variables of one activity."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from checker.diagnostics import Diagnostic
from checker.frontend.calls import MOVED, Calls, assigned_names, is_fresh
from checker.frontend.context import Context, Declared, Effect, Reject
from checker.frontend.flow import Flow, Node, Stop, Tail, straighten
from checker.frontend.values import (
    Bound,
    BoundMethod,
    Range,
    Scope,
    Static,
    TypeValue,
    is_expr,
    literal,
    owns,
)
from checker.ir.build import apply, conjunction, covers, disjunction, element, field as field_of, join, negation, unwrap
from checker.ir.domains import IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, default, values
from checker.ir.nodes import (
    FALSE,
    Apply,
    Assert,
    Assign,
    Choose,
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

_AUGMENTED = {ast.Add: Op.ADD, ast.Sub: Op.SUB, ast.Mult: Op.MUL, ast.FloorDiv: Op.DIV, ast.Mod: Op.MOD, ast.BitOr: Op.UNION, ast.BitAnd: Op.INTERSECT}
_INSTEAD = {
    "Raise": "return an error value",
    "Delete": "drop(x) empties a slot",
    "Global": "make it a field of the spec",
    "Import": "import at the top of the file",
    "ImportFrom": "import at the top of the file",
    "FunctionDef": "make it a method",
    "AsyncFunctionDef": "make it a method",
    "ClassDef": "declare it at the top of the file",
    "AsyncFor": "use `while True:` with an await",
    "AsyncWith": "use `with` on what an await gave",
}


@dataclass(eq=False, slots=True)
class Activity:
    """A task, a branch of one, or the update of an action while it is compiled."""

    name: str
    duty: Duty
    function: str = ""  # whose body it runs: its locals are named without it
    flow: Flow = field(default_factory=Flow)
    parent: str = ""
    loc: Loc = NOWHERE
    labels: list[str] = field(default_factory=list)
    participants: list[str] = field(default_factory=list)
    resting: Expr = FALSE
    shared: set[str] = field(default_factory=set)  # locals others may read: never reset behind their backs
    children: list[Activity] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cleanup:
    """What leaving a scope runs: `finally` clauses, slots dropped. `loop`/`function` mark where jumps end."""

    run: Callable[[], None]
    loop: tuple[Node, Node] | None = None  # (again, after)
    result: Callable[[ast.Return, Scope], None] | None = None
    after: Node | None = None  # where a function's caller goes on


class Statements(Calls):
    """Lower the body of one activity. Subclass `Awaits` adds waiting."""

    def __init__(self, context: Context, activity: Activity) -> None:
        super().__init__(context)
        self.activity = activity
        self.flow = activity.flow
        self.pure_why = ""
        self.cleanups: list[Cleanup] = []
        self.names_used: dict[str, int] = {}
        self.temps = 0

    def current_actor(self) -> str:
        return self.activity.name

    # --- places ---

    def emit(self, *statements: Stmt) -> None:
        self.flow.emit(*statements)

    def fresh(self, base: str) -> str:
        """Return a name for a variable of this activity that no other has."""
        count = self.names_used[base] = self.names_used.get(base, 0) + 1
        return f"{self.activity.name}.{base}" + (f"#{count}" if count > 1 else "")

    def local(self, name: str, kind: Type, loc: Loc, scope: Scope, node: ast.AST, *, fixed: bool = False) -> Var:
        """Declare (or widen to `kind`) a variable of this activity."""
        known = self.context.local_types.get(name)
        if known is not None and not fixed and known != kind:
            try:
                kind = join(known, kind)
            except ValueError as error:
                raise self.reject("K030", f"`{name.split('.')[-1]}` has two types: {error}", scope, node) from error
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
        if isinstance(found, Const):
            raise self.reject("K050", f"`{ast.unparse(node)}` is fixed: a parameter, a constant or a key", scope, node, "declare a variable")
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

    # --- blocks of statements ---

    def body(self, statements: list[ast.stmt], scope: Scope) -> None:
        for statement in statements:
            try:
                self.statement(statement, scope)
            except Reject as error:
                self.context.report(error)
            if self.flow.current is None:
                return

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        handler = getattr(self, f"do_{type(node).__name__}", None)
        if handler is None:
            name = type(node).__name__
            raise self.reject("K010", f"`{name}` is not part of the language", scope, node, _INSTEAD.get(name, ""))
        handler(node, scope)

    def do_Pass(self, node: ast.Pass, scope: Scope) -> None:
        pass

    def do_Nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        pass

    def do_Expr(self, node: ast.Expr, scope: Scope) -> None:
        if isinstance(node.value, ast.Constant):
            return
        if not isinstance(node.value, ast.Call | ast.Await):
            self.eval(node.value, scope)
            raise self.reject("K010", "an expression whose value is not used", scope, node, "delete it, or assign it")
        self.eval(node.value, scope)

    def do_Assert(self, node: ast.Assert, scope: Scope) -> None:
        with self.pure("an assertion"):
            condition = self.boolean(node.test, scope)
        message = ast.unparse(node.test)
        if isinstance(node.msg, ast.Constant):
            message = str(node.msg.value)
        self.emit(Assert(condition, message, Fault.ASSERTION, scope.module.loc(node)))

    def do_Assign(self, node: ast.Assign, scope: Scope) -> None:
        if len(node.targets) != 1:
            raise self.reject("K010", "several targets", scope, node, "one assignment a statement")
        self.bind(node.targets[0], self.eval(node.value, scope), node.value, scope)

    def do_AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> None:
        kind = self.type_of(node.annotation, scope)
        if not isinstance(node.target, ast.Name):
            raise self.reject("K010", "only names are declared", scope, node)
        value = Const(default(kind), kind) if node.value is None else self.given(node.value, kind, scope)
        self.set_local(node.target.id, value, kind, node, scope, fixed=True)

    def do_AugAssign(self, node: ast.AugAssign, scope: Scope) -> None:
        place = self.place(node.target, scope)
        op = _AUGMENTED.get(type(node.op))
        if op is Op.SUB and isinstance(place.type, SetT):
            op = Op.MINUS
        if op is None:
            raise self.reject("K011", f"`{type(node.op).__name__}` is not part of the language", scope, node)
        if isinstance(place, Var) and isinstance(place.type, IntT) and place.type.lo == place.type.hi and self.is_local(place):
            name = ast.unparse(node.target)
            raise self.reject("K032", f"`{name}` changes: it needs a range", scope, node, f"{name}: Int(lo, hi) = …")
        value = self.expr(node.value, scope, place.type if isinstance(place.type, SetT) else None)
        self.assign(place, self.operate(op, node, scope, place, self.unwrapped(value)), scope.module.loc(node))

    def unwrapped(self, value: Expr) -> Expr:
        return unwrap(value) if isinstance(value.type, OptionT | OwnT) else value

    def is_local(self, place: Var) -> bool:
        return self.context.variables[place.name].owner == self.activity.name if place.name in self.context.variables else False

    def bind(self, target: ast.expr, value: Static, node: ast.expr, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                if not is_expr(value) and not isinstance(value, TypeValue):
                    scope.names[name] = value
                    return
                expr = self.to_expr(value, node, scope)
                self.no_copy(expr, node, scope)
                self.set_local(name, expr, expr.type, node, scope)
            case ast.Attribute() | ast.Subscript():
                place = self.place(target, scope)
                expr = self.to_expr(value, node, scope, place.type)
                self.no_copy(expr, node, scope)
                self.store(place, expr, node, scope)
            case _:
                raise self.reject("K010", "assign to a name, a field or an element", scope, target)

    def set_local(self, name: str, value: Expr, kind: Type, node: ast.AST, scope: Scope, *, fixed: bool = False) -> None:
        existing = scope.lookup(name)
        loc = scope.module.loc(node)
        if isinstance(existing, Var) and not fixed:
            if isinstance(existing.type, IntT) and isinstance(kind, IntT) and not covers(existing.type, kind):
                self.widen(existing, kind, loc, scope, node)
            elif not isinstance(existing.type, IntT):
                kind = self.widen(existing, kind, loc, scope, node)
            self.store(existing, self.coerce(value, self.context.local_types[existing.name], node, scope), node, scope)
            return
        prefix = f"{scope.function}." if scope.function and scope.function != self.activity.function else ""
        place = self.local(self.fresh(prefix + name), kind, loc, scope, node, fixed=fixed)
        if fixed:
            self.context.fixed_types.add(place.name)
        scope.home().names[name] = place
        self.assign(place, self.coerce(value, place.type, node, scope), loc)

    def widen(self, existing: Var, kind: Type, loc: Loc, scope: Scope, node: ast.AST) -> Type:
        if existing.name in self.context.fixed_types:
            return existing.type
        return self.local(existing.name, kind, loc, scope, node).type

    # --- branching ---

    def do_If(self, node: ast.If, scope: Scope) -> None:
        condition = self.boolean(node.test, scope)
        if isinstance(condition, Const):
            self.body(node.body if condition.value else node.orelse, scope)
            return
        then, otherwise, after = self.flow.branch(condition, scope.module.loc(node.test))
        for start, block in ((then, node.body), (otherwise, node.orelse)):
            self.flow.current = start
            self.body(block, scope)
            self.flow.jump(after)
        self.flow.current = after if _is_reached(after, self.flow) else None

    def do_Match(self, node: ast.Match, scope: Scope) -> None:
        subject = self.expr(node.subject, scope)
        chain: list[ast.stmt] = []
        for case in reversed(node.cases):
            test = self.pattern(case.pattern, node.subject, subject, scope)
            if case.guard is not None:
                test = case.guard if test is None else ast.BoolOp(ast.And(), [test, case.guard])
            if test is None:
                chain = case.body
            else:
                chain = [ast.copy_location(ast.If(ast.copy_location(test, case.pattern), case.body, chain), case.pattern)]
        for statement in chain:
            ast.fix_missing_locations(statement)
        self.body(chain, scope)

    def pattern(self, pattern: ast.pattern, subject: ast.expr, value: Expr, scope: Scope) -> ast.expr | None:
        match pattern:
            case ast.MatchValue(value=constant):
                return ast.copy_location(ast.Compare(subject, [ast.Eq()], [constant]), pattern)
            case ast.MatchSingleton(value=constant):
                singleton = ast.copy_location(ast.Constant(constant), pattern)
                return ast.copy_location(ast.Compare(subject, [ast.Is()], [singleton]), pattern)
            case ast.MatchOr(patterns=patterns):
                tests = [self.pattern(part, subject, value, scope) for part in patterns]
                return ast.copy_location(ast.BoolOp(ast.Or(), [test for test in tests if test is not None]), pattern)
            case ast.MatchAs(pattern=None, name=None):
                return None
        raise self.reject("K010", "`case` takes literals and `_`", scope, pattern)

    # --- loops ---

    def do_While(self, node: ast.While, scope: Scope) -> None:
        if node.orelse:
            raise self.reject("K010", "`else` of a loop is not part of the language", scope, node)
        again, after = Node(visits=1, loc=scope.module.loc(node)), Node()
        self.flow.jump(again)
        self.flow.current = again
        condition = self.boolean(node.test, scope)
        then, otherwise, join_node = self.flow.branch(condition, scope.module.loc(node.test))
        if not isinstance(condition, Const) or not condition.value:
            otherwise.end = None
            self.flow.current = otherwise
            self.flow.jump(after)
        self.flow.current = then
        if not isinstance(condition, Const) or condition.value:
            self.loop_body(node, node.body, scope, again, after)
        else:
            self.flow.current = None
        del join_node
        self.flow.current = after if _is_reached(after, self.flow) else None

    def loop_body(self, loop: ast.stmt, body: list[ast.stmt], scope: Scope, again: Node, after: Node) -> None:
        mine = sorted(assigned_names(loop) - scope.outlives)
        self.cleanups.append(Cleanup(lambda: self.drop_iteration(mine, scope), loop=(again, after)))
        self.body(body, scope)
        if self.flow.current is not None:
            self.drop_iteration(mine, scope)
            self.flow.jump(again)
        self.cleanups.pop()

    def drop_iteration(self, names: list[str], scope: Scope) -> None:
        """Drop what owns and is bound only within an iteration, as a `let` in a loop is."""
        for name in names:
            value = scope.home().names.get(name)
            if isinstance(value, Var) and owns(value.type):
                self.emit(Assign(value, Const(default(value.type), value.type)))

    def do_For(self, node: ast.For, scope: Scope) -> None:
        if node.orelse:
            raise self.reject("K010", "`else` of a loop is not part of the language", scope, node)
        group = self.eval(node.iter, scope)
        if contains_await(node.body) and not self.short(group, node, scope):
            self.counting_loop(node, group, scope)
            return
        after = Node()
        for there, value, _ in self.domain(group, node.iter, scope):
            again, run = Node(), Node()
            if there == FALSE:
                continue
            then, otherwise, _join = self.flow.branch(there, scope.module.loc(node.iter), join=again)
            if not isinstance(there, Const):
                otherwise.end = None
                self.flow.current = otherwise
                self.flow.jump(again)
            self.flow.current = then
            self.flow.jump(run)
            self.flow.current = run
            inner = self.loop_scope(scope)
            self.bind_target(node.target, value, inner)
            self.loop_body(node, node.body, inner, again, after)
            self.flow.current = again if _is_reached(again, self.flow) else None
            if self.flow.current is None:
                break
        self.flow.jump(after)
        self.flow.current = after if _is_reached(after, self.flow) else None

    def loop_scope(self, scope: Scope) -> Scope:
        return Scope(
            scope.module, scope.self_ref, outer=scope, function=scope.function, is_block=True, outlives=scope.outlives
        )

    def short(self, group: Static, node: ast.For, scope: Scope) -> bool:
        """Tell whether a loop that awaits is unrolled: over types and tuples, whose values may be static."""
        return not isinstance(group, Range) and not (is_expr(group) and isinstance(group.type, SeqT))

    def counting_loop(self, node: ast.For, group: Static, scope: Scope) -> None:
        if not isinstance(group, Range) or not isinstance(node.target, ast.Name):
            raise self.reject("K043", "a loop that awaits ranges over range(…), a type or a tuple", scope, node.iter)
        start, stop = group.start, group.stop
        assert isinstance(start.type, IntT) and isinstance(stop.type, IntT)
        loc = scope.module.loc(node)
        kind = IntT(start.type.lo, max(start.type.lo, stop.type.hi))
        counter = self.local(self.fresh(node.target.id), kind, loc, scope, node, fixed=True)
        if not isinstance(stop, Const):
            bound = self.local(self.fresh(f"{node.target.id}.stop"), stop.type, loc, scope, node, fixed=True)
            self.emit(Assign(bound, stop, loc))
            stop = bound
        self.emit(Assign(counter, start, loc))
        again, advance, after = Node(visits=kind.hi - kind.lo + 2), Node(), Node()
        self.flow.jump(again)
        self.flow.current = again
        then, otherwise, _join = self.flow.branch(apply(Op.LT, counter, stop), loc)
        self.flow.current = otherwise
        self.flow.jump(after)
        self.flow.current = then
        inner = self.loop_scope(scope)
        inner.names[node.target.id] = counter
        self.loop_body(node, node.body, inner, advance, after)
        self.flow.current = advance
        self.emit(Assign(counter, apply(Op.ADD, counter, literal(1)), loc))
        self.flow.jump(again)
        self.flow.current = after

    def do_Break(self, node: ast.Break, scope: Scope) -> None:
        self.leave_to(lambda cleanup: cleanup.loop[1] if cleanup.loop else None)

    def do_Continue(self, node: ast.Continue, scope: Scope) -> None:
        self.leave_to(lambda cleanup: cleanup.loop[0] if cleanup.loop else None)

    def leave_to(self, target: Callable[[Cleanup], Node | None]) -> None:
        """Run the clean-ups from the innermost scope outwards to the one `target` names, and jump there."""
        kept = list(self.cleanups)
        while self.cleanups:
            cleanup = self.cleanups.pop()
            cleanup.run()
            goal = target(cleanup)
            if goal is not None:
                self.flow.jump(goal)
                break
        self.cleanups = kept

    # --- scopes with an end ---

    def do_With(self, node: ast.With, scope: Scope) -> None:
        inner = self.loop_scope(scope)
        names: list[Var] = []
        for item in node.items:
            value = self.expr(item.context_expr, scope)
            self.no_copy(value, item.context_expr, scope)
            name = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else "guard"
            place = self.local(self.fresh(name), value.type, scope.module.loc(node), scope, node)
            self.assign(place, value, scope.module.loc(node))
            inner.names[name] = place
            names.append(place)

        def release() -> None:
            for place in reversed(names):
                self.emit(Assign(place, Const(default(place.type), place.type), scope.module.loc(node)))

        self.guarded(node.body, inner, release)

    def do_Try(self, node: ast.Try, scope: Scope) -> None:
        if node.handlers or node.orelse:
            raise self.reject("K010", "`except` is not part of the language", scope, node, "return error values; `try/finally` cleans up")
        self.guarded(node.body, scope, lambda: self.body(node.finalbody, scope))

    def guarded(self, body: list[ast.stmt], scope: Scope, release: Callable[[], None]) -> None:
        self.cleanups.append(Cleanup(release))
        self.body(body, scope)
        self.cleanups.pop()
        if self.flow.current is not None:
            release()

    # --- functions ---

    def given(self, node: ast.expr, kind: Type, scope: Scope) -> Expr:
        """Return a value handed over, as it is now: what is evaluated after it may move what it reads."""
        value = super().given(node, kind, scope)
        if self.pure_why or isinstance(value, Const) or is_fresh(value):
            return value
        return self.temp(value.type, value, scope.module.loc(node))

    def call_function(self, bound: Bound, node: ast.Call, scope: Scope) -> Static:
        function = bound.function
        if self.pure_why or function.kind == "awaitable" or not isinstance(function.node, ast.FunctionDef):
            return super().call_function(bound, node, scope)
        if not _simple(function.node):
            return self.inline(bound, node, scope)
        given = self.arguments(bound, node, scope)  # once: it may move
        kept = list(self.context.inlining)
        try:
            return self.pure_call(bound, given, node, scope)
        except Effect:
            self.context.inlining = kept
        return self.inline(bound, node, scope, given)

    def inline(self, bound: Bound, node: ast.Call, scope: Scope, given: dict[str, Static] | None = None) -> Static:
        """Compile a helper into its caller, with its arguments if they are evaluated already."""
        self.enter(bound, scope, node)
        try:
            return self.run_function(bound, given or self.arguments(bound, node, scope), node, scope)
        finally:
            self.leave()

    def run_function(self, bound: Bound, given: dict[str, Static], node: ast.AST, scope: Scope) -> Static:
        function = bound.function
        assert not isinstance(function.node, ast.Lambda)
        loc = scope.module.loc(node)
        inner = self.function_scope(bound, {})
        inner.outlives = frozenset(outliving(function.node))
        mine: list[Var] = []
        for name, value in given.items():
            inner.names[name] = self.parameter(name, value, inner, loc, scope, node, mine)
        after = Node()
        result = self.fresh(f"{function.name}.result")
        returned: list[Static] = []

        gives = any(isinstance(item, ast.Return) and item.value is not None for item in ast.walk(function.node))

        def deliver(statement: ast.Return, where: Scope) -> None:
            if gives:
                returned.append(self.deliver(result, statement, where))

        def release() -> None:
            for value in reversed(list(inner.names.values())):
                if isinstance(value, Var) and owns(value.type) and self.declared_here(value, inner, mine):
                    self.emit(Assign(value, Const(default(value.type), value.type), loc))

        self.cleanups.append(Cleanup(release, result=deliver, after=after))
        self.body(function.node.body, inner)
        self.cleanups.pop()
        if self.flow.current is not None:
            release()
            if gives:
                returned.append(self.deliver(result, ast.Return(None), inner))
            self.flow.jump(after)
        self.flow.current = after if _is_reached(after, self.flow) else None
        return self.returned(result, returned, loc)

    def declared_here(self, value: Var, inner: Scope, mine: list[Var]) -> bool:
        return value in mine or any(inner.names.get(name) is value for name in inner.local_names)

    def parameter(self, name: str, value: Static, inner: Scope, loc: Loc, scope: Scope, node: ast.AST, mine: list[Var]) -> Static:
        """Bind one argument: static things and constants as they are, a slot not moved as a loan, else a copy."""
        if not is_expr(value):
            return value
        expr: Expr = value
        if owns(expr.type) and self.is_place(expr) and not (isinstance(expr, Temp) and expr.name.startswith(MOVED)):
            return expr
        if isinstance(expr, Const) and name not in inner.local_names:
            return expr
        place = self.local(self.fresh(f"{inner.function}.{name}"), expr.type, loc, scope, node)
        self.emit(Assign(place, expr, loc))
        mine.append(place)
        return place

    def deliver(self, result: str, node: ast.Return, scope: Scope) -> Static:
        value = literal(None) if node.value is None else self.eval(node.value, scope)
        if not is_expr(value):
            return value
        expr: Expr = value
        if owns(expr.type) and isinstance(expr, Var) and self.is_local(expr):
            expr = self.move(expr, scope.module.loc(node), strict=False)
        self.no_copy(expr, node.value or ast.Constant(None), scope)
        place = self.local(result, expr.type, scope.module.loc(node), scope, node)
        self.emit(Assign(place, self.coerce(expr, place.type, node, scope), scope.module.loc(node)))
        return place

    def returned(self, result: str, values: list[Static], loc: Loc) -> Static:
        if not values:
            return literal(None)
        statics = [value for value in values if not is_expr(value)]
        if statics:
            return statics[0]
        place = Var(result, self.context.local_types[result])
        if owns(place.type):
            return self.move(place, loc, strict=False)
        return place

    def do_Return(self, node: ast.Return, scope: Scope) -> None:
        for cleanup in reversed(self.cleanups):
            if cleanup.result is not None:
                cleanup.result(node, scope)
                break
        self.leave_to(lambda cleanup: cleanup.after)

    # --- effects ---

    def effectful(self, name: str, node: ast.Call, scope: Scope) -> Static:
        handler: Callable[[ast.Call, Scope], Static] | None = getattr(self, f"effect_{name}", None)
        if handler is None:
            return super().effectful(name, node, scope)
        self.effect(f"`{name}`", scope, node)
        return handler(node, scope)

    def effect_own(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        value = self.expr(argument, scope)
        if isinstance(value.type, OptionT | OwnT):
            raise self.reject("K030", "this is owned or optional already", scope, node)
        return self.temp(OwnT(value.type), value, scope.module.loc(node), moved=True)

    def effect_move(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        value = self.expr(argument, scope)
        if not self.is_place(value) or not (owns(value.type) or isinstance(value.type, OptionT)):
            return value  # what owns nothing, or has just been made, is given away as it is; an Option is emptied
        return self.move(value, scope.module.loc(node), strict=True)

    def move(self, place: Expr, loc: Loc, *, strict: bool) -> Temp:
        if strict and isinstance(place.type, OwnT):
            self.emit(Assert(negation(apply(Op.IS_NONE, place)), "moved from an empty slot", Fault.OWNERSHIP, loc))
        taken = self.temp(place.type, place, loc, moved=True)
        self.assign(place, Const(default(place.type), place.type), loc)
        return taken

    def effect_drop(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        place = self.place(argument, scope)
        self.assign(place, Const(default(place.type), place.type), scope.module.loc(node))
        return literal(None)

    def effect_choose(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        items = self.domain(self.eval(argument, scope), argument, scope)
        if not items:
            raise self.reject("K030", "nothing to choose from", scope, node)
        kind = items[0][1].type
        for _, value, _ in items[1:]:
            kind = join(kind, value.type)
        if all(isinstance(there, Const) and isinstance(value, Const) for there, value, _ in items):
            options: Expr = Const(frozenset(value.value for _, value, _ in items if isinstance(value, Const)), SetT(kind))
        else:
            options = self.options(items, kind)
        self.temps += 1
        chosen = Temp(f"t{self.temps}", kind)
        loc = scope.module.loc(node)
        self.emit(Choose(chosen, options, loc))
        place = self.local(self.fresh("choice"), kind, loc, scope, node)
        self.emit(Assign(place, chosen, loc))
        return place

    def options(self, items: list[tuple[Expr, Expr, str]], kind: Type) -> Expr:
        whole = SetT(kind)
        parts = [
            apply(Op.ITE, there, Make((value,), whole), Const(frozenset(), whole)) if there != FALSE else None
            for there, value, _ in items
        ]
        total: Expr = Const(frozenset(), whole)
        for part in parts:
            total = apply(Op.UNION, total, part) if part is not None else total
        return total

    def effect_participant(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        name = self.expr(argument, scope, self.context.known.actor_type())
        if not isinstance(name, Const):
            raise self.reject("K033", "which actor takes part must be known at compile time", scope, argument)
        self.activity.participants.append(str(name.value))
        return literal(None)

    def effect_require(self, node: ast.Call, scope: Scope) -> Static:
        raise self.reject("K051", "`require` belongs at the top of an action", scope, node)

    def effectful_method(self, method: BoundMethod, node: ast.Call, scope: Scope) -> Static:
        self.effect(f"`.{method.name}`", scope, node)
        if not self.is_place(method.base):
            raise self.reject("K030", "this cannot be changed: it is a value, not a place", scope, node)
        handler = getattr(self, f"{'seq' if isinstance(method.base.type, SeqT) else 'set'}_{method.name}", None)
        if handler is None:
            raise self.reject("K021", f"a {method.base.type} has no `{method.name}`", scope, node)
        result: Static = handler(method.base, node, scope)
        return result

    def seq_append(self, base: Expr, node: ast.Call, scope: Scope) -> Static:
        assert isinstance(base.type, SeqT)
        (argument,) = self.positional(node, scope, 1)
        item = self.given(argument, base.type.item, scope)
        self.assign(base, apply(Op.APPEND, base, item), scope.module.loc(node))
        return literal(None)

    def seq_pop(self, base: Expr, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        if self.expr(argument, scope) != literal(0):
            raise self.reject("K022", "only the first item is popped", scope, node, ".pop(0)")
        loc = scope.module.loc(node)
        first = element(base, literal(0))
        taken = self.temp(first.type, first, loc, moved=True)
        self.assign(base, apply(Op.TAIL, base), loc)
        return taken

    def seq_remove(self, base: Expr, node: ast.Call, scope: Scope) -> Static:
        assert isinstance(base.type, SeqT)
        (argument,) = self.positional(node, scope, 1)
        item = self.expr(argument, scope, base.type.item)
        self.assign(base, apply(Op.REMOVE, base, item), scope.module.loc(node))
        return literal(None)

    def seq_clear(self, base: Expr, node: ast.Call, scope: Scope) -> Static:
        self.positional(node, scope, 0)
        self.assign(base, Const(default(base.type), base.type), scope.module.loc(node))
        return literal(None)

    set_clear = seq_clear

    def set_add(self, base: Expr, node: ast.Call, scope: Scope) -> Static:
        return self.set_change(Op.UNION, base, node, scope)

    def set_discard(self, base: Expr, node: ast.Call, scope: Scope) -> Static:
        return self.set_change(Op.MINUS, base, node, scope)

    set_remove = set_discard

    def set_change(self, op: Op, base: Expr, node: ast.Call, scope: Scope) -> Static:
        assert isinstance(base.type, SetT)
        (argument,) = self.positional(node, scope, 1)
        item = self.expr(argument, scope, base.type.item)
        self.assign(base, apply(op, base, Make((item,), base.type)), scope.module.loc(node))
        return literal(None)

    # --- code apart ---

    @contextmanager
    def apart(self) -> Iterator[Flow]:
        """Compile into a flow of its own: release code, code kept for a drop."""
        kept, cleanups, waits = self.flow, self.cleanups, self.flow.waits
        self.flow, self.cleanups = Flow(), []
        try:
            yield self.flow
        finally:
            self.flow, self.cleanups = kept, cleanups
            kept.waits = waits

    def captured(self, run: Callable[[], None], scope: Scope, node: ast.AST) -> tuple[Stmt, ...]:
        """Return the statements `run` emits; they must not wait."""
        with self.apart() as flow:
            run()
            flow.finish(Stop())
            if flow.waits:
                fix = "release without waiting, or await the branch with `both`"
                raise Reject(Diagnostic("K049", "a branch that may be dropped waits in its release code", flow.waits[0].loc, fix))
            return straighten(flow.entry, no_tail)


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


def _is_reached(node: Node, flow: Flow) -> bool:
    """Tell whether some finished node goes to `node`."""
    return node in flow.targets


def contains_await(body: list[ast.stmt]) -> bool:
    return any(isinstance(item, ast.Await) for statement in body for item in ast.walk(statement))


def _simple(node: ast.FunctionDef) -> bool:
    """Tell whether a helper may be a mere expression: nothing but returns, ifs and local names."""
    kinds = (ast.Return, ast.If, ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)
    return any(isinstance(item, ast.Return) and item.value is not None for item in ast.walk(node)) and all(
        isinstance(item, kinds) for item in ast.walk(node) if isinstance(item, ast.stmt) and item is not node
    )


def outliving(node: ast.AST) -> set[str]:
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
    return {name for name, places in uses.items() if 0 in places}


