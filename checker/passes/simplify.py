"""Steps made shorter: constants carried forward, decided branches cut, temporaries nobody reads removed.

Within one step only; what another step may read is never touched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from checker.ir.build import apply, element, field, is_total
from checker.ir.domains import OptionT, OwnT, RecordT, Type
from checker.ir.nodes import (
    FALSE,
    Action,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Field,
    If,
    Index,
    Make,
    Model,
    Old,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.ir.subtypes import covers, natural
from checker.ir.walk import expressions, indices, map_children, root, statements, temps, walk

Known = dict[Expr, Const]


def simplify(model: Model) -> Model:
    """Return the model with every update simplified, without actions whose guard can never hold."""
    return replace(model, actions=tuple(simplify_action(action) for action in model.actions if possible(action)))


def possible(action: Action) -> bool:
    """Tell whether the guard may hold: no conjunct is constantly false, unless an earlier one may have no value."""
    for conjunct in action.guard:
        if conjunct.expr == FALSE:
            return False
        if not is_total(conjunct.expr):
            return True
    return True


def simplify_action(action: Action) -> Action:
    known: Known = {}
    for conjunct in action.guard:
        match conjunct.expr:
            case Apply(Op.EQ, (Var() as place, Const() as value), _) if conjunct.location:
                known[place] = value
    update = block(action.update, known)
    while (shorter := without_unread(update)) != update:
        update = shorter
    return replace(action, update=update)


def block(statements_: tuple[Stmt, ...], known: Known) -> tuple[Stmt, ...]:
    result: list[Stmt] = []
    for statement in statements_:
        match statement:
            case Assign(target, value):
                new = fold(value, known)
                forget(target, known)
                learn(target, new, known)
                result.append(statement if new is value else replace(statement, value=new))
            case If(condition, then, otherwise):
                test = fold(condition, known)
                if isinstance(test, Const):
                    result += block(then if test.value else otherwise, known)
                    continue
                sides = [dict(known), dict(known)]
                if_true, if_false = block(then, sides[0]), block(otherwise, sides[1])
                known.clear()
                known.update({place: value for place, value in sides[0].items() if sides[1].get(place) == value})
                if if_true or if_false:
                    result.append(replace(statement, condition=test, then=if_true, otherwise=if_false))
                elif not is_total(test):
                    result.append(replace(statement, condition=test, then=(), otherwise=()))
            case Choose(target, options):
                forget(target, known)
                result.append(replace(statement, options=fold(options, known)))
            case Assert(condition):
                test = fold(condition, known)
                if not (isinstance(test, Const) and test.value):
                    result.append(replace(statement, condition=test))
            case _:
                assert_never(statement)
    return tuple(result)


def fold(expr: Expr, known: Known) -> Expr:
    """Return `expr` with known places replaced and constants folded."""
    if isinstance(expr, (Var, Temp, Field, Index)) and expr in known:  # only of places anything is known
        return known[expr]
    match expr:
        case Apply(op, args, kind):
            new = tuple(fold(arg, known) for arg in args)
            return reduced(op, new, kind) if new != args else expr
        case Field(record, name, _):
            base = fold(record, known)
            return field(base, name) if base is not record else expr
        case Index(base_expr, index, _):
            base, place = fold(base_expr, known), fold(index, known)
            return element(base, place) if (base, place) != (base_expr, index) else expr
        case Const() | Var() | Old() | Temp() | Make():
            return map_children(expr, lambda part: fold(part, known))
        case _:
            assert_never(expr)


def reduced(op: Op, args: tuple[Expr, ...], kind: Type) -> Expr:
    """Return `op` applied to `args`. A choice of an Option stays one when it is decided: it is asked for its value."""
    found = apply(op, *args)
    if op is not Op.ITE or not isinstance(kind, OptionT | OwnT) or isinstance(found.type, OptionT | OwnT):
        return found
    return Const(found.value, kind) if isinstance(found, Const) else Apply(op, args, kind)


def forget(place: Expr, known: Known) -> None:
    base = root(place)
    for other in [item for item in known if mentions(item, base)]:
        del known[other]


def mentions(place: Expr, base: Var | Temp) -> bool:
    """Tell whether `place` is of `base`, or of an element whose index depends on it."""
    return place == base if isinstance(place, (Var, Temp)) else any(part == base for part in walk(place))


def learn(place: Expr, value: Expr, known: Known) -> None:
    base = root(place)
    if any(part == base for index in indices(place) for part in walk(index)):
        return  # `m[m[0]] = 1`: the write may change which place this is
    match value:
        case Const():
            known[place] = stored(value, place.type)
        case Make(items, RecordT(_, fields)):
            for (name, kind), item in zip(fields, items, strict=True):
                if isinstance(item, Const):
                    known[Field(place, name, kind)] = stored(item, kind)
    # invariant: what is known of a place dies with the next write to any part of its variable


def stored(value: Const, kind: Type) -> Const:
    """Return a constant as a place of type `kind` holds it: in an Option it can be asked whether it is there."""
    return Const(value.value, kind) if isinstance(kind, OptionT | OwnT) else value


def without_unread(update: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """Return the block without temporaries that nobody reads and whose value cannot fail."""
    read: frozenset[str] = frozenset()
    for statement in statements(update):
        for expr in expressions(statement):
            read |= temps(expr)
        if isinstance(statement, Assign) and not isinstance(statement.target, Temp):
            base = root(statement.target)
            read |= {base.name} if isinstance(base, Temp) else frozenset()
    return _strip(update, read)


def _strip(block_: tuple[Stmt, ...], read: frozenset[str]) -> tuple[Stmt, ...]:
    kept: list[Stmt] = []
    for statement in block_:
        match statement:
            case Assign(Temp(name, kind), value) if (
                name not in read and is_total(value) and covers(kind, natural(value))
            ):
                continue
            case If(condition, then, otherwise):
                sides = _strip(then, read), _strip(otherwise, read)
                if any(sides) or not is_total(condition):
                    kept.append(replace(statement, then=sides[0], otherwise=sides[1]))
            case _:
                kept.append(statement)
    return tuple(kept)
