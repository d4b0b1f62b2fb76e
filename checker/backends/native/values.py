"""Values while code is generated: structured on this side, numbers of 64 bits on the other.

A number is what an LLVM instruction gave, or a `Read`, a slot of the packed state that is decoded where it is used (the
optimizer sees to it that this happens once). So what was not assigned is still the same object, and need not be
packed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from typing import Any, TypeAlias, assert_never

from llvmlite import ir

from checker.backends.native.layout import Cell, Group, Line, Maybe, Members, Node, Optional, Slot
from checker.diagnostics import InternalError, UsageError
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
    values,
)

I64 = ir.IntType(64)
I32 = ir.IntType(32)
BIT = ir.IntType(1)
PTR = ir.PointerType()
_LARGE = 63  # members a set can have


class What(Enum):
    """What is read from a slot."""

    VALUE = "value"
    TAG = "tag"  # of an optional scalar: 1 if it is there
    ITEM = "item"  # of an optional scalar: its value


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A number still packed. `words` are those of the state it is in."""

    slot: Slot
    what: What
    words: Sequence[Any]


Number: TypeAlias = Any  # ir.Value of 64 bits, or Read


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A Bool (0 or 1), an Int, an Enum (position in its type's members)."""

    kind: Type
    number: Number


@dataclass(frozen=True, slots=True, eq=False)
class Opt:
    """An Option or Own; what `item` is does not matter where `tag` is 0."""

    kind: OptionT | OwnT
    tag: Number
    item: Val


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A Record or a Map."""

    kind: RecordT | MapT
    items: tuple[Val, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A Set: bit i is the i-th value of its item type."""

    kind: SetT
    number: Number


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A Seq; items beyond `length` do not matter."""

    kind: SeqT
    length: Number
    items: tuple[Val, ...]


Val: TypeAlias = Scalar | Opt | Parts | Mask | Items


def number(value: int) -> Any:
    """Return the constant `value`, of 64 bits whatever its sign."""
    return ir.Constant(I64, (value + (1 << 63)) % (1 << 64) - (1 << 63))


ZERO, ONE = number(0), number(1)


def known(value: Number) -> int | None:
    """Return the number that `value` is known to be, None if it is not."""
    return int(value.constant) if isinstance(value, ir.Constant) else None


def read(node: Node, words: Sequence[Any]) -> Val:
    """Return what `node` holds in the state `words`."""
    match node:
        case Cell(kind, slot):
            return Scalar(kind, Read(slot, What.VALUE, words))
        case Maybe(kind, slot):
            return Opt(kind, Read(slot, What.TAG, words), Scalar(kind.item, Read(slot, What.ITEM, words)))
        case Optional(kind, tag, item):
            return Opt(kind, Read(tag, What.VALUE, words), read(item, words))
        case Group(kind, items):
            return Parts(kind, tuple(read(part, words) for part in items))
        case Members(kind, slot):
            return Mask(kind, Read(slot, What.VALUE, words))
        case Line(kind, length, items):
            return Items(kind, Read(length, What.VALUE, words), tuple(read(part, words) for part in items))
        case _:
            assert_never(node)


def literal(kind: Type, value: Value) -> Val:
    """Return the constant `value` of type `kind`."""
    match kind:
        case BoolT() | IntT():
            return Scalar(kind, number(int(value)))  # type: ignore[arg-type]
        case EnumT(_, members):
            return Scalar(kind, number(members.index(str(value))))
        case OptionT(item) | OwnT(item):
            return Opt(kind, ZERO, blank(item)) if value is None else Opt(kind, ONE, literal(item, value))
        case RecordT(_, fields):
            assert isinstance(value, tuple)
            pairs = zip(fields, value, strict=True)
            return Parts(kind, tuple(literal(field, part) for (_, field), part in pairs))
        case MapT(_, item):
            assert isinstance(value, tuple)
            return Parts(kind, tuple(literal(item, part) for part in value))
        case SetT(item):
            assert isinstance(value, frozenset)
            _small(kind)
            return Mask(kind, number(sum(1 << place for place, part in enumerate(values(item)) if part in value)))
        case SeqT(item, capacity):
            assert isinstance(value, tuple)
            there = tuple(literal(item, part) for part in value)
            return Items(kind, number(len(value)), there + (blank(item),) * (capacity - len(value)))
        case _:
            assert_never(kind)


def blank(kind: Type) -> Val:
    """Return something of the shape of `kind`, for where nobody looks."""
    match kind:
        case BoolT() | IntT() | EnumT():
            return Scalar(kind, ZERO)
        case OptionT(item) | OwnT(item):
            return Opt(kind, ZERO, blank(item))
        case RecordT(_, fields):
            return Parts(kind, tuple(blank(field) for _, field in fields))
        case MapT(key, item):
            return Parts(kind, (blank(item),) * size(key))
        case SetT():
            return Mask(kind, ZERO)
        case SeqT(item, capacity):
            return Items(kind, ZERO, (blank(item),) * capacity)
        case _:
            assert_never(kind)


def _small(kind: SetT) -> None:
    if size(kind.item) > _LARGE:
        raise UsageError(f"the native engine has sets of at most {_LARGE} members, {kind} can have {size(kind.item)}")


# --- code --------------------------------------------------------------------------------------


class Code:
    """An LLVM builder that knows how to work with values."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    # --- numbers -------------------------------------------------------------------------------

    def get(self, value: Number) -> Any:
        """Return `value` as the result of an instruction, or a constant."""
        if not isinstance(value, Read):
            return value
        slot, build = value.slot, self.builder
        if slot.bits == 0:
            return number(slot.lo) if value.what is What.VALUE else ZERO
        shifted = build.lshr(value.words[slot.word], number(slot.shift)) if slot.shift else value.words[slot.word]
        code = build.and_(shifted, number(slot.mask))
        match value.what:
            case What.VALUE:
                return build.add(code, number(slot.lo)) if slot.lo else code
            case What.TAG:
                return self.as_number(build.icmp_signed("!=", code, ZERO))
            case What.ITEM:
                return build.add(code, number(slot.lo - 1)) if slot.lo != 1 else code
            case _:
                assert_never(value.what)

    def as_number(self, bit: Any) -> Any:
        """Return a bit as 0 or 1."""
        return self.builder.zext(bit, I64)

    def is_true(self, value: Number) -> Any:
        """Return whether a number is not 0, as a bit."""
        return self.builder.icmp_signed("!=", self.get(value), ZERO)

    def compare(self, symbol: str, left: Number, right: Number) -> Any:
        """Return 0 or 1."""
        return self.as_number(self.builder.icmp_signed(symbol, self.get(left), self.get(right)))

    def both(self, left: Number, right: Number) -> Any:
        """Return whether both numbers, each 0 or 1, are 1; evaluates both."""
        if known(left) == 1:
            return self.get(right)
        if known(right) == 1:
            return self.get(left)
        return self.builder.and_(self.get(left), self.get(right))

    def either(self, left: Number, right: Number) -> Any:
        """Return whether one of the numbers, each 0 or 1, is 1."""
        return self.builder.or_(self.get(left), self.get(right))

    def negate(self, value: Number) -> Any:
        """Return 1 for 0 and 0 for 1."""
        return self.builder.xor(self.get(value), ONE)

    def all(self, numbers: Sequence[Number]) -> Any:
        return reduce(self.both, numbers, ONE)

    def any(self, numbers: Sequence[Number]) -> Any:
        return reduce(self.either, numbers, ZERO)

    def pick(self, condition: Number, then: Number, otherwise: Number) -> Any:
        """Return `then` if the number `condition` is not 0."""
        if then is otherwise:
            return then
        return self.builder.select(self.is_true(condition), self.get(then), self.get(otherwise))

    # --- values --------------------------------------------------------------------------------

    def choose(self, condition: Number, then: Val, otherwise: Val) -> Val:
        """Return `then` if the number `condition` is not 0; both are of one type."""
        if then is otherwise:
            return then
        return combine(lambda a, b: self.pick(condition, a, b), then, otherwise)

    def at(self, items: Sequence[Val], place: Number) -> Val:
        """Return the item at `place`, which is in range."""
        fixed = known(place)
        if fixed is not None and 0 <= fixed < len(items):
            return items[fixed]
        found = items[-1]
        index = self.get(place)
        for position in reversed(range(len(items) - 1)):
            found = self.choose(self.compare("==", index, number(position)), items[position], found)
        return found

    def with_item(self, items: Sequence[Val], place: Number, new: Val) -> tuple[Val, ...]:
        """Return `items` with another one at `place`."""
        fixed = known(place)
        if fixed is not None:
            return tuple(new if position == fixed else item for position, item in enumerate(items))
        index = self.get(place)
        return tuple(
            self.choose(self.compare("==", index, number(position)), new, item) for position, item in enumerate(items)
        )

    def equal(self, left: Val, right: Val) -> Any:
        """Return whether two values of one type are equal."""
        match left, right:
            case (Scalar(_, a), Scalar(_, b)) | (Mask(_, a), Mask(_, b)):
                return self.compare("==", a, b)
            case Opt(), Opt():
                same = self.compare("==", left.tag, right.tag)
                if 0 in (known(left.tag), known(right.tag)):
                    return same
                return self.both(same, self.either(self.negate(left.tag), self.equal(left.item, right.item)))
            case Parts(), Parts():
                return self.all([self.equal(one, other) for one, other in zip(left.items, right.items, strict=True)])
            case Items(), Items():
                same = [
                    self.either(self.compare("<=", left.length, number(place)), self.equal(one, other))
                    for place, (one, other) in enumerate(zip(left.items, right.items, strict=True))
                ]
                return self.all([self.compare("==", left.length, right.length), *same])
            case _:
                raise InternalError(f"{left.kind} and {right.kind} are compared")

    # --- types ---------------------------------------------------------------------------------

    def within(self, kind: Type, value: Val) -> Any:
        """Return whether `value` is a value of `kind`."""
        match kind, value:
            case _, Opt(_, tag, inner) if not isinstance(kind, (OptionT, OwnT)):
                return self.both(tag, self.within(kind, inner))
            case IntT(lo, hi), Scalar(_, found):
                return self.both(self.compare(">=", found, number(lo)), self.compare("<=", found, number(hi)))
            case EnumT(_, members), Scalar(EnumT(_, given), found):
                allowed = [place for place, name in enumerate(given) if name in members]
                return ONE if len(allowed) == len(given) else self._among(found, allowed)
            case ((OptionT(item) | OwnT(item)), Opt(_, tag, inner)):
                return self.either(self.negate(tag), self.within(item, inner))
            case ((OptionT(item) | OwnT(item)), _):
                return self.within(item, value)
            case RecordT(_, fields), Parts(_, items):
                return self.all([self.within(part, item) for (_, part), item in zip(fields, items, strict=True)])
            case MapT(_, item), Parts(_, items):
                return self.all([self.within(item, part) for part in items])
            case SetT(), Mask(SetT() as given_set, found):
                extra = sum(1 << place for place, v in enumerate(values(given_set.item)) if not contains(kind.item, v))
                return ONE if not extra else self.compare("==", self.builder.and_(self.get(found), number(extra)), ZERO)
            case SeqT(item, capacity), Items(_, length, items):
                there = [
                    self.either(self.compare("<=", length, number(place)), self.within(item, part))
                    for place, part in enumerate(items[:capacity])
                ]
                return self.all([self.compare("<=", length, number(capacity)), *there])
            case BoolT(), Scalar(BoolT()):
                return ONE
            case _:
                return ZERO

    def _among(self, found: Number, allowed: Sequence[int]) -> Any:
        return self.any([self.compare("==", found, number(place)) for place in allowed])

    def coerce(self, kind: Type, value: Val) -> Val:
        """Return `value`, which is one of `kind`, as one of that type; what is not `within` it becomes anything."""
        if value.kind == kind:
            return value
        match kind, value:
            case _, Opt(_, _, inner) if not isinstance(kind, (OptionT, OwnT)):
                return self.coerce(kind, inner)
            case ((IntT() | BoolT()), Scalar(_, found)):
                return Scalar(kind, found)
            case EnumT(_, members), Scalar(EnumT(_, given), found):
                return Scalar(kind, self._renumbered(found, [_place(members, name) for name in given]))
            case ((OptionT(item) | OwnT(item)), Opt(_, tag, inner)):
                return Opt(kind, tag, self.coerce(item, inner))
            case ((OptionT(item) | OwnT(item)), _):
                return Opt(kind, ONE, self.coerce(item, value))
            case RecordT(_, fields), Parts(_, items):
                pairs = zip(fields, items, strict=True)
                return Parts(kind, tuple(self.coerce(part, inner) for (_, part), inner in pairs))
            case MapT(_, item), Parts(_, items):
                return Parts(kind, tuple(self.coerce(item, part) for part in items))
            case SetT(), Mask(SetT() as given_set, found):
                return Mask(kind, self._remasked(found, given_set.item, kind))
            case SeqT(item, capacity), Items(_, length, items):
                there = tuple(self.coerce(item, part) for part in items[:capacity])
                return Items(kind, length, there + (blank(item),) * (capacity - len(there)))
            case _:
                raise InternalError(f"{value.kind} is no {kind}")

    def _renumbered(self, found: Number, places: Sequence[int]) -> Any:
        if all(place in (here, -1) for here, place in enumerate(places)):
            return found
        here, result = self.get(found), ZERO
        for old, new in enumerate(places):
            if new > 0:
                result = self.pick(self.compare("==", here, number(old)), number(new), result)
        return result

    def _remasked(self, found: Number, given: Type, kind: SetT) -> Any:
        """Return the members of a set of other items as those of `kind`."""
        _small(kind)
        wanted = {value: place for place, value in enumerate(values(kind.item))}
        moves: dict[int, int] = {}  # distance -> which bits
        for old, value in enumerate(values(given)):
            if value in wanted and contains(kind.item, value):
                distance = wanted[value] - old
                moves[distance] = moves.get(distance, 0) | 1 << old
        here, result = self.get(found), ZERO
        for distance, bits in moves.items():
            some = self.builder.and_(here, number(bits))
            moved = self.builder.shl(some, number(distance)) if distance > 0 else some
            moved = self.builder.lshr(some, number(-distance)) if distance < 0 else moved
            result = self.builder.or_(result, moved)
        return result

    def rank(self, kind: Type, value: Val) -> Any:
        """Return the position of `value` among the values of `kind`, which it is one of."""
        match kind, value:
            case IntT(lo), Scalar(_, found):
                fixed = known(found)
                if fixed is not None:
                    return number(fixed - lo)
                return self.builder.sub(self.get(found), number(lo)) if lo else self.get(found)
            case ((BoolT() | EnumT()), Scalar()):
                same = self.coerce(kind, value)
                assert isinstance(same, Scalar)
                return self.get(same.number)
            case ((OptionT(item) | OwnT(item)), Opt(_, tag, inner)):
                return self.pick(tag, self.builder.add(self.rank(item, inner), ONE), ZERO)
            case ((OptionT(item) | OwnT(item)), _):
                return self.builder.add(self.rank(item, value), ONE)
            case ((RecordT() | MapT()), Parts(_, items)):
                result = ZERO
                for part, inner_value in zip(_part_types(kind), items, strict=True):
                    result = self.builder.mul(result, number(size(part)))
                    result = self.builder.add(result, self.rank(part, inner_value))
                return result
            case _:
                raise UsageError(f"the native engine cannot tell the values of {kind} by number")

    def unrank(self, kind: Type, place: Any) -> Val:
        """Return the value of `kind` at `place`: the inverse of `rank`."""
        match kind:
            case IntT(lo):
                return Scalar(kind, self.builder.add(place, number(lo)))
            case BoolT() | EnumT():
                return Scalar(kind, place)
            case OptionT(item) | OwnT(item):
                return Opt(kind, self.compare("!=", place, ZERO), self.unrank(item, self.builder.sub(place, ONE)))
            case RecordT() | MapT():
                parts: list[Val] = []
                for part in reversed(_part_types(kind)):
                    parts.append(self.unrank(part, self.builder.urem(place, number(size(part)))))
                    place = self.builder.udiv(place, number(size(part)))
                return Parts(kind, tuple(reversed(parts)))
            case SetT() | SeqT():
                raise UsageError(f"the native engine cannot tell the values of {kind} by number")
            case _:
                assert_never(kind)


def _part_types(kind: RecordT | MapT) -> list[Type]:
    return [part for _, part in kind.fields] if isinstance(kind, RecordT) else [kind.value] * size(kind.key)


def _place(members: Sequence[str], name: str) -> int:
    return members.index(name) if name in members else -1


def key_place(kind: MapT, value: Value) -> Any:
    """Return the position of a constant key."""
    return number(ordinal(kind.key, value))


# --- structure ---------------------------------------------------------------------------------


def combine(function: Callable[[Number, Number], Number], left: Val, right: Val) -> Val:
    """Return the value whose numbers are `function` of those of two values of one shape."""
    if left is right:
        return left
    match left, right:
        case Scalar(), Scalar():
            return Scalar(left.kind, function(left.number, right.number))
        case Opt(), Opt():
            return Opt(left.kind, function(left.tag, right.tag), combine(function, left.item, right.item))
        case Parts(), Parts():
            pairs = zip(left.items, right.items, strict=True)
            return Parts(left.kind, tuple(combine(function, a, b) for a, b in pairs))
        case Mask(), Mask():
            return Mask(left.kind, function(left.number, right.number))
        case Items(), Items():
            length = function(left.length, right.length)
            pairs = zip(left.items, right.items, strict=True)
            return Items(left.kind, length, tuple(combine(function, a, b) for a, b in pairs))
        case _:
            raise InternalError(f"{left.kind} and {right.kind} have different shapes")


@dataclass(frozen=True, slots=True)
class Field:
    """A slot, the number in it, and the numbers that must all be 1 for it to be there; `tag` of an optional scalar."""

    slot: Slot
    number: Number
    there: tuple[tuple[str, Number, int], ...]  # (comparison, number, with what)
    tag: Number | None = None


def fields(node: Node, value: Val, there: tuple[tuple[str, Number, int], ...] = ()) -> Iterator[Field]:
    """Yield what is to be packed into each slot of `node`."""
    match node, value:
        case Cell(_, slot), Scalar(_, found):
            yield Field(slot, found, there)
        case Maybe(_, slot), Opt(_, tag, Scalar(_, found)):
            yield Field(slot, found, there, tag)
        case Optional(_, tag_slot, item), Opt(_, tag, inner):
            yield Field(tag_slot, tag, there)
            yield from fields(item, inner, (*there, ("==", tag, 1)))
        case Group(_, nodes), Parts(_, items):
            for part, inner in zip(nodes, items, strict=True):
                yield from fields(part, inner, there)
        case Members(_, slot), Mask(_, found):
            yield Field(slot, found, there)
        case Line(_, length_slot, nodes), Items(_, length, items):
            yield Field(length_slot, length, there)
            for place, (part, inner) in enumerate(zip(nodes, items, strict=True)):
                yield from fields(part, inner, (*there, (">", length, place)))
        case _:
            raise InternalError(f"{value.kind} does not fit its place")
