"""Helpers compiled into their callers, and code kept apart for later."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checker.diagnostics import Diagnostic
from checker.frontend.calls import MOVED
from checker.frontend.context import Effect, Reject
from checker.frontend.flow import Flow, Node, Stop, Unfinished, straighten
from checker.frontend.places import (
    Cleanup,
    Places,
    gives_a_value,
    is_expression,
    is_reached,
    may_change_state,
    no_tail,
    outliving,
)
from checker.frontend.statements import Statements, Unreached
from checker.frontend.values import (
    Bound,
    Ref,
    Scope,
    Static,
    is_expr,
    literal,
    owns,
)
from checker.ir.domains import default
from checker.ir.nodes import (
    Assign,
    Const,
    Expr,
    Stmt,
    Temp,
    Var,
)
from checker.loc import Loc


class Inlining(Statements):
    """Adds calls of helpers that do something. Subclass `Awaits` adds waiting."""

    def call_function(self, bound: Bound, node: ast.Call, scope: Scope) -> Static:
        function = bound.function
        if self.pure_why or function.kind == "awaitable" or not isinstance(function.node, ast.FunctionDef):
            return super().call_function(bound, node, scope)
        if not is_expression(function.node):
            return self.inline(bound, node, scope)
        if any(map(may_change_state, [*node.args, *(keyword.value for keyword in node.keywords)])):
            bound = self.pinned(bound, node, scope)
        given = self.arguments(bound, node, scope)  # once: it may move
        kept = list(self.context.inlining)
        try:
            return self.pure_call(bound, given, node, scope)
        except Effect:
            self.context.inlining = kept
        return self.inline(bound, node, scope, given)

    def inline(self, bound: Bound, node: ast.Call, scope: Scope, given: dict[str, Static] | None = None) -> Static:
        """Compile a helper into its caller, with its arguments if they are evaluated already."""
        bound = self.pinned(bound, node, scope)
        self.enter(bound, scope, node)
        try:
            value = self.run_function(bound, given or self.arguments(bound, node, scope), node, scope)
        finally:
            self.leave()
        if self.flow.current is None and gives_a_value(bound.function.node):
            raise Unreached
        return value

    def pinned(self, bound: Bound, node: ast.AST, scope: Scope, into: Places | None = None) -> Bound:
        """Fix which block of an array is meant, as a receiver is evaluated once, before the arguments.

        The keys are kept in variables of `into` (a branch that is being started), else of this activity.
        """
        ref = bound.self_ref
        if ref is None:
            return bound
        keys = self.pinned_keys(ref.keys, node, scope, into)
        return Bound(bound.function, Ref(ref.instance, keys, ref.old), bound.enclosed)

    def run_function(self, bound: Bound, given: dict[str, Static], node: ast.AST, scope: Scope) -> Static:
        function = bound.function
        assert not isinstance(function.node, ast.Lambda)
        loc = scope.module.loc(node)
        inner = self.function_scope(bound, {})
        inner.outlives = outliving(function.node)
        mine: list[Var] = []
        for name, value in given.items():
            inner.names[name] = self.parameter(name, value, inner, loc, scope, node, mine)
        after = Node()
        result = self.fresh(f"{function.name}.result")
        returned: list[Static] = []

        gives = gives_a_value(function.node)

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
        self.flow.current = after if is_reached(after, self.flow) else None
        return self.returned(result, returned, node, scope)

    def declared_here(self, value: Var, inner: Scope, mine: list[Var]) -> bool:
        return value in mine or any(inner.names.get(name) is value for name in inner.local_names)

    def parameter(
        self, name: str, value: Static, inner: Scope, loc: Loc, scope: Scope, node: ast.AST, mine: list[Var]
    ) -> Static:
        """Bind one argument: static things and constants as they are, a slot not moved as a loan, else a copy."""
        if not is_expr(value):
            return self.settled(value, node, scope)
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
            return self.settled(value, node, scope)
        expr: Expr = value
        if owns(expr.type) and isinstance(expr, Var) and self.is_local(expr):
            expr = self.move(expr, scope.module.loc(node), strict=False)
        self.no_copy(expr, node.value or ast.Constant(None), scope)
        place = self.local(result, expr.type, scope.module.loc(node), scope, node)
        self.emit(Assign(place, self.coerce(expr, place.type, node, scope), scope.module.loc(node)))
        return place

    def returned(self, result: str, values: list[Static], node: ast.AST, scope: Scope) -> Static:
        if not values:
            return literal(None)
        if not all(map(is_expr, values)):
            if any(value != values[0] for value in values):
                fix = "return a value, and choose by it"
                raise self.reject("K030", "what is returned depends on the way through a helper", scope, node, fix)
            return values[0]
        place = Var(result, self.context.local_types[result])
        if owns(place.type):
            return self.move(place, scope.module.loc(node), strict=False)
        return place

    def do_Return(self, node: ast.Return, scope: Scope) -> None:
        for cleanup in reversed(self.cleanups):
            if cleanup.result is not None:
                cleanup.result(node, scope)
                break
        self.leave_to(lambda cleanup: cleanup.after)

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
                fix = "a drop is one step; to clean up with awaits: cancel it by a Token, and await it with `both`"
                raise Reject(
                    Diagnostic("K049", "a branch that may be dropped waits in its release code", flow.waits[0].loc, fix)
                )
            try:
                return straighten(flow.entry, no_tail)
            except Unfinished:
                return ()  # of a mistake that is reported
