"""Finite types and their values.

A value is a plain immutable Python object, so that a state (a tuple of values) hashes, compares
and prints without help:

| type            | value                                             |
|-----------------|---------------------------------------------------|
| Bool            | bool                                              |
| Int(lo, hi)     | int                                               |
| Enum            | str, one of the members                           |
| Option, Own     | None, or a value of the item type                 |
| Record          | tuple, in field order                             |
| Map(key, value) | tuple, in the order of the key domain's values    |
| Set(item)       | frozenset                                         |
| Seq(item, cap)  | tuple of at most `capacity` items                 |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import TypeAlias, assert_never

UNLIMITED = (
    10**40
)  # stands for no upper bound, where an unbounded parameter sets it: no product of a spec's numbers reaches half

Value: TypeAlias = "bool | int | str | None | tuple[Value, ...] | frozenset[Value]"


@dataclass(frozen=True, slots=True)
class BoolT:
    def __str__(self) -> str:
        return "Bool"


@dataclass(frozen=True, slots=True)
class IntT:
    """`limit` names the unbounded parameter that is the upper bound; `hi` is then `UNLIMITED`."""

    lo: int
    hi: int
    limit: str = ""

    def __str__(self) -> str:
        return f"Int({self.lo}, {self.limit or self.hi})"


@dataclass(frozen=True, slots=True)
class EnumT:
    name: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return self.name or "Enum(" + ", ".join(map(repr, self.members)) + ")"


@dataclass(frozen=True, slots=True)
class OptionT:
    item: Type

    def __str__(self) -> str:
        return f"Option({self.item})"


@dataclass(frozen=True, slots=True)
class OwnT:
    """A slot for a value that cannot be copied; empty is None."""

    item: Type

    def __str__(self) -> str:
        return f"Own({self.item})"


@dataclass(frozen=True, slots=True)
class RecordT:
    name: str
    fields: tuple[tuple[str, Type], ...]

    def field(self, name: str) -> Type:
        return dict(self.fields)[name]

    def position(self, name: str) -> int:
        return [field for field, _ in self.fields].index(name)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class MapT:
    key: Type
    value: Type

    def __str__(self) -> str:
        return f"Map({self.key}, {self.value})"


@dataclass(frozen=True, slots=True)
class SetT:
    item: Type

    def __str__(self) -> str:
        return f"Set({self.item})"


@dataclass(frozen=True, slots=True)
class SeqT:
    """`limit` names the unbounded parameter that is the capacity, which is then `UNLIMITED`."""

    item: Type
    capacity: int
    limit: str = ""

    def __str__(self) -> str:
        return f"Seq({self.item}, {self.limit or self.capacity})"


Type: TypeAlias = BoolT | IntT | EnumT | OptionT | OwnT | RecordT | MapT | SetT | SeqT


def size(domain: Type) -> int:
    """Return how many values `domain` has."""
    match domain:
        case BoolT():
            return 2
        case IntT(lo, hi):
            return max(0, hi - lo + 1)
        case EnumT(_, members):
            return len(members)
        case OptionT(item) | OwnT(item):
            return size(item) + 1
        case RecordT(_, fields):
            total = 1
            for _, field in fields:
                total *= size(field)
            return total
        case MapT(key, value):
            return int(size(value) ** size(key))
        case SetT(item):
            return int(2 ** size(item))
        case SeqT(item, capacity):
            return UNLIMITED if capacity >= UNLIMITED else sum(size(item) ** length for length in range(capacity + 1))
        case _:
            assert_never(domain)


def values(domain: Type) -> Iterator[Value]:
    """Yield the values of `domain` in its order; the first is its default."""
    match domain:
        case BoolT():
            yield from (False, True)
        case IntT(lo, hi):
            yield from range(lo, hi + 1)
        case EnumT(_, members):
            yield from members
        case OptionT(item) | OwnT(item):
            yield None
            yield from values(item)
        case RecordT(_, fields):
            yield from product(*(tuple(values(field)) for _, field in fields))
        case MapT(key, value):
            yield from product(tuple(values(value)), repeat=size(key))
        case SetT(item):
            items = tuple(values(item))
            for count in range(len(items) + 1):
                yield from map(frozenset, combinations(items, count))
        case SeqT(item, capacity):
            items = tuple(values(item))
            for length in range(capacity + 1):
                yield from product(items, repeat=length)
        case _:
            assert_never(domain)


def default(domain: Type) -> Value:
    """Return the first value of `domain`: what an uninitialised or reset variable holds."""
    match domain:
        case BoolT():
            return False
        case IntT(lo, hi):
            return 0 if lo <= 0 <= hi else lo
        case EnumT(_, members):
            return members[0]
        case OptionT() | OwnT():
            return None
        case RecordT(_, fields):
            return tuple(default(field) for _, field in fields)
        case MapT(key, value):
            return (default(value),) * size(key)
        case SetT():
            return frozenset()
        case SeqT():
            return ()
        case _:
            assert_never(domain)


def contains(domain: Type, value: Value) -> bool:
    """Tell whether `value` is a value of `domain`; a bound that an unbounded parameter sets is not asked."""
    match domain:
        case BoolT():
            return isinstance(value, bool)
        case IntT(lo, hi):
            return isinstance(value, int) and not isinstance(value, bool) and lo <= value <= hi
        case EnumT(_, members):
            return value in members
        case OptionT(item) | OwnT(item):
            return value is None or contains(item, value)
        case RecordT(_, fields):
            return (
                isinstance(value, tuple)
                and len(value) == len(fields)
                and all(contains(field, part) for (_, field), part in zip(fields, value, strict=True))
            )
        case MapT(key, item):
            return isinstance(value, tuple) and len(value) == size(key) and all(contains(item, part) for part in value)
        case SetT(item):
            return isinstance(value, frozenset) and all(contains(item, part) for part in value)
        case SeqT(item, capacity):
            return isinstance(value, tuple) and len(value) <= capacity and all(contains(item, part) for part in value)
        case _:
            assert_never(domain)


def ordinal(domain: Type, value: Value) -> int:
    """Return the position of `value` among `values(domain)`; ValueError if it is none of them."""
    match domain:
        case IntT(lo, hi):
            if isinstance(value, int) and lo <= value <= hi:
                return value - lo
            raise ValueError(f"{value!r} is not in {domain}")
        case EnumT(_, members):
            return members.index(str(value))
        case BoolT() | OptionT() | OwnT() | RecordT() | MapT() | SetT() | SeqT():
            return list(values(domain)).index(value)
        case _:
            assert_never(domain)


def show(domain: Type, value: Value) -> str:
    """Print `value` as a spec would write it: `Batch(size=1, handle=None)`, `{0: True, 1: False}`."""
    match domain:
        case BoolT() | IntT():
            return str(value)
        case EnumT():
            return f'"{value}"'
        case OptionT(item) | OwnT(item):
            return "None" if value is None else show(item, value)
        case RecordT(name, fields):
            assert isinstance(value, tuple)
            parts = (f"{field}={show(kind, part)}" for (field, kind), part in zip(fields, value, strict=True))
            return f"{name}({', '.join(parts)})"
        case MapT(key, item):
            assert isinstance(value, tuple)
            pairs = (f"{show(key, k)}: {show(item, v)}" for k, v in zip(values(key), value, strict=True))
            return "{" + ", ".join(pairs) + "}"
        case SetT(item):
            assert isinstance(value, frozenset)
            return "{" + ", ".join(show(item, part) for part in values(item) if part in value) + "}"
        case SeqT(item, _):
            assert isinstance(value, tuple)
            return "[" + ", ".join(show(item, part) for part in value) + "]"
        case _:
            assert_never(domain)
