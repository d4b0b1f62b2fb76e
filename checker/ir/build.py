"""Expressions built with their types, constants folded on the way."""

from __future__ import annotations

from collections.abc import Iterable

from checker.diagnostics import InternalError
from checker.interp import MEANING
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
    contains,
    ordinal,
    size,
)
from checker.ir.nodes import FALSE, TRUE, Apply, Const, Expr, Field, Index, Make, Temp
from checker.ir.ops import Op
from checker.ir.subtypes import covers, natural
from checker.machine import Undefined

_NEGATED = {Op.EQ: Op.NE, Op.NE: Op.EQ, Op.LT: Op.GE, Op.GE: Op.LT, Op.GT: Op.LE, Op.LE: Op.GT}


def conjunction(parts: Iterable[Expr]) -> Expr:
    """Return the AND of `parts`, flattened, without constants."""
    return _junction(Op.AND, parts, neutral=TRUE, absorbing=FALSE)


def disjunction(parts: Iterable[Expr]) -> Expr:
    """Return the OR of `parts`, flattened, without constants."""
    return _junction(Op.OR, parts, neutral=FALSE, absorbing=TRUE)


def _junction(op: Op, parts: Iterable[Expr], *, neutral: Expr, absorbing: Expr) -> Expr:
    kept: dict[Expr, None] = {}  # in order, each once
    for part in parts:
        for item in part.args if isinstance(part, Apply) and part.op is op else (part,):
            if item == absorbing:
                # What is left of a deciding constant must still be evaluated if it can be undefined.
                return absorbing if all(is_total(earlier) for earlier in kept) else Apply(op, (*kept, item), BoolT())
            if item != neutral:
                kept[item] = None
    if not kept:
        return neutral
    return next(iter(kept)) if len(kept) == 1 else Apply(op, tuple(kept), BoolT())


def negation(part: Expr) -> Expr:
    """Return NOT `part`, pushed into comparisons."""
    match part:
        case Const(value, _):
            return FALSE if value else TRUE
        case Apply(Op.NOT, (inner,), _):
            return inner
        case Apply(op, args, _) if op in _NEGATED:
            return Apply(_NEGATED[op], args, BoolT())
    return Apply(Op.NOT, (part,), BoolT())


def apply(op: Op, *args: Expr) -> Expr:
    """Return `op` applied to `args` with its type; folded where all arguments are constants."""
    match op:
        case Op.AND:
            return conjunction(args)
        case Op.OR:
            return disjunction(args)
        case Op.NOT:
            return negation(args[0])
        case Op.ITE:
            return choice(*args)
    result = Apply(op, args, result_type(op, tuple(arg.type for arg in args)))
    if all(isinstance(arg, Const) for arg in args):
        try:
            value = MEANING[op](*(arg.value for arg in args if isinstance(arg, Const)))
        except Undefined:
            return result
        return Const(value, _tight(result.type, value))
    return result


def choice(condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    """Return `then if condition else otherwise`."""
    if isinstance(condition, Const):
        return then if condition.value else otherwise
    if then == otherwise and is_total(condition):
        return then
    if then == TRUE and otherwise == FALSE:
        return condition
    if then == FALSE and otherwise == TRUE:
        return negation(condition)
    if otherwise == FALSE:
        return conjunction((condition, then))
    return Apply(Op.ITE, (condition, then, otherwise), join(then.type, otherwise.type))


def field(record: Expr, name: str) -> Expr:
    """Return a field of a record; of a constant or just built one, the part itself."""
    kind = record.type
    assert isinstance(kind, RecordT)
    match record:
        case Const(tuple() as parts, _):
            return Const(parts[kind.position(name)], kind.field(name))
        case Make(items, _):
            return items[kind.position(name)]
    return Field(record, name, kind.field(name))


def element(base: Expr, index: Expr) -> Expr:
    """Return an element of a Map or Seq; of a constant one at a constant place, the element itself."""
    kind = base.type
    assert isinstance(kind, MapT | SeqT)
    item = kind.value if isinstance(kind, MapT) else kind.item
    # In an early round of compilation an actor may not be known yet.
    if isinstance(index, Const) and (isinstance(kind, SeqT) or contains(kind.key, index.value)):
        place = ordinal(kind.key, index.value) if isinstance(kind, MapT) else index.value
        assert isinstance(place, int)
        match base:
            case Make(items, _) if 0 <= place < len(items):
                return items[place]
            case Const(tuple() as parts, _) if 0 <= place < len(parts):
                return Const(parts[place], item)
    return Index(base, index, item)


def unwrap(option: Expr) -> Expr:
    """Return the value in an Option or Own slot."""
    return apply(Op.UNWRAP, option)


def is_total(expr: Expr) -> bool:
    """Tell whether `expr` has a value in every state."""
    match expr:
        case Apply(op, args, _):
            return op not in (Op.UNWRAP, Op.TAIL, Op.DIV, Op.MOD) and all(map(is_total, args))
        case Index(base, index, _):
            inside = isinstance(base.type, MapT) and covers(base.type.key, index.type)
            return inside and is_total(base) and is_total(index)
        case Field(record, _, _):
            return is_total(record)
        case Make(items, kind):
            # A Set or Seq takes what it is given; a part of a Record or Map must be a value of its type.
            fits = all(covers(part, item.type) for item, part in zip(items, _parts(kind), strict=False))
            return fits and all(map(is_total, items))
        case _:
            return True


def _parts(kind: Type) -> tuple[Type, ...]:
    match kind:
        case RecordT(_, fields):
            return tuple(part for _, part in fields)
        case MapT(key, value):
            return (value,) * size(key)
        case _:
            return ()


def _same_names(fields: tuple[tuple[str, Type], ...], others: tuple[tuple[str, Type], ...]) -> bool:
    return [name for name, _ in fields] == [name for name, _ in others]


def join(left: Type, right: Type) -> Type:
    """Return the least type that has the values of both; ValueError if there is none."""
    match left, right:
        case IntT(lo, hi, limit), IntT(low, high, other_limit):
            return IntT(min(lo, low), max(hi, high), limit if limit == other_limit else "")
        case EnumT(name, members), EnumT(other, others):
            if name == other and name:
                return left if len(members) > len(others) else right
            if not (name and other) or set(members) == set(others):
                if set(others) <= set(members):
                    return left
                if set(members) <= set(others):
                    return right
                if not name and not other:
                    return EnumT("", tuple(dict.fromkeys((*members, *others))))
        case OwnT(item), OwnT(inner) | OptionT(inner) | inner if not _is_none(right):
            return OwnT(join(item, inner))
        case OptionT(item), OwnT(inner):
            return OwnT(inner if _is_none(left) else join(item, inner))
        case OptionT(item), OptionT(inner):
            return right if _is_none(left) else left if _is_none(right) else OptionT(join(item, inner))
        case ((OptionT() | OwnT()), OptionT()):
            return left
        case OptionT(item), inner:
            return OptionT(inner if _is_none(left) else join(item, inner))
        case item, OptionT() | OwnT():
            return join(right, item)
        case SetT(item), SetT(inner):
            return SetT(join(item, inner))
        case SeqT(item, capacity, limit), SeqT(inner, other_capacity, other_limit):
            return SeqT(join(item, inner), max(capacity, other_capacity), limit if limit == other_limit else "")
        case RecordT(name, fields), RecordT(other, others) if name == other and _same_names(fields, others):
            parts = zip(fields, others, strict=True)
            return RecordT(name, tuple((field, join(mine, its)) for (field, mine), (_, its) in parts))
    if left == right:
        return left
    raise ValueError(f"{left} and {right} have no common type")


def _is_none(kind: Type) -> bool:
    return isinstance(kind, OptionT) and kind.item == EnumT("", ())


def _tight(kind: Type, value: Value) -> Type:
    if isinstance(kind, IntT) and isinstance(value, int):
        return IntT(value, value)
    return kind


def result_type(op: Op, kinds: tuple[Type, ...]) -> Type:
    """Return the type of `op` applied to arguments of `kinds`; ValueError where it has none."""
    try:
        return natural(Apply(op, tuple(Temp("", kind) for kind in kinds), BoolT()))
    except InternalError as error:
        raise ValueError(f"`{op.symbol}` does not apply to {' and '.join(map(str, kinds))}") from error


def fits(want: Type, have: Type) -> bool:
    """Tell whether values of `have` may be stored in `want`; ranges are judged when a step is taken."""
    match want, have:
        case IntT(), IntT():
            return True
        case EnumT(_, members), EnumT(_, others):
            return set(others) <= set(members) or set(members) == set(others)
        case ((OptionT(item) | OwnT(item)), (OptionT(inner) | OwnT(inner))):
            return inner == EnumT("", ()) or fits(item, inner)
        case SetT(item), SetT(inner):
            return inner == EnumT("", ()) or fits(item, inner)
        case SeqT(item, _), SeqT(inner, _):
            return inner == EnumT("", ()) or fits(item, inner)
        case MapT(key, item), MapT(other, inner):
            return key == other and fits(item, inner)
        case RecordT(name, fields), RecordT(other_name, others):
            return (
                name == other_name
                and [f for f, _ in fields] == [f for f, _ in others]
                and all(fits(a, b) for (_, a), (_, b) in zip(fields, others, strict=True))
            )
    return want == have
