"""Expressions as instructions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias, assert_never

from checker.backends.native.values import (
    I64,
    ONE,
    ZERO,
    Code,
    Items,
    Mask,
    Number,
    Opt,
    Parts,
    Scalar,
    Val,
    blank,
    combine,
    key_place,
    known,
    literal,
    number,
)
from checker.diagnostics import InternalError, UsageError
from checker.ir.domains import BoolT, IntT, MapT, RecordT, SeqT, SetT, contains
from checker.ir.nodes import Apply, Const, Expr, Field, Index, Make, Old, Temp, Var
from checker.ir.ops import Op
from checker.ir.subtypes import covers, join, natural

_MOST = 1 << 62  # numbers a spec may compute with
Fail: TypeAlias = Callable[[], None]
"""Emit what happens where an expression has no value; ends the block."""


class Expressions(Code):
    """A builder with the values of variables and temps at one point of the code."""

    def __init__(self, builder: Any, variables: Mapping[str, Val], fail: Fail) -> None:
        super().__init__(builder)
        self.variables = dict(variables)
        self.old: Mapping[str, Val] = {}
        self.temps: dict[str, Val] = {}
        self.fail = fail

    # --- control -------------------------------------------------------------------------------

    def block(self, name: str) -> Any:
        """Return a new basic block of the function."""
        return self.builder.function.append_basic_block(name)

    def fail_unless(self, condition: Number) -> None:
        """Go on only where the number `condition` is not 0."""
        if known(condition):
            return
        bad, good = self.block("bad"), self.block("good")
        self.builder.cbranch(self.is_true(condition), good, bad)
        self.builder.position_at_end(bad)
        self.fail()
        self.builder.position_at_end(good)

    def join(self, left_end: Any, left: Sequence[Val], right_end: Any, right: Sequence[Val]) -> list[Val]:
        """Let two blocks meet in a new one; return the values that there are `left` or `right`, by the way taken."""
        meeting = self.block("meeting")

        def phi(a: Number, b: Number) -> Number:
            if a is b:
                return a
            self.builder.position_at_end(left_end)
            from_left = self.get(a)
            self.builder.position_at_end(right_end)
            from_right = self.get(b)
            self.builder.position_at_end(meeting)
            found = self.builder.phi(I64)
            found.add_incoming(from_left, left_end)
            found.add_incoming(from_right, right_end)
            return found

        merged = [combine(phi, a, b) for a, b in zip(left, right, strict=True)]
        for end in (left_end, right_end):
            self.builder.position_at_end(end)
            self.builder.branch(meeting)
        self.builder.position_at_end(meeting)
        return merged

    # --- expressions ---------------------------------------------------------------------------

    def number(self, expr: Expr) -> Number:
        """Return the number that `expr`, a Bool, Int, Enum or Set, is."""
        value = self.value(expr)
        match value:
            case Scalar(_, found) | Mask(_, found):
                return found
            case _:
                raise InternalError(f"{expr} is no number")

    def value(self, expr: Expr) -> Val:
        """Emit `expr`; its value has the type `natural` gives it, or one of the same shape."""
        match expr:
            case Const(value, kind):
                return literal(kind, value)
            case Var(name):
                return self.variables[name]
            case Old(name):
                return self.old[name]
            case Temp(name):
                return self.temps[name]
            case Field(record, name):
                return self.field(self.value(record), name)
            case Index(base, index):
                found = self.value(base)
                return self.at(_items(found) or (blank(expr.type),), self.place(found, index))
            case Apply(op):
                return OPERATORS[op](self, expr)
            case Make():
                return self._make(expr)
            case _:
                assert_never(expr)

    def field(self, record: Val, name: str) -> Val:
        kind = record.kind
        if not isinstance(kind, RecordT):
            raise InternalError(f"{kind} is no record")
        return _items(record)[kind.position(name)]

    def place(self, base: Val, index: Expr) -> Number:
        """Return the position that `index` means in a Map or Seq; fails where there is none."""
        match base:
            case Parts(MapT() as kind):
                if isinstance(index, Const) and contains(kind.key, index.value):
                    return key_place(kind, index.value)
                value = self.value(index)
                if not covers(kind.key, natural(index)):
                    self.fail_unless(self.within(kind.key, value))
                return self.rank(kind.key, self.coerce(kind.key, value))
            case Items(_, length):
                found = self.number(index)
                self.fail_unless(self.both(self.compare(">=", found, ZERO), self.compare("<", found, length)))
                return found
            case _:
                raise InternalError(f"{base.kind} cannot be indexed")

    def _make(self, expr: Make) -> Val:
        kind = natural(expr)
        items = [self.value(item) for item in expr.items]
        match kind:
            case RecordT(_, fields):
                return Parts(kind, tuple(self.coerce(f, item) for (_, f), item in zip(fields, items, strict=True)))
            case MapT(_, item_kind):
                return Parts(kind, tuple(self.coerce(item_kind, item) for item in items))
            case SeqT(item_kind, _):
                return Items(kind, number(len(items)), tuple(self.coerce(item_kind, item) for item in items))
            case SetT(item_kind):
                places = [self.rank(item_kind, self.coerce(item_kind, item)) for item in items]
                literal(kind, frozenset())  # a set this large must be possible
                return Mask(kind, reduce(self.builder.or_, (self.builder.shl(ONE, p) for p in places), ZERO))
            case _:
                raise InternalError(f"{kind} is not made from parts")

    def lazy(self, args: Sequence[Expr], stop: Any) -> Number:
        """Return `stop`, 0 or 1, if an argument is that, else the other; arguments after the first such are not run."""
        if not args:
            return number(1 - int(stop.constant))
        done, ends = None, []
        for arg in args[:-1]:
            found = self.number(arg)
            if known(found) == stop.constant:
                return found if done is None else self._met(done, ends, found)
            if known(found) is not None:
                continue
            done = done or self.block("decided")
            rest = self.block("rest")
            ends.append((stop, self.builder.block))
            holds = self.is_true(found)
            self.builder.cbranch(holds, *((rest, done) if stop is ZERO else (done, rest)))
            self.builder.position_at_end(rest)
        last = self.number(args[-1])
        return last if done is None else self._met(done, ends, last)

    def _met(self, done: Any, ends: list[tuple[Any, Any]], last: Number) -> Any:
        ends.append((self.get(last), self.builder.block))
        self.builder.branch(done)
        self.builder.position_at_end(done)
        found = self.builder.phi(I64)
        for value, end in ends:
            found.add_incoming(value, end)
        return found

    def alike(self, left: Val, right: Val) -> tuple[Val, Val]:
        """Return both as values of one type."""
        kind = join(left.kind, right.kind)
        return self.coerce(kind, left), self.coerce(kind, right)

    def member(self, item: Val, items: Val) -> Any:
        """Return whether `item` is in a Set or Seq."""
        if isinstance(items, Mask):
            kind = items.kind.item
            inside = self.within(kind, item)
            place = self.pick(inside, self.rank(kind, self.coerce(kind, item)), ZERO)
            return self.both(inside, self.builder.and_(self.builder.lshr(self.get(items.number), place), ONE))
        return self.any(self.found_at(item, items))

    def found_at(self, item: Val, items: Val) -> list[Any]:
        """Return, by position of a Seq, whether `item` is there."""
        assert isinstance(items, Items)
        return [
            self.both(self.compare(">", items.length, number(place)), self.equal(*self.alike(part, item)))
            for place, part in enumerate(items.items)
        ]


def _items(value: Val) -> tuple[Val, ...]:
    if not isinstance(value, (Parts, Items)):
        raise InternalError(f"{value.kind} has no parts")
    return value.items


# --- operators ---------------------------------------------------------------------------------


Build: TypeAlias = Callable[[Expressions, Apply], Val]


def _truth(found: Number) -> Scalar:
    return Scalar(BoolT(), found)


def _int(expr: Apply, found: Number) -> Scalar:
    kind = natural(expr)
    assert isinstance(kind, IntT)
    if not -_MOST < kind.lo <= kind.hi < _MOST:
        raise UsageError(f"the native engine computes with numbers of 62 bits, not {kind}")
    return Scalar(kind, found)


def _and(code: Expressions, expr: Apply) -> Val:
    return _truth(code.lazy(expr.args, ZERO))


def _or(code: Expressions, expr: Apply) -> Val:
    return _truth(code.lazy(expr.args, ONE))


def _not(code: Expressions, expr: Apply) -> Val:
    return _truth(code.negate(code.number(expr.args[0])))


def _ite(code: Expressions, expr: Apply) -> Val:
    condition, then, otherwise = expr.args
    build = code.builder
    starts = code.block("then"), code.block("else")
    build.cbranch(code.is_true(code.number(condition)), *starts)
    build.position_at_end(starts[0])
    left, left_end = code.value(then), build.block
    build.position_at_end(starts[1])
    right, right_end = code.value(otherwise), build.block
    kind = join(left.kind, right.kind)
    right = code.coerce(kind, right)
    build.position_at_end(left_end)
    left = code.coerce(kind, left)
    return code.join(left_end, [left], right_end, [right])[0]


def _equal(code: Expressions, expr: Apply) -> Val:
    left, right = (code.value(arg) for arg in expr.args)
    return _truth(code.equal(*code.alike(left, right)))


def _different(code: Expressions, expr: Apply) -> Val:
    left, right = (code.value(arg) for arg in expr.args)
    return _truth(code.negate(code.equal(*code.alike(left, right))))


def _compare(symbol: str) -> Build:
    def build(code: Expressions, expr: Apply) -> Val:
        left, right = (code.number(arg) for arg in expr.args)
        return _truth(code.compare(symbol, left, right))

    return build


def _arithmetic(name: str) -> Build:
    def build(code: Expressions, expr: Apply) -> Val:
        numbers = [code.get(code.number(arg)) for arg in expr.args]
        return _int(expr, reduce(getattr(code.builder, name), numbers))

    return build


def _division(*, quotient: bool) -> Build:
    def build(code: Expressions, expr: Apply) -> Val:
        left, right = (code.get(code.number(arg)) for arg in expr.args)
        code.fail_unless(code.compare("!=", right, ZERO))
        make = code.builder
        rest = make.srem(left, right)
        # Machines round towards zero, Python down: they differ where the rest and the divisor have different signs.
        odd = code.both(code.compare("!=", rest, ZERO), code.compare("<", make.xor(rest, right), ZERO))
        if quotient:
            return _int(expr, make.sub(make.sdiv(left, right), odd))
        return _int(expr, make.add(rest, code.pick(odd, right, ZERO)))

    return build


def _negative(code: Expressions, expr: Apply) -> Val:
    return _int(expr, code.builder.sub(ZERO, code.get(code.number(expr.args[0]))))


def _extreme(symbol: str) -> Build:
    def build(code: Expressions, expr: Apply) -> Val:
        numbers = [code.get(code.number(arg)) for arg in expr.args]
        return _int(expr, reduce(lambda a, b: code.pick(code.compare(symbol, a, b), a, b), numbers))

    return build


def _count(code: Expressions, expr: Apply) -> Val:
    return _int(expr, reduce(code.builder.add, [code.get(code.number(arg)) for arg in expr.args], ZERO))


def _is_none(code: Expressions, expr: Apply) -> Val:
    option = code.value(expr.args[0])
    return _truth(code.negate(option.tag) if isinstance(option, Opt) else ZERO)


def _unwrap(code: Expressions, expr: Apply) -> Val:
    option = code.value(expr.args[0])
    if not isinstance(option, Opt):
        raise InternalError(f"{option.kind} cannot be unwrapped")
    code.fail_unless(option.tag)
    return option.item


def _length(code: Expressions, expr: Apply) -> Val:
    items = code.value(expr.args[0])
    if isinstance(items, Items):
        return _int(expr, items.length)
    assert isinstance(items, Mask)
    return _int(expr, code.builder.ctpop(code.get(items.number)))


def _in(code: Expressions, expr: Apply) -> Val:
    item, items = (code.value(arg) for arg in expr.args)
    return _truth(code.member(item, items))


def _masks(code: Expressions, expr: Apply, *, joined: bool) -> tuple[SetT, Any, Any]:
    """Return the type of the result and both sets as sets of that type."""
    left, right = (code.value(arg) for arg in expr.args)
    kind = join(left.kind, right.kind) if joined else left.kind
    first, second = code.coerce(kind, left), code.coerce(kind, right)
    assert isinstance(kind, SetT)
    assert isinstance(first, Mask)
    assert isinstance(second, Mask)
    return kind, code.get(first.number), code.get(second.number)


def _union(code: Expressions, expr: Apply) -> Val:
    kind, left, right = _masks(code, expr, joined=True)
    return Mask(kind, code.builder.or_(left, right))


def _intersect(code: Expressions, expr: Apply) -> Val:
    kind, left, right = _masks(code, expr, joined=False)
    return Mask(kind, code.builder.and_(left, right))


def _minus(code: Expressions, expr: Apply) -> Val:
    kind, left, right = _masks(code, expr, joined=False)
    return Mask(kind, code.builder.and_(left, code.builder.not_(right)))


def _subset(code: Expressions, expr: Apply) -> Val:
    _, left, right = _masks(code, expr, joined=True)
    return _truth(code.compare("==", code.builder.and_(left, code.builder.not_(right)), ZERO))


def _seq(value: Val) -> Items:
    if not isinstance(value, Items):
        raise InternalError(f"{value.kind} is no sequence")
    return value


def _append(code: Expressions, expr: Apply) -> Val:
    items, item = _seq(code.value(expr.args[0])), code.value(expr.args[1])
    kind = items.kind
    part = join(kind.item, item.kind) if kind.capacity else item.kind
    wider = SeqT(part, kind.capacity + 1)
    grown = code.coerce(wider, items)
    assert isinstance(grown, Items)
    placed = code.with_item(grown.items, items.length, code.coerce(part, item))
    return Items(wider, code.builder.add(code.get(items.length), ONE), placed)


def _tail(code: Expressions, expr: Apply) -> Val:
    items = _seq(code.value(expr.args[0]))
    code.fail_unless(code.compare(">", items.length, ZERO))
    kind = SeqT(items.kind.item, max(0, items.kind.capacity - 1))
    return Items(kind, code.builder.sub(code.get(items.length), ONE), items.items[1:])


def _remove(code: Expressions, expr: Apply) -> Val:
    items, item = _seq(code.value(expr.args[0])), code.value(expr.args[1])
    if not items.items:
        return items
    seen: Number = ZERO
    parts = []
    for here, part, after in zip(
        code.found_at(item, items), items.items, (*items.items[1:], items.items[-1]), strict=True
    ):
        seen = code.either(seen, here)
        parts.append(code.choose(seen, after, part))
    return Items(items.kind, code.builder.sub(code.get(items.length), seen), tuple(parts))


OPERATORS: Mapping[Op, Build] = {
    Op.AND: _and,
    Op.OR: _or,
    Op.NOT: _not,
    Op.ITE: _ite,
    Op.EQ: _equal,
    Op.NE: _different,
    Op.LT: _compare("<"),
    Op.LE: _compare("<="),
    Op.GT: _compare(">"),
    Op.GE: _compare(">="),
    Op.ADD: _arithmetic("add"),
    Op.SUB: _arithmetic("sub"),
    Op.MUL: _arithmetic("mul"),
    Op.DIV: _division(quotient=True),
    Op.MOD: _division(quotient=False),
    Op.NEG: _negative,
    Op.MIN: _extreme("<="),
    Op.MAX: _extreme(">="),
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
"""Each operator as instructions; the counterpart of `checker.interp.MEANING`."""
