"""The operator table's column for partly known values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TypeAlias

from checker.ir.domains import Value
from checker.ir.ops import Op
from checker.waits.abstract import (
    ANY,
    EITHER,
    LISTED,
    Abstract,
    Impossible,
    Items,
    Maybe,
    Members,
    concrete,
    join,
    may_differ,
    may_equal,
    of_lengths,
)

Strict: TypeAlias = Callable[[Sequence[Abstract]], Abstract]

COMPARISONS: Mapping[Op, Callable[..., bool]] = {
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def _truth(*, true: bool, false: bool) -> frozenset[Value]:
    if not (true or false):
        raise Impossible
    return frozenset(value for value, possible in ((True, true), (False, false)) if possible)


def _lifted(function: Callable[..., Value], otherwise: Abstract) -> Strict:
    """Apply `function` to every combination; `otherwise` if these are too many. Those without a value are dropped."""

    def apply(args: Sequence[Abstract]) -> Abstract:
        total = 1
        for arg in args:
            if not isinstance(arg, frozenset):
                return otherwise
            total *= len(arg)
        if total > LISTED * LISTED:
            return otherwise
        found = set()
        for combination in product(*(arg for arg in args if isinstance(arg, frozenset))):
            try:
                found.add(function(*combination))
            except ZeroDivisionError:
                continue
        if not found:
            raise Impossible
        return frozenset(found) if len(found) <= LISTED else otherwise

    return apply


def _folded(function: Callable[..., Value]) -> Strict:
    """Apply an associative `function` of two arguments from the left: fewer combinations than all at once."""
    pairwise = _lifted(function, ANY)

    def apply(args: Sequence[Abstract]) -> Abstract:
        result, *rest = args
        for arg in rest:
            result = pairwise((result, arg))
        return result

    return apply


def _equal(args: Sequence[Abstract]) -> Abstract:
    return _truth(true=may_equal(*args), false=may_differ(*args))


def _different(args: Sequence[Abstract]) -> Abstract:
    return _truth(true=may_differ(*args), false=may_equal(*args))


def _count(args: Sequence[Abstract]) -> Abstract:
    certain = sum(arg == frozenset({True}) for arg in args)
    possible = sum(arg != frozenset({False}) for arg in args)
    return frozenset(range(certain, possible + 1))


def _is_none(args: Sequence[Abstract]) -> Abstract:
    (slot,) = args
    if not isinstance(slot, Maybe):
        return frozenset({False})
    return _truth(true=slot.empty, false=slot.payload is not None)


def _unwrap(args: Sequence[Abstract]) -> Abstract:
    (slot,) = args
    if not isinstance(slot, Maybe):
        return slot
    if slot.payload is None:
        raise Impossible
    return slot.payload


def _len(args: Sequence[Abstract]) -> Abstract:
    (items,) = args
    if isinstance(items, Items):
        return frozenset(items.lengths)
    assert isinstance(items, Members)
    return frozenset(range(len(items.certain), len(items.possible) + 1))


def _in(args: Sequence[Abstract]) -> Abstract:
    item, items = args
    if isinstance(items, Items):
        certainly = items.items[: min(items.lengths)]
        return _truth(
            true=any(may_equal(item, other) for other in items.items),
            false=all(may_differ(item, other) for other in certainly),
        )
    assert isinstance(items, Members)
    listed = concrete(item)
    if listed is None:
        return _truth(true=bool(items.possible), false=True)
    return _truth(true=not listed.isdisjoint(items.possible), false=not listed <= items.certain)


_OfSets: TypeAlias = Callable[[frozenset[Value], frozenset[Value]], frozenset[Value]]


def _sets(function: _OfSets, *, negative: bool = False) -> Strict:
    """Apply a function of two sets that grows with both, or (`negative`) shrinks with the second."""

    def apply(args: Sequence[Abstract]) -> Abstract:
        left, right = args
        assert isinstance(left, Members) and isinstance(right, Members)
        least, most = (right.possible, right.certain) if negative else (right.certain, right.possible)
        return Members(function(left.certain, least), function(left.possible, most))

    return apply


def _subset(args: Sequence[Abstract]) -> Abstract:
    left, right = args
    assert isinstance(left, Members) and isinstance(right, Members)
    return _truth(true=left.certain <= right.possible, false=not left.possible <= right.certain)


def _append(args: Sequence[Abstract]) -> Abstract:
    items, last = args
    assert isinstance(items, Items)
    found: list[Abstract] = []
    for position in range(max(items.lengths) + 1):
        if position == len(items.items):
            found.append(last)
        elif position in items.lengths:
            found.append(join(items.items[position], last))
        else:
            found.append(items.items[position])
    return Items(frozenset(length + 1 for length in items.lengths), tuple(found))


def _tail(args: Sequence[Abstract]) -> Abstract:
    (items,) = args
    assert isinstance(items, Items)
    return of_lengths(frozenset(length - 1 for length in items.lengths if length), items.items[1:])


def _remove(args: Sequence[Abstract]) -> Abstract:
    """Take out the first equal item: it may be at each position it can equal, up to the first it certainly equals."""
    items, gone = args
    assert isinstance(items, Items)
    places: list[int] = []
    certain = False
    for position, item in enumerate(items.items):
        if may_equal(item, gone):
            places.append(position)
        if not may_differ(item, gone):
            certain = position < min(items.lengths)
            break
    result: Abstract | None = None if certain else items
    for place in places:
        lengths = frozenset(length - 1 for length in items.lengths if length > place)
        shorter = Items(lengths, (items.items[:place] + items.items[place + 1 :])[: max(lengths)])
        result = shorter if result is None else join(result, shorter)
    if result is None:
        raise Impossible
    return result


STRICT: Mapping[Op, Strict] = {
    Op.NOT: _lifted(operator.not_, EITHER),
    Op.EQ: _equal,
    Op.NE: _different,
    **{op: _lifted(function, EITHER) for op, function in COMPARISONS.items()},
    Op.ADD: _folded(operator.add),
    Op.SUB: _lifted(operator.sub, ANY),
    Op.MUL: _lifted(operator.mul, ANY),
    Op.DIV: _lifted(operator.floordiv, ANY),
    Op.MOD: _lifted(operator.mod, ANY),
    Op.NEG: _lifted(operator.neg, ANY),
    Op.MIN: _folded(min),
    Op.MAX: _folded(max),
    Op.COUNT: _count,
    Op.IS_NONE: _is_none,
    Op.UNWRAP: _unwrap,
    Op.LEN: _len,
    Op.IN: _in,
    Op.UNION: _sets(operator.or_),
    Op.INTERSECT: _sets(operator.and_),
    Op.MINUS: _sets(operator.sub, negative=True),
    Op.SUBSET: _subset,
    Op.APPEND: _append,
    Op.TAIL: _tail,
    Op.REMOVE: _remove,
}
"""Operators that need all their arguments. AND, OR and ITE do not: they are `partial.evaluate`'s business."""

LAZY = frozenset({Op.AND, Op.OR, Op.ITE})
