"""What changes the state within an expression: moves, drops, choices, methods of Seqs and Sets."""

from __future__ import annotations

import ast
from collections.abc import Callable

from checker.frontend.places import Places
from checker.frontend.values import (
    BoundMethod,
    Scope,
    Static,
    literal,
    owns,
)
from checker.frontend.wording import with_article
from checker.ir.build import apply, element
from checker.ir.domains import OptionT, OwnT, SeqT, SetT, Type, default
from checker.ir.nodes import (
    FALSE,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Fault,
    Make,
    Temp,
)
from checker.ir.ops import Op

METHODS: dict[type, str] = {
    SeqT: "`.append(x)`, `.pop(0)`, `.remove(x)`, `.clear()`",
    SetT: "`.add(x)`, `.discard(x)`, `.remove(x)`, `.clear()`",
}


class Effects(Places):
    """Adds the words of the language and the methods that have an effect."""

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
        kind = self.common(tuple(value for _, value, _ in items), argument, scope)
        if all(isinstance(there, Const) and isinstance(value, Const) for there, value, _ in items):
            options: Expr = Const(
                frozenset(value.value for _, value, _ in items if isinstance(value, Const)), SetT(kind)
            )
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
        fix = "a task waits: await something whose `ready` says so"
        raise self.reject("K051", "`require` belongs at the top of an action", scope, node, fix)

    def effectful_method(self, method: BoundMethod, node: ast.Call, scope: Scope) -> Static:
        self.effect(f"`.{method.name}`", scope, node)
        if not self.is_place(method.base):
            raise self.reject("K030", "this cannot be changed: it is a value, not a place", scope, node)
        base = self.steady(method.base, node.args, scope)
        handler = getattr(self, f"{'seq' if isinstance(method.base.type, SeqT) else 'set'}_{method.name}", None)
        if handler is None:
            raise self.reject(
                "K021",
                f"{with_article(method.base.type)} has no `{method.name}`",
                scope,
                node,
                METHODS[type(method.base.type)],
            )
        result: Static = handler(base, node, scope)
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
        self.there(item, base, node, scope)
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

    def set_remove(self, base: Expr, node: ast.Call, scope: Scope) -> Static:
        """Discard a value that must be there, as in Python."""
        (argument,) = self.positional(node, scope, 1)
        assert isinstance(base.type, SetT)
        self.there(self.expr(argument, scope, base.type.item), base, node, scope)
        return self.set_discard(base, node, scope)

    def there(self, item: Expr, base: Expr, node: ast.Call, scope: Scope) -> None:
        """Demand that what is removed is there."""
        self.emit(Assert(apply(Op.IN, item, base), "removed what is not there", Fault.RANGE, scope.module.loc(node)))

    def set_change(self, op: Op, base: Expr, node: ast.Call, scope: Scope) -> Static:
        assert isinstance(base.type, SetT)
        (argument,) = self.positional(node, scope, 1)
        item = self.expr(argument, scope, base.type.item)
        self.assign(base, apply(op, base, Make((item,), base.type)), scope.module.loc(node))
        return literal(None)
