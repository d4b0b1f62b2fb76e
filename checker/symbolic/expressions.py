"""Expressions as terms: a value, and the condition under which there is one.

The interpreter evaluates from the left and stops where it need not go on; so an argument of `and`, `or` and `if` has to
have a value only where the interpreter gets to it. Types of intermediate values are what `natural` derives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeAlias, assert_never

from checker.diagnostics import InternalError
from checker.ir.domains import MapT, RecordT, SeqT, SetT, Type, values
from checker.ir.nodes import Apply, Const, Expr, Field, Index, Make, Old, Temp, Var
from checker.ir.ops import Op
from checker.ir.subtypes import natural
from checker.symbolic.terms import Term, Terms, at_most, both, conjunction, disjunction, either, implies, less, negate
from checker.symbolic.values import (
    Line,
    Members,
    Opt,
    Parts,
    Scalar,
    Val,
    blank,
    choose,
    coerce,
    equal,
    found_at,
    literal,
    member,
)

Meant: TypeAlias = tuple[Val, Term]  # a value, and when there is one


@dataclass(slots=True)
class Scope:
    """What the names in an expression stand for."""

    terms: Terms
    variables: dict[str, Val]
    old: Mapping[str, Val] = field(default_factory=dict)
    temps: dict[str, Val] = field(default_factory=dict)

    # --- conditions ----------------------------------------------------------------------------

    def condition(self, expr: Expr) -> tuple[Term, Term]:
        """Return whether `expr`, a Bool, holds where it has a value, and when it has one."""
        value, there = self.value(expr)
        return scalar(value), there

    def holds(self, expr: Expr) -> Term:
        """Return whether `expr` holds; what has no value does not."""
        return both(*self.condition(expr))

    def both(self, exprs: Sequence[Expr]) -> tuple[Term, Term]:
        """Return whether all of `exprs` hold, asked from the left to the first that does not; and when it is known."""
        return self._lazily(exprs, negate, conjunction)

    def _lazily(
        self, exprs: Sequence[Expr], stop: Callable[[Term], Term], joined: Callable[[list[Term]], Term]
    ) -> tuple[Term, Term]:
        found = [self.condition(expr) for expr in exprs]
        there: Term = True
        for truth, known_here in reversed(found):
            there = both(known_here, either(stop(truth), there))
        return joined([truth for truth, _ in found]), there

    # --- values --------------------------------------------------------------------------------

    def value(self, expr: Expr) -> Meant:
        """Return the value of `expr`, in the shape of `natural(expr)` or one that is equal, and when there is one."""
        match expr:
            case Const(constant, kind):
                return literal(self.terms, kind, constant), True
            case Var(name):
                return self.variables[name], True
            case Old(name):
                return self.old[name], True
            case Temp(name):
                return self.temps[name], True
            case Field(record, name):
                value, there = self.value(record)
                return parts(value)[position(record.type, name)], there
            case Index(base, index):
                return self._element(base, index)
            case Apply(Op.AND, args):
                truth, there = self.both(args)
                return Scalar(truth), there
            case Apply(Op.OR, args):
                truth, there = self._lazily(args, lambda found: found, disjunction)
                return Scalar(truth), there
            case Apply(Op.ITE, (condition, then, otherwise)):
                return self._either(expr, condition, then, otherwise)
            case Apply(op, args):
                found = [self.value(arg) for arg in args]
                made, there = OPERATORS[op](self.terms, expr, [value for value, _ in found])
                return made, conjunction((*(known_here for _, known_here in found), there))
            case Make():
                return self._make(expr)
            case _:
                assert_never(expr)

    def place(self, base: Type, items: Val, index: Val) -> tuple[Term, list[tuple[Term, int]]]:
        """Return when a Map or Seq has an element at `index`, and for each position when it is that one."""
        match base, items:
            case MapT(key), Parts():
                hits = [equal(index, literal(self.terms, key, value)) for value in values(key)]
                return disjunction(hits), [(hit, place) for place, hit in enumerate(hits)]
            case SeqT(), Line(length, within_it):
                place = scalar(index)
                inside = both(at_most(0, place), less(place, length))
                return inside, [(equal(index, Scalar(p)), p) for p in range(len(within_it))]
            case _:
                raise InternalError(f"{base} cannot be indexed")

    def _element(self, base: Expr, index: Expr) -> Meant:
        items, there = self.value(base)
        wanted, index_there = self.value(index)
        inside, hits = self.place(base.type, items, wanted)
        elements = parts(items)
        reached = [(hit, elements[place]) for hit, place in hits if hit is not False]
        if not reached:
            natural_base = natural(base)
            assert isinstance(natural_base, (MapT, SeqT))
            return blank(natural_base.value if isinstance(natural_base, MapT) else natural_base.item), False
        found = reduce(
            lambda rest, pair: choose(self.terms, pair[0], pair[1], rest), reversed(reached[:-1]), reached[-1][1]
        )
        return found, both(there, index_there, inside)

    def _either(self, expr: Expr, condition: Expr, then: Expr, otherwise: Expr) -> Meant:
        truth, known_here = self.condition(condition)
        kind = natural(expr)
        (left, left_there), (right, right_there) = self.value(then), self.value(otherwise)
        there = both(known_here, implies(truth, left_there), either(truth, right_there))
        return choose(self.terms, truth, coerce(kind, left), coerce(kind, right)), there

    def _make(self, expr: Make) -> Meant:
        found = [self.value(item) for item in expr.items]
        items, there = [value for value, _ in found], conjunction(known_here for _, known_here in found)
        match natural(expr):
            case RecordT(_, fields):
                return Parts(tuple(coerce(kind, item) for (_, kind), item in zip(fields, items, strict=True))), there
            case MapT(_, kind):
                return Parts(tuple(coerce(kind, item) for item in items)), there
            case SeqT(kind, _):
                return Line(len(items), tuple(coerce(kind, item) for item in items)), there
            case SetT(kind):
                hits = {value: literal(self.terms, kind, value) for value in values(kind)}
                return Members({v: disjunction(equal(i, one) for i in items) for v, one in hits.items()}), there
            case kind:
                raise InternalError(f"{kind} is not made from parts")


def scalar(value: Val) -> Term:
    """Return the term of a Bool, Int or Enum."""
    if not isinstance(value, Scalar):
        raise InternalError(f"{value} is no scalar")
    return value.term


def parts(value: Val) -> tuple[Val, ...]:
    """Return the parts of a Record, Map or Seq."""
    if not isinstance(value, (Parts, Line)):
        raise InternalError(f"{value} has no parts")
    return value.items


def position(kind: Type, name: str) -> int:
    if not isinstance(kind, RecordT):
        raise InternalError(f"{kind} is no record")
    return kind.position(name)


# --- operators ---------------------------------------------------------------------------------

Build: TypeAlias = Callable[[Terms, Apply, list[Val]], Meant]
"""Terms of the arguments to terms of the result, and when there is one if all arguments have a value."""


def _total(function: Callable[..., Term]) -> Build:
    """An operator on scalars that always has a result."""

    def build(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
        return Scalar(function(*map(scalar, args))), True

    return build


def _lazy(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    raise InternalError(f"`{expr.op.symbol}` does not evaluate all of its arguments")


def _same(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    return Scalar(equal(*args)), True


def _different(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    return Scalar(negate(equal(*args))), True


def _sum(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    return Scalar(terms.total(map(scalar, args))), True


def _quotient(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    left, right = map(scalar, args)
    return Scalar(terms.quotient(left, right)), negate(equal(args[1], Scalar(0)))


def _remainder(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    left, right = map(scalar, args)
    return Scalar(terms.remainder(left, right)), negate(equal(args[1], Scalar(0)))


def _extreme(before: Callable[[Term, Term], Term]) -> Build:
    def build(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
        return Scalar(reduce(lambda a, b: terms.pick(before(a, b), a, b), map(scalar, args))), True

    return build


def _count(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    return Scalar(terms.total(terms.pick(scalar(arg), 1, 0) for arg in args)), True


def _is_none(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    return Scalar(negate(args[0].full) if isinstance(args[0], Opt) else False), True


def _unwrap(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    (option,) = args
    return (option.item, option.full) if isinstance(option, Opt) else (option, True)


def _length(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    match args[0]:
        case Line(length):
            return Scalar(length), True
        case Members(has):
            return Scalar(terms.total(terms.pick(term, 1, 0) for term in has.values())), True
        case other:
            raise InternalError(f"{other} has no length")


def _in(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    item, items = args
    if isinstance(items, Line):
        return Scalar(disjunction(found_at(item, items))), True
    kind = natural(expr.args[1])
    assert isinstance(kind, SetT)
    return Scalar(member(item, _members(items), lambda value: literal(terms, kind.item, value))), True


def _members(value: Val) -> Members:
    if not isinstance(value, Members):
        raise InternalError(f"{value} is no set")
    return value


def _union(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    left, right = (_members(arg).has for arg in args)
    return Members({v: either(left.get(v, False), right.get(v, False)) for v in {**left, **right}}), True


def _intersect(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    left, right = (_members(arg).has for arg in args)
    return Members({v: both(term, right.get(v, False)) for v, term in left.items()}), True


def _minus(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    left, right = (_members(arg).has for arg in args)
    return Members({v: both(term, negate(right.get(v, False))) for v, term in left.items()}), True


def _subset(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    left, right = (_members(arg).has for arg in args)
    return Scalar(conjunction(implies(term, right.get(v, False)) for v, term in left.items())), True


def _line(value: Val) -> Line:
    if not isinstance(value, Line):
        raise InternalError(f"{value} is no sequence")
    return value


def _append(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    kind = natural(expr)
    assert isinstance(kind, SeqT)
    wider, item = _line(coerce(kind, args[0])), coerce(kind.item, args[1])
    items = (choose(terms, equal(Scalar(wider.length), Scalar(p)), item, old) for p, old in enumerate(wider.items))
    return Line(terms.total((wider.length, 1)), tuple(items)), True


def _tail(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    kind, items = natural(expr), _line(args[0])
    assert isinstance(kind, SeqT)
    return Line(terms.total((items.length, -1)), items.items[1:]), less(0, items.length)


def _remove(terms: Terms, expr: Apply, args: list[Val]) -> Meant:
    items, item = _line(args[0]), args[1]
    if not items.items:
        return items, True
    kind = natural(expr.args[0])
    assert isinstance(kind, SeqT)
    seen: Term = False
    kept = []
    for hit, here, after in zip(found_at(item, items), items.items, (*items.items[1:], blank(kind.item)), strict=True):
        seen = either(seen, hit)
        kept.append(choose(terms, seen, after, here))
    return Line(terms.total((items.length, terms.pick(seen, -1, 0))), tuple(kept)), True


OPERATORS: Mapping[Op, Build] = {
    Op.AND: _lazy,
    Op.OR: _lazy,
    Op.NOT: _total(negate),
    Op.ITE: _lazy,
    Op.EQ: _same,
    Op.NE: _different,
    Op.LT: _total(less),
    Op.LE: _total(at_most),
    Op.GT: _total(lambda left, right: less(right, left)),
    Op.GE: _total(lambda left, right: at_most(right, left)),
    Op.ADD: _sum,
    Op.SUB: _total(lambda left, right: left - right),
    Op.MUL: _total(lambda left, right: left * right),
    Op.DIV: _quotient,
    Op.MOD: _remainder,
    Op.NEG: _total(lambda arg: -arg),
    Op.MIN: _extreme(at_most),
    Op.MAX: _extreme(lambda left, right: at_most(right, left)),
    Op.COUNT: _count,
    Op.IS_NONE: _is_none,
    Op.UNWRAP: _unwrap,
    Op.LEN: _length,
    Op.IN: _in,
    Op.UNION: _union,
    Op.INTERSECT: _intersect,
    Op.MINUS: _minus,
    Op.SUBSET: _subset,
    Op.APPEND: _append,
    Op.TAIL: _tail,
    Op.REMOVE: _remove,
}
