"""Leaves: the scalar parts of variables, and which of them an expression reads or an action may write.

Blame is only as fine as the parts that are told apart. A leaf is a variable and a path into its value: a record field
or map key (both are positions in a tuple), whether an option is full, its payload, the length of a sequence, whether
a position of it is occupied, what stands there, whether a set has a member. So `len(q)` does not read what is in `q`,
and `q[0]` does not change when somebody joins the tail of a queue that is not empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TypeAlias, assert_never

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
    Value,
    values,
)
from checker.ir.nodes import (
    Action,
    Apply,
    Assign,
    Const,
    Expr,
    Field,
    Index,
    Make,
    Old,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.ir.subtypes import natural
from checker.ir.walk import children, statements


class Mark(Enum):
    """Steps of a path that need no position."""

    PRESENT = "is full"  # last: whether an Option or Own is full
    PAYLOAD = "payload"
    LENGTH = "length"  # last: of a Seq


@dataclass(frozen=True, slots=True)
class At:
    """The item at a position of a Seq."""

    position: int


@dataclass(frozen=True, slots=True)
class Occupied:
    """Last: whether a Seq has an item at a position."""

    position: int


@dataclass(frozen=True, slots=True)
class Has:
    """Last: whether a Set has a member."""

    member: Value


class Absent(Enum):
    """The value of a leaf that is not there: the payload of an empty option, a position beyond the end."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
Step: TypeAlias = int | Mark | At | Occupied | Has  # int: position of a field or a key
Path: TypeAlias = tuple[Step, ...]
LeafValue: TypeAlias = "Value | Absent"


@dataclass(frozen=True, slots=True)
class Leaf:
    variable: str
    path: Path


def leaf_value(value: Value, path: Path) -> LeafValue:
    """Return what stands at `path` in `value`, `ABSENT` if an option on the way is empty or a sequence too short."""
    for step in path:
        match step:
            case int():
                assert isinstance(value, tuple)
                value = value[step]
            case Mark.PRESENT:
                return value is not None
            case Mark.PAYLOAD:
                if value is None:
                    return ABSENT
            case Mark.LENGTH:
                assert isinstance(value, tuple)
                return len(value)
            case At(position):
                assert isinstance(value, tuple)
                if position >= len(value):
                    return ABSENT
                value = value[position]
            case Occupied(position):
                assert isinstance(value, tuple)
                return position < len(value)
            case Has(member):
                assert isinstance(value, frozenset)
                return member in value
            case _:
                assert_never(step)
    return value


@cache
def leaf_paths(domain: Type) -> tuple[Path, ...]:
    """Return the paths of all leaves of a value of `domain`."""
    return tuple(_leaf_paths(domain))


def _leaf_paths(domain: Type) -> Iterator[Path]:
    match domain:
        case BoolT() | IntT() | EnumT():
            yield ()
        case OptionT(item) | OwnT(item):
            yield (Mark.PRESENT,)
            yield from ((Mark.PAYLOAD, *path) for path in leaf_paths(item))
        case RecordT(_, fields):
            for position, (_, field) in enumerate(fields):
                yield from ((position, *path) for path in leaf_paths(field))
        case MapT(key, item):
            for position in range(len(positions(key))):
                yield from ((position, *path) for path in leaf_paths(item))
        case SetT(item):
            yield from ((Has(member),) for member in values(item))
        case SeqT(item, capacity):
            yield (Mark.LENGTH,)
            for position in range(capacity):
                yield from ((At(position), *path) for path in leaf_paths(item))
        case _:
            assert_never(domain)


@cache
def positions(key: Type) -> dict[Value, int]:
    """Return the position of each value of a key domain."""
    return {value: position for position, value in enumerate(values(key))}


# --- reads -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Places:
    """The places an expression may denote, and the leaves that decide which one and whether it exists."""

    prefixes: tuple[Leaf, ...]  # variable and path, not yet down to a leaf
    read: frozenset[Leaf]

    def step(self, steps: Iterable[Step], read: Iterable[Leaf] = ()) -> _Places:
        steps = tuple(steps)
        prefixes = tuple(Leaf(place.variable, (*place.path, step)) for place in self.prefixes for step in steps)
        return _Places(prefixes, self.read | frozenset(read))

    def leaves(self, suffixes: Iterable[Path]) -> frozenset[Leaf]:
        suffixes = tuple(suffixes)
        found = (Leaf(place.variable, place.path + suffix) for place in self.prefixes for suffix in suffixes)
        return self.read | frozenset(found)


def reads(expr: Expr) -> frozenset[Leaf]:
    """Return every leaf on which the value of `expr` can depend: its value is a function of these."""
    match expr:
        case Const() | Temp():
            return frozenset()
        case Old():
            raise InternalError(f"`old.{expr.name}` outside a step property")
        case Var() | Field() | Index() | Apply(Op.UNWRAP):
            places = _places(expr)
            return _reads_all(children(expr)) if places is None else places.leaves(leaf_paths(expr.type))
        case Apply(Op.IS_NONE, (slot,)) | Apply(Op.EQ | Op.NE, (slot, Const(None)) | (Const(None), slot)):
            places = _places(slot)
            return reads(slot) if places is None else places.leaves([(Mark.PRESENT,)])
        case Apply(Op.LEN, (items,)) if isinstance(items.type, SeqT):
            places = _places(items)
            return reads(items) if places is None else places.leaves([(Mark.LENGTH,)])
        case Apply(Op.IN, (member, members)) if isinstance(members.type, SetT):
            places = _places(members)
            if places is None:
                return reads(member) | reads(members)
            return reads(member) | places.leaves([(Has(value),) for value in _possible(member, members.type.item)])
        case Apply(_, args):
            return _reads_all(args)
        case Make(items):
            return _reads_all(items)
        case _:
            assert_never(expr)


def _reads_all(exprs: Iterable[Expr]) -> frozenset[Leaf]:
    return frozenset[Leaf]().union(*map(reads, exprs))


def _possible(expr: Expr, domain: Type) -> Iterator[Value]:
    """Yield the values of `domain` that `expr` can have, as far as constants and declared ranges tell."""
    if isinstance(expr, Const):
        yield from (value for value in values(domain) if value == expr.value)
        return
    kind = natural(expr)
    if isinstance(kind, IntT):
        yield from (value for value in values(domain) if isinstance(value, int) and kind.lo <= value <= kind.hi)
    else:
        yield from values(domain)


def _places(expr: Expr) -> _Places | None:
    """Return the places `expr` may denote; None if it is not a place (a computed value)."""
    match expr:
        case Var(name):
            return _Places((Leaf(name, ()),), frozenset())
        case Field(record, name):
            places = _places(record)
            assert isinstance(record.type, RecordT)
            return places and places.step([record.type.position(name)])
        case Index(base, index):
            places = _places(base)
            return places and _indexed(places, base.type, index)
        case Apply(Op.UNWRAP, (slot,)):
            places = _places(slot)
            return places and places.step([Mark.PAYLOAD], places.leaves([(Mark.PRESENT,)]))
        case Const() | Old() | Temp() | Apply() | Make():
            return None
        case _:
            assert_never(expr)


def _indexed(places: _Places, base: Type, index: Expr) -> _Places:
    """Step to the elements of a Map or Seq that `index` can reach."""
    if isinstance(base, MapT):
        keys = positions(base.key)
        return places.step([keys[value] for value in _possible(index, base.key)], reads(index))
    assert isinstance(base, SeqT)
    reached = [value for value in _possible(index, IntT(0, base.capacity - 1)) if isinstance(value, int)]
    occupied = places.leaves([(Occupied(position),) for position in reached])
    return places.step([At(position) for position in reached], occupied | reads(index))


# --- writes ------------------------------------------------------------------------------------


def writes(action: Action) -> frozenset[Leaf]:
    """Return the places `action` may assign, as variable and path prefix: everything below may change."""
    found: set[Leaf] = set()
    for statement in statements(action.update):
        if isinstance(statement, Assign):
            places = _places(statement.target)
            found.update(places.prefixes if places else ())
    return frozenset(found)


def overlaps(written: Leaf, read: Leaf) -> bool:
    """Tell whether assigning the place `written` may change the leaf `read`."""
    if written.variable != read.variable:
        return False
    return all(map(_same_part, written.path, read.path))


def _same_part(written: Step, read: Step) -> bool:
    match written, read:
        case At(position), Occupied(other):
            return position == other
        case At(), Mark.LENGTH:
            return False  # assigning an item that is not there fails, as does a part of an empty slot
        case _:
            return written == read


def by_variable(leaves: Iterable[Leaf]) -> dict[str, list[Leaf]]:
    """Return the leaves (or places) of each variable."""
    found: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        found.setdefault(leaf.variable, []).append(leaf)
    return found
