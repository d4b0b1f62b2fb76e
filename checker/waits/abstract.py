"""Partly known values: what is known of a value in some set of states.

| type               | abstract value                                                                 |
|--------------------|--------------------------------------------------------------------------------|
| Bool, Int, Enum    | the set of possible values, or `ANY` where there are too many to list          |
| Option, Own        | `Maybe`: can it be empty, and what can be in it                                |
| Record, Map        | a tuple of abstract values                                                     |
| Set                | `Members`: who is certainly in it, who may be                                  |
| Seq                | `Items`: the possible lengths, and what may stand at each position             |

Each denotes a set of values that includes every possible one; nothing is known of how parts depend on each other.
What would denote no value at all raises `Impossible`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache, reduce
from itertools import product, zip_longest
from typing import TypeAlias, assert_never

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
from checker.ir.leaves import ABSENT, Absent, At, Has, LeafValue, Mark, Occupied, Path, positions

LISTED = 64  # larger integer domains are ANY, larger products are not computed


class Impossible(Exception):
    """No state that is left can come here."""


class Any(Enum):
    ANY = "any"


ANY = Any.ANY
Scalar: TypeAlias = "frozenset[Value] | Any"


@dataclass(frozen=True, slots=True)
class Maybe:
    empty: bool
    payload: Abstract | None  # None: certainly empty


@dataclass(frozen=True, slots=True)
class Items:
    lengths: frozenset[int]
    items: tuple[Abstract, ...]  # as many as the greatest length


@dataclass(frozen=True, slots=True)
class Members:
    certain: frozenset[Value]
    possible: frozenset[Value]  # includes the certain ones


Abstract: TypeAlias = "frozenset[Value] | Any | Maybe | Items | Members | tuple[Abstract, ...]"

EITHER: frozenset[Value] = frozenset({False, True})
EMPTY_SLOT = Maybe(True, None)


@cache
def anything(domain: Type) -> Abstract:
    """Return what is known of a value of `domain` of which nothing else is."""
    match domain:
        case IntT(lo, hi):
            return frozenset(range(lo, hi + 1)) if hi - lo < LISTED else ANY
        case BoolT() | EnumT():
            return frozenset(values(domain))
        case OptionT(item) | OwnT(item):
            return Maybe(True, anything(item))
        case RecordT(_, fields):
            return tuple(anything(field) for _, field in fields)
        case MapT(key, item):
            return (anything(item),) * len(positions(key))
        case SetT(item):
            return Members(frozenset(), frozenset(values(item)))
        case SeqT(item, capacity):
            return Items(frozenset(range(capacity + 1)), (anything(item),) * capacity)
        case _:
            assert_never(domain)


def exactly(domain: Type, value: Value) -> Abstract:
    """Return the abstract value of the one value `value` of `domain`."""
    match domain:
        case BoolT() | IntT() | EnumT():
            return frozenset({value})
        case OptionT(item) | OwnT(item):
            return EMPTY_SLOT if value is None else Maybe(False, exactly(item, value))
        case RecordT(_, fields):
            assert isinstance(value, tuple)
            return tuple(exactly(field, part) for (_, field), part in zip(fields, value, strict=True))
        case MapT(_, item):
            assert isinstance(value, tuple)
            return tuple(exactly(item, part) for part in value)
        case SetT():
            assert isinstance(value, frozenset)
            return Members(value, value)
        case SeqT(item, _):
            assert isinstance(value, tuple)
            return Items(frozenset({len(value)}), tuple(exactly(item, part) for part in value))
        case _:
            assert_never(domain)


def concrete(abstract: Abstract) -> frozenset[Value] | None:
    """Return the values `abstract` may be, None if there are too many to list."""
    match abstract:
        case frozenset():
            return abstract
        case Any() | Items() | Members():
            return None
        case Maybe(empty, payload):
            inner = frozenset[Value]() if payload is None else concrete(payload)
            return None if inner is None else inner | ({None} if empty else frozenset())
        case tuple():
            parts = [concrete(part) for part in abstract]
            total = 1
            for part in parts:
                total *= LISTED + 1 if part is None else len(part)
            return frozenset(product(*(part or () for part in parts))) if total <= LISTED else None
        case _:
            assert_never(abstract)


# --- lattice -----------------------------------------------------------------------------------


def _lifted(left: Abstract, right: Abstract) -> tuple[Abstract, Abstract]:
    """Bring an option and a bare value to the same form: a full option is its payload."""
    if isinstance(left, Maybe) and not isinstance(right, Maybe):
        return left, Maybe(False, right)
    if isinstance(right, Maybe) and not isinstance(left, Maybe):
        return Maybe(False, left), right
    return left, right


def join(left: Abstract, right: Abstract) -> Abstract:
    """Return what is known where either is possible."""
    if left is right:
        return left
    match _lifted(left, right):
        case frozenset() as a, frozenset() as b:
            return a | b
        case Maybe(empty, payload), Maybe(also_empty, other):
            both = payload if other is None else other if payload is None else join(payload, other)
            return Maybe(empty or also_empty, both)
        case Items(lengths, items), Items(other_lengths, others):
            pairs = zip_longest(items, others)
            joined = tuple(b if a is None else a if b is None else join(a, b) for a, b in pairs)
            return Items(lengths | other_lengths, joined)
        case Members(certain, possible), Members(also_certain, also_possible):
            return Members(certain & also_certain, possible | also_possible)
        case tuple() as a, tuple() as b:
            return tuple(map(join, a, b))
        case _:
            return ANY


def meet(left: Abstract, right: Abstract) -> Abstract:
    """Return what is known where both describe the same value; `Impossible` if they cannot."""
    if left is right:
        return left
    match _lifted(left, right):
        case (Any(), a) | (a, Any()):
            return a
        case frozenset() as a, frozenset() as b:
            return _some(a & b)
        case Maybe(empty, payload), Maybe(also_empty, other):
            return _slot(empty and also_empty, _meet_payloads(payload, other))
        case Items(lengths, items), Items(other_lengths, others):
            return _shortened(lengths & other_lengths, items, others)
        case Members(certain, possible), Members(also_certain, also_possible):
            certain, possible = certain | also_certain, possible & also_possible
            if not certain <= possible:
                raise Impossible
            return Members(certain, possible)
        case tuple() as a, tuple() as b:
            return tuple(map(meet, a, b))
        case _:
            return left


def _some(found: frozenset[Value]) -> frozenset[Value]:
    if not found:
        raise Impossible
    return found


def _slot(empty: bool, payload: Abstract | None) -> Maybe:
    if not empty and payload is None:
        raise Impossible
    return Maybe(empty, payload)


def _meet_payloads(left: Abstract | None, right: Abstract | None) -> Abstract | None:
    if left is None or right is None:
        return None
    try:
        return meet(left, right)
    except Impossible:
        return None


def _shortened(lengths: frozenset[int], items: tuple[Abstract, ...], others: tuple[Abstract, ...]) -> Items:
    """Meet two sequences that can only have `lengths`: they cannot be longer than where their items cannot agree."""
    found: list[Abstract] = []
    for item, other in zip(items[: max(lengths, default=0)], others, strict=False):
        try:
            found.append(meet(item, other))
        except Impossible:
            break
    return of_lengths(frozenset(length for length in lengths if length <= len(found)), tuple(found))


def of_lengths(lengths: frozenset[int], items: tuple[Abstract, ...]) -> Items:
    """Return a sequence of one of `lengths`; `Impossible` if there is none."""
    if not lengths:
        raise Impossible
    return Items(lengths, items[: max(lengths)])


def may_equal(left: Abstract, right: Abstract) -> bool:
    """Tell whether the two may be the same value."""
    try:
        meet(left, right)
    except Impossible:
        return False
    return True


def may_differ(left: Abstract, right: Abstract) -> bool:
    """Tell whether the two may be different values; only a single known value certainly equals itself."""
    match _lifted(left, right):
        case frozenset() as a, frozenset() as b:
            return len(a | b) > 1
        case Maybe(empty, payload), Maybe(also_empty, other):
            if payload is None or other is None:
                return payload is not None or other is not None
            return empty or also_empty or may_differ(payload, other)
        case Items(lengths, items), Items(other_lengths, others):
            return len(lengths | other_lengths) > 1 or any(map(may_differ, items, others))
        case Members(certain, possible), Members(also_certain, also_possible):
            return not (certain == possible == also_certain == also_possible)
        case tuple() as a, tuple() as b:
            return any(map(may_differ, a, b))
        case _:
            return True


def without(left: Abstract, right: Abstract) -> Abstract:
    """Return `left` where it differs from `right`; exact only where `right` is one scalar or an empty slot."""
    match _lifted(left, right):
        case frozenset() as a, frozenset() as b if len(b) == 1:
            return _some(a - b)
        case Maybe(empty, payload), Maybe(True, None):
            return _slot(False, payload)
        case Maybe(empty, payload), Maybe(False, other) if payload is not None and other is not None:
            try:
                return Maybe(empty, without(payload, other))
            except Impossible:
                return _slot(empty, None)
        case _:
            return left


def fitted(abstract: Abstract, domain: Type) -> Abstract:
    """Return `abstract` in the form and within the range of `domain`; `Impossible` if no value of it fits."""
    match domain, abstract:
        case IntT(lo, hi), frozenset():
            return _some(frozenset(v for v in abstract if isinstance(v, int) and lo <= v <= hi))
        case EnumT(_, members), frozenset():
            return _some(abstract.intersection(members))
        case ((OptionT(item) | OwnT(item)), Maybe(empty, payload)):
            return _slot(empty, None if payload is None else _fitted_or_none(payload, item))
        case ((OptionT(item) | OwnT(item)), _):
            return Maybe(False, fitted(abstract, item))
        case RecordT(_, fields), tuple():
            return tuple(fitted(part, field) for part, (_, field) in zip(abstract, fields, strict=True))
        case MapT(_, item), tuple():
            return tuple(fitted(part, item) for part in abstract)
        case SetT(item), Members(certain, possible):
            return Members(certain, possible.intersection(positions(item)))
        case SeqT(item, capacity), Items(lengths, items):
            fit = [_fitted_or_none(part, item) for part in items]
            longest = min(capacity, fit.index(None) if None in fit else len(fit))
            kept = tuple(part for part in fit[:longest] if part is not None)
            return of_lengths(frozenset(length for length in lengths if length <= longest), kept)
        case _, Any():
            return anything(domain)
        case _:
            return abstract


def _fitted_or_none(abstract: Abstract, domain: Type) -> Abstract | None:
    try:
        return fitted(abstract, domain)
    except Impossible:
        return None


# --- parts -------------------------------------------------------------------------------------


def updated(abstract: Abstract, path: Path, change: Callable[[Abstract], Abstract]) -> Abstract:
    """Return `abstract` with `change` applied at `path`, which is then known to exist; `Impossible` if it cannot."""
    if not path:
        return change(abstract)
    step, rest = path[0], path[1:]
    match step, abstract:
        case int(), tuple():
            return (*abstract[:step], updated(abstract[step], rest, change), *abstract[step + 1 :])
        case Mark.PAYLOAD, Maybe(_, payload):
            if payload is None:
                raise Impossible
            return Maybe(False, updated(payload, rest, change))
        case At(position), Items(lengths, items):
            longer = frozenset(length for length in lengths if length > position)
            if not longer:
                raise Impossible
            changed = updated(items[position], rest, change)
            return Items(longer, (*items[:position], changed, *items[position + 1 :]))
        case _:
            raise Impossible


def constrained(abstract: Abstract, path: Path, known: LeafValue) -> Abstract:
    """Return `abstract` where the leaf at `path` has the value `known`.

    That a leaf is absent says nothing new: whatever decides that is a leaf itself, and read along with it.
    """
    if known is ABSENT:
        return abstract
    step = path[-1] if path else None
    match step:
        case Mark.PRESENT:
            return updated(abstract, path[:-1], lambda slot: _with_presence(slot, bool(known)))
        case Mark.LENGTH:
            return updated(abstract, path[:-1], lambda items: _with_lengths(items, lambda length: length == known))
        case Occupied(position):
            return updated(
                abstract, path[:-1], lambda items: _with_lengths(items, lambda length: (length > position) == known)
            )
        case Has(member):
            return updated(abstract, path[:-1], lambda members: _with_member(members, member, bool(known)))
        case _:
            assert not isinstance(known, Absent)
            return updated(abstract, path, lambda scalar: meet(scalar, frozenset({known})))


def _with_presence(slot: Abstract, full: bool) -> Abstract:
    assert isinstance(slot, Maybe)
    return _slot(False, slot.payload) if full else _slot(slot.empty, None)


def _with_lengths(items: Abstract, allowed: Callable[[int], bool]) -> Abstract:
    assert isinstance(items, Items)
    return of_lengths(frozenset(filter(allowed, items.lengths)), items.items)


def _with_member(members: Abstract, member: Value, present: bool) -> Abstract:
    assert isinstance(members, Members)
    if member not in members.possible if present else member in members.certain:
        raise Impossible
    if present:
        return Members(members.certain | {member}, members.possible)
    return Members(members.certain, members.possible - {member})


def may_change(abstract: Abstract, path: Path, known: LeafValue) -> bool:
    """Tell whether the leaf at `path` of `abstract` may have another value than `known`."""
    for place, step in enumerate(path):
        match step, abstract:
            case int(), tuple():
                abstract = abstract[step]
            case Mark.PRESENT, Maybe(empty, payload):
                return empty if known is True else payload is not None
            case Mark.PAYLOAD, Maybe(empty, payload):
                if payload is None:
                    return known is not ABSENT
                if empty or known is ABSENT:
                    return True
                abstract = payload
            case Mark.LENGTH, Items(lengths, _):
                return lengths != {known}
            case At(position), Items(lengths, items):
                if max(lengths) <= position:
                    return known is not ABSENT
                if min(lengths) <= position or known is ABSENT:
                    return True
                abstract = items[position]
            case Occupied(position), Items(lengths, _):
                return any((length > position) != known for length in lengths)
            case Has(member), Members(certain, possible):
                return member not in certain if known is True else member in possible
            case _:
                raise TypeError(f"{path[place:]} is no part of {abstract}")
    return abstract != frozenset({known})


def joined(parts: list[Abstract]) -> Abstract:
    """Return the join of `parts`; `Impossible` if there are none."""
    if not parts:
        raise Impossible
    return reduce(join, parts)
