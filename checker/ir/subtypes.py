"""How types relate by the values they have: inclusion, union, and the values an expression can have.

Ranges of `Apply` nodes are not declared by anybody; `natural` derives them from the places and constants below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import assert_never

from checker.diagnostics import InternalError
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
    size,
)
from checker.ir.nodes import Apply, Const, Expr, Field, Index, Make, Old, Temp, Var
from checker.ir.ops import Op


def covers(outer: Type, inner: Type) -> bool:
    """Tell whether every value of `inner` is a value of `outer` (sufficient: False may be said of equal sets)."""
    if outer is inner:
        return True
    match outer:
        case BoolT():
            return isinstance(inner, BoolT)
        case IntT(lo, hi, limit):
            inside = isinstance(inner, IntT) and lo <= inner.lo and inner.hi <= hi
            return inside and (not limit or (isinstance(inner, IntT) and inner.limit == limit))
        case EnumT(_, members):
            return isinstance(inner, EnumT) and set(inner.members) <= set(members)
        case OptionT(item) | OwnT(item):
            return covers(item, inner.item if isinstance(inner, (OptionT, OwnT)) else inner)
        case RecordT(_, fields):
            return (
                isinstance(inner, RecordT)
                and len(fields) == len(inner.fields)
                and all(covers(mine, its) for (_, mine), (_, its) in zip(fields, inner.fields, strict=True))
            )
        case MapT(key, value):
            return isinstance(inner, MapT) and key == inner.key and covers(value, inner.value)
        case SetT(item):
            return isinstance(inner, SetT) and covers(item, inner.item)
        case SeqT(item, capacity, limit):
            inside = isinstance(inner, SeqT) and inner.capacity <= capacity and covers(item, inner.item)
            return inside and (not limit or (isinstance(inner, SeqT) and inner.limit == limit))
        case _:
            assert_never(outer)


def join(left: Type, right: Type) -> Type:
    """Return a type that covers both; InternalError if they have different shapes."""
    match left, right:
        case BoolT(), BoolT():
            return left
        case IntT(a_lo, a_hi, limit), IntT(b_lo, b_hi, other):
            return IntT(min(a_lo, b_lo), max(a_hi, b_hi), limit if limit == other else "")
        case (OptionT(a) | OwnT(a), OptionT(b) | OwnT(b)):
            return OptionT(join(a, b))
        case (OptionT(a) | OwnT(a), other) | (other, OptionT(a) | OwnT(a)):
            return OptionT(join(a, other))
        case EnumT(_, a_members), EnumT(_, b_members) if a_members == b_members:
            return left
        case EnumT(name, a_members), EnumT(_, b_members):
            return EnumT(name, (*a_members, *(member for member in b_members if member not in a_members)))
        case RecordT(name, a_fields), RecordT(_, b_fields) if len(a_fields) == len(b_fields):
            pairs = zip(a_fields, b_fields, strict=True)
            return RecordT(name, tuple((field, join(a, b)) for (field, a), (_, b) in pairs))
        case MapT(key, a), MapT(other_key, b) if key == other_key:
            return MapT(key, join(a, b))
        case SetT(a), SetT(b):
            return SetT(join(a, b))
        case SeqT(a, a_capacity, limit), SeqT(b, b_capacity, other):
            return SeqT(join(a, b), max(a_capacity, b_capacity), limit if limit == other else "")
        case _:
            raise InternalError(f"{left} and {right} have no type in common")


def same_shape(left: Type, right: Type) -> bool:
    """Tell whether values of the two types can be compared and assigned: equal but for ranges, capacities, options."""
    if left == right:
        return True
    try:
        join(left, right)
    except InternalError:
        return False
    return True


def natural(expr: Expr) -> Type:
    """Return a type that has every value `expr` can have, taking only places and constants at their word.

    A place holds values of its declared type (each assignment is checked), so what is derived from below is sound.
    InternalError where an operator is applied to shapes it does not have.
    """
    match expr:
        case Const(value, kind):
            return IntT(value, value) if isinstance(kind, IntT) and isinstance(value, int) else kind
        case Var(_, kind) | Old(_, kind) | Temp(_, kind):
            return kind
        case Field(record, name):
            base = natural(record)
            if not isinstance(base, RecordT) or name not in dict(base.fields):
                raise InternalError(f"{base} has no field `{name}`")
            return base.field(name)
        case Index(base_expr):
            base = natural(base_expr)
            match base:
                case MapT(_, item) | SeqT(item, _):
                    return item
                case _:
                    raise InternalError(f"{base} cannot be indexed")
        case Apply(op, args):
            return _NATURAL[op](tuple(map(natural, args)))
        case Make(items, kind):
            return _natural_make(kind, tuple(map(natural, items)))
        case _:
            assert_never(expr)


def _natural_make(kind: Type, items: tuple[Type, ...]) -> Type:
    match kind:
        case RecordT(name, fields):
            return RecordT(name, tuple((field, item) for (field, _), item in zip(fields, items, strict=True)))
        case MapT(key, _):
            return MapT(key, reduce(join, items))
        case SetT(item):
            return SetT(reduce(join, items)) if items else SetT(item)
        case SeqT(item, _):
            return SeqT(reduce(join, items), len(items)) if items else SeqT(item, 0)
        case BoolT() | IntT() | EnumT() | OptionT() | OwnT():
            raise InternalError(f"{kind} is not made from parts")
        case _:
            assert_never(kind)


# --- operators ---------------------------------------------------------------------------------


def _bool(args: tuple[Type, ...]) -> Type:
    return BoolT()


def _ranges(args: Iterable[Type]) -> list[IntT]:
    ranges = [arg for arg in args if isinstance(arg, IntT)]
    if len(ranges) != len(tuple(args)):
        raise InternalError(f"expected numbers, got {', '.join(map(str, args))}")
    return ranges


def _corners(function: Callable[[int, int], int]) -> Callable[[tuple[Type, ...]], Type]:
    """Range of a function of two numbers that is monotone in each argument where the other is fixed."""

    def derive(args: tuple[Type, ...]) -> Type:
        a, b = _ranges(args)
        corners = [function(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        return IntT(min(corners), max(corners))

    return derive


def _quotient(args: tuple[Type, ...]) -> Type:
    a, b = _ranges(args)
    # The greatest quotients are at the divisors nearest to zero on either side.
    divisors = {d for d in (b.lo, -1, 1, b.hi) if d != 0 and b.lo <= d <= b.hi}
    corners = [x // d for x in (a.lo, a.hi) for d in divisors]
    return IntT(min(corners, default=0), max(corners, default=0))


def _remainder(args: tuple[Type, ...]) -> Type:
    _, b = _ranges(args)
    return IntT(min(0, b.lo + 1), max(0, b.hi - 1))


def _negative(args: tuple[Type, ...]) -> Type:
    (a,) = _ranges(args)
    return IntT(-a.hi, -a.lo)


def _least(args: tuple[Type, ...]) -> Type:
    ranges = _ranges(args)
    return IntT(min(r.lo for r in ranges), min(r.hi for r in ranges))


def _greatest(args: tuple[Type, ...]) -> Type:
    ranges = _ranges(args)
    return IntT(max(r.lo for r in ranges), max(r.hi for r in ranges))


def _total(args: tuple[Type, ...]) -> Type:
    ranges = _ranges(args)
    return IntT(sum(r.lo for r in ranges), sum(r.hi for r in ranges))


def _count(args: tuple[Type, ...]) -> Type:
    return IntT(0, len(args))


def _either(args: tuple[Type, ...]) -> Type:
    return join(args[1], args[2])


def _unwrapped(args: tuple[Type, ...]) -> Type:
    (option,) = args
    if not isinstance(option, (OptionT, OwnT)):
        raise InternalError(f"{option} cannot be unwrapped")
    return option.item


def _length(args: tuple[Type, ...]) -> Type:
    match args:
        case (SeqT(_, capacity, limit),):
            return IntT(0, capacity, limit)
        case (SetT(item),):
            return IntT(0, size(item))
        case _:
            raise InternalError(f"{args[0]} has no length")


def _joined(args: tuple[Type, ...]) -> Type:
    return reduce(join, args)


def _first(args: tuple[Type, ...]) -> Type:
    return args[0]


def _appended(args: tuple[Type, ...]) -> Type:
    items, item = args
    if not isinstance(items, SeqT):
        raise InternalError(f"{items} cannot be appended to")
    return SeqT(join(items.item, item) if items.capacity else item, items.capacity + 1)


def _shortened(args: tuple[Type, ...]) -> Type:
    items = args[0]
    if not isinstance(items, SeqT):
        raise InternalError(f"{items} has no tail")
    return SeqT(items.item, max(0, items.capacity - 1))


_NATURAL: Mapping[Op, Callable[[tuple[Type, ...]], Type]] = {
    Op.AND: _bool,
    Op.OR: _bool,
    Op.NOT: _bool,
    Op.ITE: _either,
    Op.EQ: _bool,
    Op.NE: _bool,
    Op.LT: _bool,
    Op.LE: _bool,
    Op.GT: _bool,
    Op.GE: _bool,
    Op.ADD: _total,
    Op.SUB: _corners(lambda x, y: x - y),
    Op.MUL: _corners(lambda x, y: x * y),
    Op.DIV: _quotient,
    Op.MOD: _remainder,
    Op.NEG: _negative,
    Op.MIN: _least,
    Op.MAX: _greatest,
    Op.COUNT: _count,
    Op.IS_NONE: _bool,
    Op.UNWRAP: _unwrapped,
    Op.LEN: _length,
    Op.IN: _bool,
    Op.UNION: _joined,
    Op.INTERSECT: _first,
    Op.MINUS: _first,
    Op.SUBSET: _bool,
    Op.APPEND: _appended,
    Op.TAIL: _shortened,
    Op.REMOVE: _first,
}
