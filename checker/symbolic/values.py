"""Structured values of terms: a value of a type, flattened to scalars.

| type           | terms                                                            |
|----------------|------------------------------------------------------------------|
| Bool           | a truth value                                                    |
| Int            | a number                                                         |
| Enum           | a number: each word has its own, whatever the type (`Terms.code`)|
| Option, Own    | whether it is full, and the item                                 |
| Record, Map    | the parts, in order of fields or keys                            |
| Set            | a truth value for each member it can have                        |
| Seq            | the length, and an item for each position                        |

What is not there (the item of an empty option, a position beyond the length) is *blank*: False and 0 throughout,
whatever the type. Every operation keeps it so; hence a state of a model is one value of the scalars. Of an expression
that has no value (see `expressions`) the terms say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from checker.diagnostics import InternalError
from checker.ir.domains import (
    UNLIMITED,
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
    size,
    values,
)
from checker.ir.leaves import At, Has, Mark, Path
from checker.ir.subtypes import covers
from checker.symbolic.terms import (
    Term,
    Terms,
    at_most,
    both,
    conjunction,
    disjunction,
    either,
    is_truth,
    known,
    less,
    negate,
    same,
)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A Bool, Int or Enum."""

    term: Term


@dataclass(frozen=True, slots=True, eq=False)
class Opt:
    """An Option or Own."""

    full: Term
    item: Val


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A Record or a Map."""

    items: tuple[Val, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """A Set: whether each value is in it; others are not."""

    has: Mapping[Value, Term]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A Seq of bounded capacity."""

    length: Term
    items: tuple[Val, ...]


Val: TypeAlias = Scalar | Opt | Parts | Members | Line
NOTHING = Members({})


def literal(terms: Terms, kind: Type, value: Value) -> Val:
    """Return the constant `value` of type `kind`."""
    match kind:
        case BoolT() | IntT():
            assert isinstance(value, int)
            return Scalar(value)
        case EnumT():
            return Scalar(terms.code(str(value)))
        case OptionT(item) | OwnT(item):
            return Opt(False, blank(item)) if value is None else Opt(True, literal(terms, item, value))
        case RecordT(_, fields):
            assert isinstance(value, tuple)
            pairs = zip(fields, value, strict=True)
            return Parts(tuple(literal(terms, field, part) for (_, field), part in pairs))
        case MapT(_, item):
            assert isinstance(value, tuple)
            return Parts(tuple(literal(terms, item, part) for part in value))
        case SetT(item):
            assert isinstance(value, frozenset)
            return Members({member: member in value for member in values(item)})
        case SeqT(item, capacity):
            assert isinstance(value, tuple)
            there = tuple(literal(terms, item, part) for part in value)
            return Line(len(value), there + (blank(item),) * (capacity - len(value)))
        case _:
            assert_never(kind)


def blank(kind: Type) -> Val:
    """Return what stands where there is nothing."""
    match kind:
        case BoolT():
            return Scalar(False)
        case IntT() | EnumT():
            return Scalar(0)
        case OptionT(item) | OwnT(item):
            return Opt(False, blank(item))
        case RecordT(_, fields):
            return Parts(tuple(blank(field) for _, field in fields))
        case MapT(key, item):
            return Parts((blank(item),) * size(key))
        case SetT(item):
            return Members(dict.fromkeys(values(item), False))
        case SeqT(item, capacity):
            return Line(0, (blank(item),) * capacity)
        case _:
            assert_never(kind)


# --- variables ---------------------------------------------------------------------------------


def variable(terms: Terms, name: str, kind: Type) -> Val:
    """Return an unknown value of type `kind`, its scalars named as the spec would write them: `q[0].size`."""
    return _variable(terms, name, kind, always=True)


def _variable(terms: Terms, name: str, kind: Type, *, always: bool) -> Val:
    match kind:
        case BoolT():
            return Scalar(terms.bit(name))
        case IntT(lo, hi):
            return Scalar(lo if lo == hi and (always or lo == 0) else terms.number(name))
        case EnumT(_, members):
            return Scalar(terms.code(members[0]) if len(members) == 1 and always else terms.number(name))
        case OptionT(item) | OwnT(item):
            return Opt(terms.bit(f"{name} is full"), _variable(terms, name, item, always=False))
        case RecordT(_, fields):
            return Parts(tuple(_variable(terms, f"{name}.{field}", part, always=always) for field, part in fields))
        case MapT(key, item):
            return Parts(tuple(_variable(terms, f"{name}[{word(k)}]", item, always=always) for k in values(key)))
        case SetT(item):
            return Members({member: terms.bit(f"{word(member)} in {name}") for member in values(item)})
        case SeqT(item, capacity):
            places = range(capacity)
            items = tuple(_variable(terms, f"{name}[{place}]", item, always=False) for place in places)
            return Line(terms.number(f"len({name})"), items)
        case _:
            assert_never(kind)


def word(value: Value) -> str:
    """Return a key or member as it stands in a name, no two of one type alike."""
    match value:
        case tuple():
            return f"({', '.join(map(word, value))})"
        case frozenset():
            return f"{{{', '.join(sorted(map(word, value)))}}}"
        case str() if not value.isidentifier() or value in ("None", "True", "False"):
            return repr(value)
        case _:
            return str(value)


def typed(terms: Terms, kind: Type, value: Val) -> Term:
    """Return whether the unknown `value` is one of `kind`, with nothing but blanks where nothing is."""
    match kind, value:
        case BoolT(), Scalar():
            return True
        case IntT() | EnumT(), Scalar():
            return within(terms, kind, value)
        case ((OptionT(item) | OwnT(item)), Opt(full, inner)):
            return terms.pick(full, typed(terms, item, inner), is_blank(inner))
        case RecordT(_, fields), Parts(items):
            return conjunction(typed(terms, part, inner) for (_, part), inner in zip(fields, items, strict=True))
        case MapT(_, item), Parts(items):
            return conjunction(typed(terms, item, inner) for inner in items)
        case SetT(), Members():
            return True
        case SeqT(item, capacity), Line(length, items):
            there = (
                terms.pick(less(place, length), typed(terms, item, inner), is_blank(inner))
                for place, inner in enumerate(items)
            )
            return conjunction((at_most(0, length), at_most(length, capacity), *there))
        case _:
            raise InternalError(f"{value} is no {kind}")


def is_blank(value: Val) -> Term:
    return conjunction(same(term, False if is_truth(term) else 0) for term in scalars(value))


def scalars(value: Val) -> Iterator[Term]:
    """Yield the terms of `value`."""
    return (term for _, term in leaves(value))


def leaves(value: Val, path: Path = ()) -> Iterator[tuple[Path, Term]]:
    """Yield the scalars of `value` with their paths (see `checker.ir.leaves`)."""
    match value:
        case Scalar(term):
            yield path, term
        case Opt(full, item):
            yield (*path, Mark.PRESENT), full
            yield from leaves(item, (*path, Mark.PAYLOAD))
        case Parts(items):
            for place, part in enumerate(items):
                yield from leaves(part, (*path, place))
        case Members(has):
            for member, term in has.items():
                yield (*path, Has(member)), term
        case Line(length, items):
            yield (*path, Mark.LENGTH), length
            for place, part in enumerate(items):
                yield from leaves(part, (*path, At(place)))
        case _:
            assert_never(value)


def decode(terms: Terms, kind: Type, value: Val, evaluate: Callable[[Term], int]) -> Value:
    """Return the value of type `kind` that `value` has where its scalars have the values `evaluate` gives them."""
    match kind, value:
        case BoolT(), Scalar(term):
            return bool(evaluate(term))
        case IntT(), Scalar(term):
            return int(evaluate(term))
        case EnumT(), Scalar(term):
            return terms.member(evaluate(term))
        case ((OptionT(item) | OwnT(item)), Opt(full, inner)):
            return decode(terms, item, inner, evaluate) if evaluate(full) else None
        case RecordT(_, fields), Parts(items):
            pairs = zip(fields, items, strict=True)
            return tuple(decode(terms, part, inner, evaluate) for (_, part), inner in pairs)
        case MapT(_, item), Parts(items):
            return tuple(decode(terms, item, inner, evaluate) for inner in items)
        case SetT(), Members(has):
            return frozenset(member for member, term in has.items() if evaluate(term))
        case SeqT(item), Line(length, items):
            return tuple(decode(terms, item, inner, evaluate) for inner in items[: evaluate(length)])
        case _:
            raise InternalError(f"{value} is no {kind}")


# --- operations --------------------------------------------------------------------------------


def combine(function: Callable[[Term, Term], Term], left: Val, right: Val) -> Val:
    """Return the value whose scalars are `function` of those of two values of one shape."""
    if left is right:
        return left
    match left, right:
        case Scalar(a), Scalar(b):
            return Scalar(function(a, b))
        case Opt(full, item), Opt(other, inner):
            return Opt(function(full, other), combine(function, item, inner))
        case Parts(items), Parts(others):
            return Parts(tuple(combine(function, a, b) for a, b in zip(items, others, strict=True)))
        case Members(has), Members(other_has):
            return Members({m: function(has.get(m, False), other_has.get(m, False)) for m in {**has, **other_has}})
        case Line(length, items), Line(other_length, others):
            parts = tuple(combine(function, a, b) for a, b in zip(items, others, strict=True))
            return Line(function(length, other_length), parts)
        case _:
            raise InternalError(f"{left} and {right} have different shapes")


def choose(terms: Terms, condition: Term, then: Val, otherwise: Val) -> Val:
    """Return `then` if `condition` holds, else `otherwise`; both are of one type."""
    if known(condition):
        return then if condition else otherwise
    return combine(lambda a, b: terms.pick(condition, a, b), then, otherwise)


def equal(left: Val, right: Val) -> Term:
    """Return whether two values are equal; their types need not be the same, only comparable."""
    match left, right:
        case Scalar(a), Scalar(b):
            return same(a, b)
        case Opt(full, item), Opt(other, inner):
            alike = same(full, other)
            if full is False or other is False:
                return alike
            return both(alike, either(negate(full), equal(item, inner)))
        case (Opt(full, item), other_value) | (other_value, Opt(full, item)):
            return False if full is False else both(full, equal(item, other_value))
        case Parts(items), Parts(others):
            return conjunction(equal(a, b) for a, b in zip(items, others, strict=True))
        case Members(has), Members(other_has):
            return conjunction(same(has.get(m, False), other_has.get(m, False)) for m in {**has, **other_has})
        case Line(length, items), Line(other_length, others):
            pairs = enumerate(zip(items, others, strict=False))
            return conjunction(
                (same(length, other_length), *(either(at_most(length, place), equal(a, b)) for place, (a, b) in pairs))
            )
        case _:
            raise InternalError(f"{left} and {right} are compared")


def identical_to(left: Val, right: Val) -> Term:
    """Return whether two values of one type are the same scalar by scalar, also where there is nothing."""
    return conjunction(same(a, b) for a, b in zip(scalars(left), scalars(right), strict=True))


def within(terms: Terms, kind: Type, value: Val, given: Type | None = None) -> Term:
    """Return whether `value`, which is known to be of type `given`, is a value of `kind`."""
    if given is not None and covers(kind, given):
        return True
    match kind, value:
        case _, Opt(full, inner) if not isinstance(kind, (OptionT, OwnT)):
            return both(full, within(terms, kind, inner, _item(given)))
        case IntT(lo, hi, limit), Scalar(term):
            # Above `UNLIMITED // 2` stand only the bounds of sums with unbounded parameters: no bounds of their own.
            most = at_most(term, terms.number(limit)) if limit else hi >= UNLIMITED // 2 or at_most(term, hi)
            return both(lo <= -UNLIMITED // 2 or at_most(lo, term), most)
        case EnumT(_, members), Scalar(term):
            return disjunction(same(term, terms.code(member)) for member in members)
        case ((OptionT(item) | OwnT(item)), Opt(full, inner)):
            return True if full is False else either(negate(full), within(terms, item, inner, _item(given)))
        case ((OptionT(item) | OwnT(item)), _):
            return within(terms, item, value, given)
        case RecordT(_, fields), Parts(items):
            known_parts = [part for _, part in given.fields] if isinstance(given, RecordT) else [None] * len(fields)
            parts = zip(fields, items, known_parts, strict=True)
            return conjunction(within(terms, part, inner, its) for (_, part), inner, its in parts)
        case MapT(_, item), Parts(items):
            its = given.value if isinstance(given, MapT) else None
            return conjunction(within(terms, item, inner, its) for inner in items)
        case SetT(item), Members(has):
            inside = set(values(item))
            return conjunction(negate(term) for member, term in has.items() if member not in inside)
        case SeqT(item, capacity), Line(length, items):
            its = given.item if isinstance(given, SeqT) else None
            there = (
                either(at_most(length, place), within(terms, item, inner, its))
                for place, inner in enumerate(items[:capacity])
            )
            return conjunction((at_most(length, capacity), *there))
        case BoolT(), Scalar():
            return True
        case _:
            return False


def _item(given: Type | None) -> Type | None:
    return given.item if isinstance(given, (OptionT, OwnT)) else given


def coerce(kind: Type, value: Val) -> Val:
    """Return `value`, which is `within` the type `kind`, in the shape of that type."""
    match kind, value:
        case _, Opt(_, inner) if not isinstance(kind, (OptionT, OwnT)):
            return coerce(kind, inner)
        case ((BoolT() | IntT() | EnumT()), Scalar()):
            return value
        case ((OptionT(item) | OwnT(item)), Opt(full, inner)):
            return Opt(False, blank(item)) if full is False else Opt(full, coerce(item, inner))
        case ((OptionT(item) | OwnT(item)), _):
            return Opt(True, coerce(item, value))
        case RecordT(_, fields), Parts(items):
            return Parts(tuple(coerce(part, inner) for (_, part), inner in zip(fields, items, strict=True)))
        case MapT(_, item), Parts(items):
            return Parts(tuple(coerce(item, part) for part in items))
        case SetT(item), Members(has):
            return Members({member: has.get(member, False) for member in values(item)})
        case SeqT(item, capacity), Line(length, items):
            there = tuple(coerce(item, part) for part in items[:capacity])
            return Line(length, there + (blank(item),) * (capacity - len(there)))
        case _:
            raise InternalError(f"{value} is no {kind}")


def member(item: Val, members: Members, literals: Callable[[Value], Val]) -> Term:
    """Return whether `item` is one of a Set's; `literals` gives the constant a member is."""
    return disjunction(
        both(term, equal(item, literals(value))) for value, term in members.has.items() if term is not False
    )


def found_at(item: Val, items: Line) -> list[Term]:
    """Return, by position of a Seq, whether `item` is there."""
    return [both(less(place, items.length), equal(part, item)) for place, part in enumerate(items.items)]
