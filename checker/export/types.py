"""Types and values in TLA+: sets, literals, Snowcat types, and how an Option is written.

TLA+ has no types, and TLC refuses to compare values of different kinds. So an Option is a sequence of at most one item:
`None == <<>>`, `Some(v) == <<v>>`; that keeps every variable of one type in Snowcat's sense, and None apart from every
value. Where the IR takes a plain value for an Option, `fit` writes `Some`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from checker.export.terms import (
    EMPTY,
    NONE,
    Kind,
    Term,
    at,
    bind,
    boolean,
    both,
    call,
    choice,
    equal,
    field,
    get,
    infix,
    name,
    number,
    record,
    set_of,
    some,
    span,
    string,
    tuple_of,
)
from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, Value, size, values

BOOLEAN = name("BOOLEAN")
NOTHING = EnumT("", ())  # the item type of a None, and of an empty Set or Seq, that stands alone


def item_of(kind: Type) -> Type:
    """Return what an Option, Own, Set or Seq holds."""
    assert isinstance(kind, (OptionT, OwnT, SetT, SeqT))
    return kind.item


# --- literals ----------------------------------------------------------------------------------


def literal(kind: Type, value: Value) -> Term:
    """Return `value` of `kind` as TLA+ writes it."""
    match kind:
        case BoolT():
            return boolean(bool(value))
        case IntT():
            assert isinstance(value, int)
            return number(value)
        case EnumT():
            return string(str(value))
        case OptionT(item) | OwnT(item):
            return NONE if value is None else some(literal(item, value))
        case RecordT(_, fields):
            assert isinstance(value, tuple)
            parts = (literal(part, v) for (_, part), v in zip(fields, value, strict=True))
            return record((f for f, _ in fields), parts)
        case MapT(key, item):
            assert isinstance(value, tuple)
            return function(key, [literal(item, v) for v in value])
        case SetT(item):
            assert isinstance(value, frozenset)
            return set_of(literal(item, v) for v in values(item) if v in value)
        case SeqT(item):
            assert isinstance(value, tuple)
            return tuple_of(literal(item, v) for v in value)
        case _:
            assert_never(kind)


def function(key: Type, items: list[Term]) -> Term:
    """Return the function that has `items`, one a value of `key`."""
    if len(set(items)) == 1:
        return bind(Kind.FUNCTION, "k", set_term(key), items[0])
    keys = [literal(key, value) for value in values(key)]
    pairs = [infix(":>", k, item) for k, item in zip(keys, items, strict=True)]
    return infix("@@", *pairs) if len(pairs) > 1 else pairs[0]


# --- sets --------------------------------------------------------------------------------------


def set_term(kind: Type) -> Term:
    """Return the set of the values of `kind`."""
    match kind:
        case BoolT():
            return BOOLEAN
        case IntT(lo, hi):
            return span(lo, hi) if hi > lo else set_of([number(lo)])
        case EnumT(label, members):
            known = label.replace(".", "").isidentifier() and not label.endswith("pc")
            return Term(Kind.NAME, f"type {label}") if known else set_of(map(string, members))
        case OptionT(item) | OwnT(item):
            return call("Option", set_term(item))
        case RecordT(label):
            if label.replace(".", "").isidentifier():
                return Term(Kind.NAME, f"type {label}")
            return record_set(kind)
        case MapT(key, item):
            return Term(Kind.FUNCTIONS, "", (set_term(key), set_term(item)))
        case SetT(item):
            return call("SUBSET", set_term(item))
        case SeqT(item, capacity):
            return call("BoundedSeq", set_term(item), number(capacity))
        case _:
            assert_never(kind)


def is_listed(kind: Type) -> bool:
    """Tell whether TLC can list the values of `kind`: of sequences, and so of options, it only knows what is one."""
    return not isinstance(kind, (OptionT, OwnT, SeqT)) and all(map(is_listed, parts_of(kind)))


def record_set(kind: RecordT) -> Term:
    """Return the set of the records of `kind`, spelled out."""
    if not kind.fields:
        return set_of([EMPTY])
    return Term(Kind.FIELDSETS, ",".join(f for f, _ in kind.fields), tuple(set_term(k) for _, k in kind.fields))


def named(kind: Type) -> dict[str, Type]:
    """Return the types within `kind` that get a definition of their own, by the name that `set_term` gives them."""
    found: dict[str, Type] = {}
    for part in parts_of(kind):
        found |= named(part)
    term = set_term(kind)
    if term.kind is Kind.NAME and term != BOOLEAN:
        found[term.text] = kind
    return found


def parts_of(kind: Type) -> tuple[Type, ...]:
    """Return the types that `kind` is made of."""
    match kind:
        case OptionT(item) | OwnT(item) | SetT(item) | SeqT(item):
            return (item,)
        case MapT(key, item):
            return (key, item)
        case RecordT(_, fields):
            return tuple(part for _, part in fields)
        case BoolT() | IntT() | EnumT():
            return ()
        case _:
            assert_never(kind)


def snowcat(kind: Type, aliases: Mapping[str, str]) -> str:
    """Return the type as Apalache's type checker writes it (Apalache ADR 002, Type System 1.2).

    `aliases`: what the types are called that have a definition of their own, by the name that `set_term` gives them.
    """
    match kind:
        case BoolT():
            return "Bool"
        case IntT():
            return "Int"
        case EnumT():
            return "Str"
        case OptionT(item) | OwnT(item) | SeqT(item):
            return f"Seq({snowcat(item, aliases)})"
        case RecordT():
            return f"${aliases[alias]}" if (alias := set_term(kind).text) in aliases else snowcat_record(kind, aliases)
        case MapT(key, item):
            return f"{_side(key, aliases)} -> {_side(item, aliases)}"
        case SetT(item):
            return f"Set({snowcat(item, aliases)})"
        case _:
            assert_never(kind)


def snowcat_record(kind: RecordT, aliases: Mapping[str, str]) -> str:
    """Return the type of the records of `kind`, spelled out."""
    return "{ " + ", ".join(f"{f}: {snowcat(part, aliases)}" for f, part in kind.fields) + " }"


def _side(kind: Type, aliases: Mapping[str, str]) -> str:
    text = snowcat(kind, aliases)
    return f"({text})" if isinstance(kind, MapT) else text


# --- fitting -----------------------------------------------------------------------------------


def same_form(left: Type, right: Type) -> bool:
    """Tell whether values of both types are written alike: they differ in ranges, capacities and names only."""
    match left, right:
        case ((OptionT(a) | OwnT(a)), (OptionT(b) | OwnT(b))):
            return NOTHING in (a, b) or same_form(a, b)
        case (SetT(a), SetT(b)) | (SeqT(a), SeqT(b)):
            return NOTHING in (a, b) or same_form(a, b)
        case MapT(key, a), MapT(other, b):
            return same_form(key, other) and same_form(a, b)
        case RecordT(_, fields), RecordT(_, others):
            return all(same_form(a, b) for (_, a), (_, b) in zip(fields, others, strict=True))
        case _:
            return type(left) is type(right)


def fit(term: Term, have: Type, want: Type) -> Term:
    """Return `term`, a value of the type `have`, as one of `want`: options made or opened on the way."""
    if same_form(have, want):
        return term
    match have, want:
        case ((OptionT(a) | OwnT(a)), (OptionT(b) | OwnT(b))):
            return choice(equal(term, NONE), NONE, some(fit(get(term), a, b)))
        case _, OptionT(b) | OwnT(b):
            return some(fit(term, have, b))
        case ((OptionT(a) | OwnT(a)), _):
            return fit(get(term), a, want)
        case SetT(a), SetT(b):
            return bind(Kind.IMAGE, "e", term, fit(name("e"), a, b))
        case SeqT(a), SeqT(b):
            return bind(Kind.FUNCTION, "i", call("DOMAIN", term), fit(at(term, name("i")), a, b))
        case MapT(_, a), MapT(_, b):
            return bind(Kind.FUNCTION, "k", call("DOMAIN", term), fit(at(term, name("k")), a, b))
        case RecordT(_, fields), RecordT(_, others):
            pairs = zip(fields, others, strict=True)
            return record((f for f, _ in others), (fit(field(term, f), a, b) for (f, a), (_, b) in pairs))
        case _:
            raise ValueError(f"{have} is never {want}")


def member(term: Term, kind: Type) -> Term:
    """Return the condition that `term` is a value of `kind`, for one that may be outside its range or capacity."""
    match kind:
        case SeqT(item, capacity) if size(item) > 1:
            return both(
                [infix("<=", call("Len", term), number(capacity)), infix("\\in", term, call("Seq", set_term(item)))]
            )
        case _:
            return infix("\\in", term, set_term(kind))
