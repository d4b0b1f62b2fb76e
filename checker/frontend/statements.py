"""Statements: Python syntax lowered to a control-flow graph over the variables of one activity."""

from __future__ import annotations

import ast
from collections.abc import Callable

from checker.frontend.calls import assigned_names, stored_names
from checker.frontend.context import Reject
from checker.frontend.effects import Effects
from checker.frontend.expressions import BINARY, SETS
from checker.frontend.flow import Node
from checker.frontend.places import Cleanup, contains_await, is_reached, may_change_state
from checker.frontend.values import (
    Broken,
    Range,
    Scope,
    Static,
    TypeValue,
    is_expr,
    is_parameter,
    literal,
    owns,
)
from checker.frontend.wording import instead, unknown
from checker.ir.build import apply, unwrap
from checker.ir.domains import IntT, OptionT, OwnT, SeqT, SetT, Type, default
from checker.ir.nodes import (
    FALSE,
    Assert,
    Assign,
    Const,
    Expr,
    Fault,
    Var,
)
from checker.ir.ops import Op
from checker.ir.subtypes import covers
from checker.loc import Loc

SUBJECT = "subject"  # of a `match`, where it is kept; no name of a spec has a space behind it
ELSE = "remember it in a Bool before the `break`"


class Unreached(Exception):
    """The rest of the statement needs a value of a helper that never returns, so it is never reached."""


class Statements(Effects):
    """Adds statements: a method each. Functions are left to `Inlining`."""

    def body(self, statements: list[ast.stmt], scope: Scope) -> None:
        for statement in statements:
            cleanups = list(self.cleanups)
            try:
                self.statement(statement, scope)
            except Unreached:
                self.cleanups = cleanups
            except Reject as error:
                self.context.report(error)
                self.activity.is_broken = True
                for name in stored_names(statement):
                    scope.home().names.setdefault(name, Broken(error.diagnostic))
            if self.flow.current is None:
                return

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        handler = getattr(self, f"do_{type(node).__name__}", None)
        if handler is None:
            raise self.reject("K010", unknown(node), scope, node, instead(node))
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
        op = (SETS if isinstance(place.type, SetT) else BINARY).get(type(node.op))
        if op is None:
            raise self.reject("K011", unknown(node.op), scope, node, instead(node.op))
        if (
            isinstance(place, Var)
            and isinstance(place.type, IntT)
            and place.type.lo == place.type.hi
            and self.is_local(place)
        ):
            name = ast.unparse(node.target)
            raise self.reject("K032", f"`{name}` changes: it needs a range", scope, node, f"{name}: Int(lo, hi) = …")
        place = self.one(self.steady(place, [node.value], scope))
        before = self.one(self.in_order(place, [node.value], scope))
        value = self.expr(node.value, scope, place.type if isinstance(place.type, SetT) else None)
        self.assign(place, self.operate(op, node, scope, before, self.unwrapped(value)), scope.module.loc(node))

    def one(self, value: Static) -> Expr:
        assert is_expr(value)
        return value

    def unwrapped(self, value: Expr) -> Expr:
        return unwrap(value) if isinstance(value.type, OptionT | OwnT) else value

    def bind(self, target: ast.expr, value: Static, node: ast.expr, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                if not is_expr(value) and not isinstance(value, TypeValue):
                    scope.names[name] = self.settled(value, node, scope)
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
                several = isinstance(target, ast.Tuple | ast.List)
                fix = "one assignment a statement" if several else "self.name = …, self.map[key] = …"
                raise self.reject("K010", "assign to a name, a field or an element", scope, target, fix)

    def set_local(
        self, name: str, value: Expr, kind: Type, node: ast.AST, scope: Scope, *, fixed: bool = False
    ) -> None:
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
        self.flow.current = after if is_reached(after, self.flow) else None

    def do_Match(self, node: ast.Match, scope: Scope) -> None:
        subject = self.expr(node.subject, scope)
        if may_change_state(node.subject):  # it is evaluated once
            self.no_copy(subject, node.subject, scope)
            kept = ast.copy_location(ast.Name(f"{SUBJECT} {node.lineno}:{node.col_offset}", ast.Load()), node.subject)
            scope.names[kept.id] = self.copied(subject, SUBJECT, node.subject, scope)
            node = ast.copy_location(ast.Match(kept, node.cases), node)
        chain: list[ast.stmt] = []
        for case in reversed(node.cases):
            test = self.pattern(case.pattern, node.subject, subject, scope)
            if case.guard is not None:
                test = case.guard if test is None else ast.BoolOp(ast.And(), [test, case.guard])
            if test is None:
                chain = case.body
            else:
                chain = [
                    ast.copy_location(ast.If(ast.copy_location(test, case.pattern), case.body, chain), case.pattern)
                ]
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
        raise self.reject("K010", "`case` takes literals and `_`", scope, pattern, "compare with `if`")

    def do_While(self, node: ast.While, scope: Scope) -> None:
        if node.orelse:
            raise self.reject("K010", "`else` of a loop is not part of the language", scope, node, ELSE)
        again, after = Node(visits=1, loops=tuple(self.loops), loc=scope.module.loc(node)), Node()
        self.flow.jump(again)
        self.flow.current = again
        condition = self.boolean(node.test, scope)
        then, otherwise, _join = self.flow.branch(condition, scope.module.loc(node.test))
        if not isinstance(condition, Const) or not condition.value:
            self.flow.current = otherwise
            self.flow.jump(after)
        self.flow.current = then
        if not isinstance(condition, Const) or condition.value:
            self.loops.append(again)
            self.loop_body(node, node.body, scope, again, after)
            self.loops.pop()
        else:
            self.flow.current = None
        self.flow.current = after if is_reached(after, self.flow) else None

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
            raise self.reject("K010", "`else` of a loop is not part of the language", scope, node, ELSE)
        group = self.eval(node.iter, scope)
        if contains_await(node.body) and not self.short(group, node, scope):
            self.counting_loop(node, group, scope)
            return
        after = Node()
        for there, value, _ in self.domain(self.gone_through(group, node.iter, scope), node.iter, scope):
            again, run = Node(), Node()
            if there == FALSE:
                continue
            then, otherwise, _join = self.flow.branch(there, scope.module.loc(node.iter), join=again)
            if not isinstance(there, Const):
                self.flow.current = otherwise
                self.flow.jump(again)
            self.flow.current = then
            self.flow.jump(run)
            self.flow.current = run
            inner = self.loop_scope(scope)
            self.bind_loop(node, value, inner)
            self.loop_body(node, node.body, inner, again, after)
            self.flow.current = again if is_reached(again, self.flow) else None
            if self.flow.current is None:
                break
        self.flow.jump(after)
        self.flow.current = after if is_reached(after, self.flow) else None

    def gone_through(self, group: Static, node: ast.expr, scope: Scope) -> Static:
        """Return what a loop goes through, evaluated once; a Seq as it is then each time round, as in Python."""
        if is_expr(group) and isinstance(group.type, SeqT) and self.is_place(group):
            return self.pinned_place(group, node, scope)
        return self.settled(group, node, scope)

    def bind_loop(self, node: ast.For, value: Expr, inner: Scope) -> None:
        """Bind a loop's variable for one time round: to what stands there now, whatever the body does."""
        if not isinstance(node.target, ast.Name):
            raise self.reject("K011", "a loop variable is a name", inner, node.target)
        name = node.target.id
        if isinstance(inner.known(name), Var):  # a local of the function: it keeps the value after the loop
            self.set_local(name, value, value.type, node.target, inner)
            return
        inner.names[name] = self.settled(value, node.target, inner)
        if name in assigned_names(node):  # the body may set it, and does not move the loop by that
            inner.names[name] = self.copied(value, name, node.target, inner)

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
        if not (isinstance(start.type, IntT) and isinstance(stop.type, IntT)):
            raise self.reject("K030", "range needs numbers", scope, node.iter)
        loc = scope.module.loc(node)
        name, inner = node.target.id, self.loop_scope(scope)
        kind = IntT(start.type.lo, max(start.type.lo, stop.type.hi), stop.type.limit)
        counter = self.local(self.fresh(name), kind, loc, scope, node, fixed=True)
        if not isinstance(stop, Const) and not is_parameter(stop):
            bound = self.local(self.fresh(f"{node.target.id}.stop"), stop.type, loc, scope, node, fixed=True)
            self.emit(Assign(bound, stop, loc))
            stop = bound
        self.emit(Assign(counter, start, loc))
        again, advance, after = Node(visits=kind.hi - kind.lo + 2, loops=tuple(self.loops)), Node(), Node()
        self.flow.jump(again)
        self.flow.current = again
        then, otherwise, _join = self.flow.branch(apply(Op.LT, counter, stop), loc)
        self.flow.current = otherwise
        self.flow.jump(after)
        self.flow.current = then
        if isinstance(inner.known(name), Var) or name in assigned_names(node):
            self.bind_loop(node, counter, inner)
        else:
            inner.names[name] = counter
        self.loops.append(again)
        self.loop_body(node, node.body, inner, advance, after)
        self.loops.pop()
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
            raise self.reject(
                "K010",
                "`except` is not part of the language",
                scope,
                node,
                "return error values; `try/finally` cleans up",
            )
        self.guarded(node.body, scope, lambda: self.body(node.finalbody, scope))

    def guarded(self, body: list[ast.stmt], scope: Scope, release: Callable[[], None]) -> None:
        self.cleanups.append(Cleanup(release))
        self.body(body, scope)
        self.cleanups.pop()
        if self.flow.current is not None:
            release()
