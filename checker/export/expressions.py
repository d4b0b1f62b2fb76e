"""Expressions of the IR in TLA+, each with the type it is written as.

The meaning is that of `checker.interp`: `/\\`, `\\/` and `IF` evaluate from the left as far as needed, in TLC too;
where the interpreter finds no value (an index outside, None unwrapped, a division by zero), TLC stops with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import assert_never

from checker.diagnostics import InternalError
from checker.export.terms import (
    NONE,
    Kind,
    Term,
    as_number,
    at,
    both,
    call,
    choice,
    either,
    equal,
    field,
    get,
    infix,
    negated,
    number,
    record,
    set_of,
    tuple_of,
)
from checker.export.types import fit, function, literal
from checker.ir.domains import BoolT, EnumT, IntT, MapT, RecordT, SeqT, SetT, Type
from checker.ir.nodes import Apply, Const, Expr, Field, Index, Make, Old, Temp, Var
from checker.ir.ops import Op
from checker.ir.subtypes import covers, join, natural


@dataclass(frozen=True, slots=True)
class Typed:
    """A term and the type it is written as."""

    term: Term
    type: Type


Lookup = Callable[[Var | Old | Temp], Typed]  # what a name stands for
Operator = Callable[[list[Typed]], Typed]


def translate(expr: Expr, lookup: Lookup) -> Typed:
    """Return `expr` in TLA+, its names as `lookup` gives them."""
    match expr:
        case Const(value, kind):
            return Typed(literal(kind, value), kind)
        case Var() | Old() | Temp():
            return lookup(expr)
        case Field(base, part):
            whole = translate(base, lookup)
            assert isinstance(whole.type, RecordT)
            return Typed(field(whole.term, part), whole.type.field(part))
        case Index(base, index):
            sure = isinstance(base.type, MapT) and covers(base.type.key, natural(index))
            return element(translate(base, lookup), translate(index, lookup), sure=sure)
        case Apply(op, args):
            return OPERATORS[op]([translate(arg, lookup) for arg in args])
        case Make(items, kind):
            return _made([translate(item, lookup) for item in items], kind)
        case _:
            assert_never(expr)


def element(base: Typed, index: Typed, *, sure: bool) -> Typed:
    """Return an element of a Map by its key, of a Seq by its position from 0; `sure`: it is there."""
    match base.type:
        case MapT(key, item):
            argument = fit(index.term, index.type, key)
            return Typed(at(base.term, argument, sure=sure), item)
        case SeqT(item):
            place = position(index.term)
            return Typed(call("Head", base.term) if place == number(1) else at(base.term, place, sure=False), item)
        case _:
            raise InternalError(f"{base.type} cannot be indexed")


def position(index: Term) -> Term:
    """Return a position counted from 0 as one counted from 1."""
    known = as_number(index)
    return number(known + 1) if known is not None else infix("+", index, number(1))


def _made(items: list[Typed], kind: Type) -> Typed:
    match kind:
        case RecordT(_, fields):
            parts = (fit(item.term, item.type, want) for item, (_, want) in zip(items, fields, strict=True))
            return Typed(record((f for f, _ in fields), parts), kind)
        case MapT(key, want):
            return Typed(function(key, [fit(item.term, item.type, want) for item in items]), kind)
        case SetT(want):
            return Typed(set_of(fit(item.term, item.type, want) for item in items), kind)
        case SeqT(want):
            return Typed(tuple_of(fit(item.term, item.type, want) for item in items), kind)
        case _:
            raise InternalError(f"{kind} is not made from parts")


# --- operators ---------------------------------------------------------------------------------


def _bool(build: Callable[[list[Term]], Term]) -> Operator:
    return lambda args: Typed(build([arg.term for arg in args]), BoolT())


def _joined(build: Callable[[Term, Term], Term]) -> Operator:
    """Bring both arguments to one form; the result is a condition."""

    def apply(args: list[Typed]) -> Typed:
        left, right = _alike(args)
        return Typed(build(left.term, right.term), BoolT())

    return apply


def _alike(args: list[Typed]) -> list[Typed]:
    kind = reduce(join, (arg.type for arg in args))
    return [Typed(fit(arg.term, arg.type, kind), kind) for arg in args]


def _compare(symbol: str) -> Operator:
    return _bool(lambda args: infix(symbol, *args))


def _number(build: Callable[..., Term]) -> Operator:
    return lambda args: Typed(build(*(arg.term for arg in args)), IntT(0, 0))


def _sum(*args: Term) -> Term:
    found = [arg for arg in args if as_number(arg) != 0]
    return infix("+", *found) if len(found) > 1 else found[0] if found else number(0)


def _quotient(args: list[Typed]) -> Typed:
    left, right = (arg.term for arg in args)
    known = as_number(right)
    return Typed(infix("\\div", left, right) if known and known > 0 else call("Div", left, right), IntT(0, 0))


def _remainder(args: list[Typed]) -> Typed:
    left, right = (arg.term for arg in args)
    known = as_number(right)
    return Typed(infix("%", left, right) if known and known > 0 else call("Mod", left, right), IntT(0, 0))


def _count(*args: Term) -> Term:
    return _sum(*(call("Bit", arg) for arg in args))


def _nested(operator: str) -> Callable[..., Term]:
    return lambda *args: reduce(lambda left, right: call(operator, left, right), args)


def _if(args: list[Typed]) -> Typed:
    condition, *arms = args
    then, otherwise = _alike(arms)
    if (then.term, otherwise.term) == (number(1), number(0)):
        return Typed(call("Bit", condition.term), then.type)
    return Typed(choice(condition.term, then.term, otherwise.term), then.type)


def _unwrap(args: list[Typed]) -> Typed:
    (option,) = args
    return Typed(get(option.term), getattr(option.type, "item", option.type))


def _length(args: list[Typed]) -> Typed:
    (items,) = args
    return Typed(call("Cardinality" if isinstance(items.type, SetT) else "Len", items.term), IntT(0, 0))


def _in(args: list[Typed]) -> Typed:
    item, items = args
    holder: Type = items.type
    assert isinstance(holder, (SetT, SeqT))
    kind = join(item.type, holder.item) if holder.item != EnumT("", ()) else item.type
    wanted: Type = SetT(kind) if isinstance(holder, SetT) else SeqT(kind, holder.capacity)
    left, right = fit(item.term, item.type, kind), fit(items.term, holder, wanted)
    return Typed(infix("\\in", left, right if isinstance(holder, SetT) else call("Range", right)), BoolT())


def _sets(symbol: str) -> Operator:
    def apply(args: list[Typed]) -> Typed:
        left, right = _alike(args)
        return Typed(infix(symbol, left.term, right.term), left.type)

    return apply


def _append(args: list[Typed]) -> Typed:
    items, item = args
    assert isinstance(items.type, SeqT)
    return Typed(call("Append", items.term, fit(item.term, item.type, items.type.item)), items.type)


def _tail(args: list[Typed]) -> Typed:
    (items,) = args
    return Typed(call("Tail", items.term), items.type)


def _remove(args: list[Typed]) -> Typed:
    items, item = args
    assert isinstance(items.type, SeqT)
    return Typed(call("Remove", items.term, fit(item.term, item.type, items.type.item)), items.type)


def _empty_or(condition: Term) -> Term:
    """Write emptiness as readers of TLA+ do: `q # <<>>`, `s = {}`."""
    match condition:
        case Term(
            Kind.INFIX,
            ("=" | "#" | ">" | "<=") as symbol,
            (Term(Kind.CALL, ("Len" | "Cardinality") as of, (items,)), zero),
        ):
            if zero == number(0):
                nothing = tuple_of([]) if of == "Len" else set_of([])
                return infix("=" if symbol in ("=", "<=") else "#", items, nothing)
    return condition


def _ordered(symbol: str) -> Operator:
    return _bool(lambda args: _empty_or(infix(symbol, *args)))


OPERATORS: Mapping[Op, Operator] = {
    Op.AND: _bool(both),
    Op.OR: _bool(either),
    Op.NOT: _bool(lambda args: negated(args[0])),
    Op.ITE: _if,
    Op.EQ: _joined(lambda left, right: _empty_or(equal(left, right))),
    Op.NE: _joined(lambda left, right: _empty_or(negated(equal(left, right)))),
    Op.LT: _ordered("<"),
    Op.LE: _ordered("<="),
    Op.GT: _ordered(">"),
    Op.GE: _ordered(">="),
    Op.ADD: _number(_sum),
    Op.SUB: _number(lambda left, right: infix("-", left, right)),
    Op.MUL: _number(lambda left, right: infix("*", left, right)),
    Op.DIV: _quotient,
    Op.MOD: _remainder,
    Op.NEG: _number(lambda arg: Term(Kind.MINUS, "", (arg,))),
    Op.MIN: _number(_nested("Min")),
    Op.MAX: _number(_nested("Max")),
    Op.COUNT: _number(_count),
    Op.IS_NONE: _bool(lambda args: equal(args[0], NONE)),
    Op.UNWRAP: _unwrap,
    Op.LEN: _length,
    Op.IN: _in,
    Op.UNION: _sets("\\cup"),
    Op.INTERSECT: _sets("\\cap"),
    Op.MINUS: _sets("\\"),
    Op.SUBSET: _joined(lambda left, right: infix("\\subseteq", left, right)),
    Op.APPEND: _append,
    Op.TAIL: _tail,
    Op.REMOVE: _remove,
}
"""Each operator of the table as a TLA+ term. What is not of a standard module is defined in `helpers.py`."""
