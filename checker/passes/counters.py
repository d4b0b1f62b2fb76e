"""Sequences of unbounded length as counters: where all items are alike, a sequence is its length.

Claim: with `c(q) = len(q)`, each step of the model is a step of the rewritten one between the states' images and the
other way round, failures included, if the item type has one value. The map is then one to one: a sequence of such items
is given by its length. Each operator is rewritten to what it does to the length; where it has no value (an index
outside, the tail of an empty sequence) the rewritten one has none either. Other sequences stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from checker.ir.build import apply, conjunction, is_total, unwrap
from checker.ir.domains import BoolT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, Value, values
from checker.ir.nodes import Apply, Assert, Assign, Const, Expr, Fault, Index, Make, Model, Stmt, Variable
from checker.ir.ops import Op
from checker.ir.text import print_expr
from checker.passes.rewrite import Rewrite

ZERO, ONE = Const(0, IntT(0, 0)), Const(1, IntT(1, 1))


def counters(model: Model) -> Model:
    """Return the model with every sequence of unbounded length replaced by its length."""
    return _Counters().model(model)


class _Counters(Rewrite):
    def variable(self, variable: Variable) -> Variable:
        inits = tuple(_image(variable.type, value) for value in variable.inits)
        return replace(variable, type=self.type(variable.type), inits=inits)

    def type(self, kind: Type) -> Type:
        match kind:
            case SeqT(_, capacity, limit) if limit:
                return IntT(0, capacity, limit)
        return super().type(kind)

    def expr(self, expr: Expr) -> Expr:
        match expr:
            case Const(value, kind):
                return Const(_image(kind, value), self.type(kind))
            case Index(base, index) if (sequence := _counted(base)) is not None:
                return self.item(sequence, base, index)
            case Make(items, SeqT(_, _, limit)) if limit:
                return self.after(items, Const(len(items), IntT(len(items), len(items))))
            case Apply(op, args) if op in _OPERATORS:
                counted = _counted(args[-1] if op is Op.IN else args[0])
                if counted is not None:
                    return _OPERATORS[op](self, counted, args)
        return super().expr(expr)

    def statement(self, stmt: Stmt) -> Stmt:
        match stmt:
            case Assign(Index(base, index) as target, value) if (kind := _counted(base)) is not None:
                same = apply(Op.EQ, self.expr(value), self.only(kind))
                inside = apply(Op.EQ, self.item(kind, base, index), self.only(kind))
                text = f"`{print_expr(target)}` is assigned"
                return Assert(conjunction((same, inside)), text, Fault.RANGE, stmt.loc)
            case Assign(target, Apply(Op.TAIL, (items,))) if _counted(items) and target.type == items.type:
                # Of an empty one this is -1, which fails as the tail does.
                return replace(stmt, target=self.place(target), value=apply(Op.SUB, self.expr(items), ONE))
        return super().statement(stmt)

    # --- operators ---

    def only(self, kind: SeqT) -> Const:
        """Return the one value of an item."""
        return Const(_image(kind.item, next(iter(values(kind.item)))), self.type(kind.item))

    def item(self, kind: SeqT, base: Expr, index: Expr) -> Expr:
        length, place = self.expr(base), self.expr(index)
        return _where(conjunction((apply(Op.LE, ZERO, place), apply(Op.LT, place, length))), self.only(kind))

    def after(self, parts: tuple[Expr, ...], value: Expr) -> Expr:
        """Return `value`, which has one only where each of `parts` has one."""
        for part in map(self.expr, parts):
            if not is_total(part):
                value = Apply(Op.ITE, (Apply(Op.EQ, (part, part), BoolT()), value, value), value.type)
        return value

    def length(self, kind: SeqT, args: tuple[Expr, ...]) -> Expr:
        return self.expr(args[0])

    def append(self, kind: SeqT, args: tuple[Expr, ...]) -> Expr:
        return self.after(args[1:], apply(Op.ADD, self.expr(args[0]), ONE))

    def tail(self, kind: SeqT, args: tuple[Expr, ...]) -> Expr:
        length = self.expr(args[0])
        return _where(apply(Op.LT, ZERO, length), apply(Op.SUB, length, ONE))

    def inside(self, kind: SeqT, args: tuple[Expr, ...]) -> Expr:
        item, items = map(self.expr, args)
        return conjunction((apply(Op.EQ, item, self.only(kind)), apply(Op.LT, ZERO, items)))

    def remove(self, kind: SeqT, args: tuple[Expr, ...]) -> Expr:
        length, found = self.expr(args[0]), self.inside(kind, (args[1], args[0]))
        return Apply(Op.ITE, (found, apply(Op.SUB, length, ONE), length), length.type)


_OPERATORS: dict[Op, Callable[[_Counters, SeqT, tuple[Expr, ...]], Expr]] = {
    Op.LEN: _Counters.length,
    Op.IN: _Counters.inside,
    Op.APPEND: _Counters.append,
    Op.TAIL: _Counters.tail,
    Op.REMOVE: _Counters.remove,
}


def _counted(expr: Expr) -> SeqT | None:
    """Return the type of `expr` if it is a sequence of unbounded length."""
    return expr.type if isinstance(expr.type, SeqT) and expr.type.limit else None


def _where(condition: Expr, value: Expr) -> Expr:
    """Return `value` where the condition holds; elsewhere it has none."""
    return unwrap(Apply(Op.ITE, (condition, value, Const(None, OptionT(value.type))), OptionT(value.type)))


def _image(kind: Type, value: Value) -> Value:
    match kind, value:
        case SeqT(_, _, limit), tuple() if limit:
            return len(value)
        case ((OptionT(item) | OwnT(item)), _):
            return None if value is None else _image(item, value)
        case RecordT(_, fields), tuple():
            return tuple(_image(part, item) for (_, part), item in zip(fields, value, strict=True))
        case ((MapT(_, item) | SeqT(item, _)), tuple()):
            return tuple(_image(item, part) for part in value)
        case SetT(item), frozenset():
            return frozenset(_image(item, part) for part in value)
    return value
