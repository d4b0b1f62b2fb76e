"""Sequences of unbounded length as counters: where all items are alike, a sequence is its length.

Claim: with `c(q) = len(q)`, each step of the model is a step of the rewritten one between the states' images and the
other way round, failures included, if the item type has one value. The map is then one to one: a sequence of such items
is given by its length. Each operator is rewritten to what it does to the length; where it has no value (an index
outside, the tail of an empty sequence) the rewritten one has none either. Other sequences stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from checker.ir.build import apply, conjunction, is_total, unwrap
from checker.ir.domains import (
    BoolT,
    EnumT,
    IntT,
    MapT,
    OptionT,
    OwnT,
    RecordT,
    SeqT,
    SetT,
    Type,
    Value,
    values,
)
from checker.ir.nodes import (
    Action,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Fault,
    Field,
    If,
    Index,
    Make,
    Model,
    Old,
    Progress,
    Property,
    Stmt,
    Temp,
    Var,
    Variable,
)
from checker.ir.ops import Op

ZERO, ONE = Const(0, IntT(0, 0)), Const(1, IntT(1, 1))


def counters(model: Model) -> Model:
    """Return the model with every sequence of unbounded length replaced by its length."""
    return replace(
        model,
        variables=tuple(map(_variable, model.variables)),
        actors=tuple(
            replace(actor, finished=_expr(actor.finished), resting=_expr(actor.resting)) for actor in model.actors
        ),
        actions=tuple(map(_action, model.actions)),
        properties=tuple(map(_property, model.properties)),
    )


def _variable(variable: Variable) -> Variable:
    inits = tuple(_value(variable.type, value) for value in variable.inits)
    return replace(variable, type=_type(variable.type), inits=inits)


def _action(action: Action) -> Action:
    guard = tuple(replace(conjunct, expr=_expr(conjunct.expr)) for conjunct in action.guard)
    return replace(action, guard=guard, update=_block(action.update))


def _property(prop: Property) -> Property:
    if isinstance(prop, Progress):
        return prop if prop.to is None else replace(prop, to=_expr(prop.to))
    return replace(prop, expr=_expr(prop.expr))


# --- types and values --------------------------------------------------------------------------


def _type(kind: Type) -> Type:
    match kind:
        case SeqT(_, capacity, limit) if limit:
            return IntT(0, capacity, limit)
        case SeqT(item, capacity):
            return SeqT(_type(item), capacity)
        case OptionT(item):
            return OptionT(_type(item))
        case OwnT(item):
            return OwnT(_type(item))
        case RecordT(name, fields):
            return RecordT(name, tuple((field, _type(part)) for field, part in fields))
        case MapT(key, item):
            return MapT(key, _type(item))
        case SetT(item):
            return SetT(_type(item))
        case BoolT() | IntT() | EnumT():
            return kind
        case _:
            assert_never(kind)


def _value(kind: Type, value: Value) -> Value:
    match kind, value:
        case SeqT(_, _, limit), tuple() if limit:
            return len(value)
        case SeqT(item, _), tuple():
            return tuple(_value(item, part) for part in value)
        case OptionT(item) | OwnT(item), _:
            return None if value is None else _value(item, value)
        case RecordT(_, fields), tuple():
            return tuple(_value(part, item) for (_, part), item in zip(fields, value, strict=True))
        case MapT(_, item), tuple():
            return tuple(_value(item, part) for part in value)
        case SetT(item), frozenset():
            return frozenset(_value(item, part) for part in value)
    return value


def _counted(expr: Expr) -> SeqT | None:
    """Return the type of `expr` if it is a sequence of unbounded length."""
    return expr.type if isinstance(expr.type, SeqT) and expr.type.limit else None


# --- expressions -------------------------------------------------------------------------------


def _expr(expr: Expr) -> Expr:
    match expr:
        case Const(value, kind):
            return Const(_value(kind, value), _type(kind))
        case Var(name, kind):
            return Var(name, _type(kind))
        case Old(name, kind):
            return Old(name, _type(kind))
        case Temp(name, kind):
            return Temp(name, _type(kind))
        case Field(record, name, kind):
            return Field(_expr(record), name, _type(kind))
        case Index(base, index, kind):
            counted = _counted(base)
            return Index(_expr(base), _expr(index), _type(kind)) if counted is None else _item(counted, base, index)
        case Make(items, kind):
            if isinstance(kind, SeqT) and kind.limit:
                return _after(items, Const(len(items), IntT(len(items), len(items))))
            return Make(tuple(map(_expr, items)), _type(kind))
        case Apply(op, args, kind):
            counted = _counted(args[-1] if op is Op.IN else args[0]) if args else None
            if counted is None or op not in _COUNTED:
                return Apply(op, tuple(map(_expr, args)), _type(kind))
            return _COUNTED[op](counted, args)
        case _:
            assert_never(expr)


def _item(kind: SeqT, base: Expr, index: Expr) -> Expr:
    """Return an item, which has a value where the index is inside."""
    length, place = _expr(base), _expr(index)
    inside = conjunction((apply(Op.LE, ZERO, place), apply(Op.LT, place, length)))
    return _where(inside, Const(_only(kind), _type(kind.item)))


def _only(kind: SeqT) -> Value:
    return _value(kind.item, next(iter(values(kind.item))))


def _where(condition: Expr, value: Expr) -> Expr:
    """Return `value` where the condition holds; elsewhere it has none."""
    return unwrap(Apply(Op.ITE, (condition, value, Const(None, OptionT(value.type))), OptionT(value.type)))


def _after(parts: tuple[Expr, ...], value: Expr) -> Expr:
    """Return `value`, which has one only where each of `parts` has one."""
    for part in map(_expr, parts):
        if not is_total(part):
            value = Apply(Op.ITE, (Apply(Op.EQ, (part, part), BoolT()), value, value), value.type)
    return value


def _append(kind: SeqT, args: tuple[Expr, ...]) -> Expr:
    return _after(args[1:], apply(Op.ADD, _expr(args[0]), ONE))


def _tail(kind: SeqT, args: tuple[Expr, ...]) -> Expr:
    length = _expr(args[0])
    return _where(apply(Op.LT, ZERO, length), apply(Op.SUB, length, ONE))


def _remove(kind: SeqT, args: tuple[Expr, ...]) -> Expr:
    length = _expr(args[0])
    shorter = Apply(Op.ITE, (_inside(kind, args[1], args[0]), apply(Op.SUB, length, ONE), length), length.type)
    return _after(args[1:], shorter)


def _inside(kind: SeqT, item: Expr, items: Expr) -> Expr:
    same = apply(Op.EQ, _expr(item), Const(_only(kind), _type(kind.item)))
    return conjunction((same, apply(Op.LT, ZERO, _expr(items))))


_COUNTED: dict[Op, Callable[[SeqT, tuple[Expr, ...]], Expr]] = {
    Op.LEN: lambda kind, args: _expr(args[0]),
    Op.IN: lambda kind, args: _inside(kind, args[0], args[1]),
    Op.APPEND: _append,
    Op.TAIL: _tail,
    Op.REMOVE: _remove,
}


# --- statements --------------------------------------------------------------------------------


def _block(block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    return tuple(map(_statement, block))


def _statement(stmt: Stmt) -> Stmt:
    match stmt:
        case Assign(Index(base, index) as target, value) if (kind := _counted(base)) is not None:
            same = apply(Op.EQ, _expr(value), Const(_only(kind), _type(kind.item)))
            inside = apply(Op.EQ, _item(kind, base, index), Const(_only(kind), _type(kind.item)))
            return Assert(conjunction((same, inside)), f"{target} is assigned", Fault.RANGE, stmt.loc)
        case Assign(target, Apply(Op.TAIL, (items,))) if (kind := _counted(items)) and target.type == kind:
            return replace(stmt, target=_expr(target), value=apply(Op.SUB, _expr(items), ONE))  # fails below 0 alike
        case Assign(target, value):
            return replace(stmt, target=_expr(target), value=_expr(value))
        case If(condition, then, otherwise):
            return replace(stmt, condition=_expr(condition), then=_block(then), otherwise=_block(otherwise))
        case Choose(target, options):
            return replace(stmt, target=Temp(target.name, _type(target.type)), options=_expr(options))
        case Assert(condition):
            return replace(stmt, condition=_expr(condition))
        case _:
            assert_never(stmt)
