"""Values of a spec as JSON and as ITF, by their types."""

from __future__ import annotations

from typing import Any, assert_never

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
    show,
    values,
)
from checker.ir.nodes import Model, State


def plain(domain: Type, value: Value) -> Any:
    """Return `value` as JSON: records and maps as objects (keys as the spec prints them), sequences and sets as
    arrays, empty Option and Own as null."""
    match domain:
        case BoolT() | IntT() | EnumT():
            return value
        case OptionT(item) | OwnT(item):
            return None if value is None else plain(item, value)
        case RecordT(_, fields):
            assert isinstance(value, tuple)
            return {name: plain(kind, part) for (name, kind), part in zip(fields, value, strict=True)}
        case MapT(key, item):
            assert isinstance(value, tuple)
            return {_key(key, k): plain(item, part) for k, part in zip(values(key), value, strict=True)}
        case SetT(item):
            assert isinstance(value, frozenset)
            return [plain(item, part) for part in values(item) if part in value]
        case SeqT(item, _):
            assert isinstance(value, tuple)
            return [plain(item, part) for part in value]
        case _:
            assert_never(domain)


def _key(domain: Type, value: Value) -> str:
    return value if isinstance(value, str) else show(domain, value)


def plain_state(model: Model, state: State) -> dict[str, Any]:
    """Return a state as an object of its variables."""
    return {v.name: plain(v.type, value) for v, value in zip(model.variables, state, strict=True)}


def itf_value(domain: Type, value: Value) -> Any:
    """Return `value` in the Informal Trace Format (Apalache ADR 015): integers as `#bigint`, maps as `#map`, sets as
    `#set`, Option and Own as a list of at most one item (readers disagree about variants without a value)."""
    match domain:
        case BoolT() | EnumT():
            return value
        case IntT():
            return {"#bigint": str(value)}
        case OptionT(item) | OwnT(item):
            return [] if value is None else [itf_value(item, value)]
        case RecordT(_, fields):
            assert isinstance(value, tuple)
            return {name: itf_value(kind, part) for (name, kind), part in zip(fields, value, strict=True)}
        case MapT(key, item):
            assert isinstance(value, tuple)
            pairs = zip(values(key), value, strict=True)
            return {"#map": [[itf_value(key, k), itf_value(item, part)] for k, part in pairs]}
        case SetT(item):
            assert isinstance(value, frozenset)
            return {"#set": [itf_value(item, part) for part in values(item) if part in value]}
        case SeqT(item, _):
            assert isinstance(value, tuple)
            return [itf_value(item, part) for part in value]
        case _:
            assert_never(domain)


def itf_type(domain: Type) -> str:
    """Return the type of `itf_value(domain, ·)` in Apalache's notation, for `#meta.varTypes`."""
    match domain:
        case BoolT():
            return "Bool"
        case IntT():
            return "Int"
        case EnumT():
            return "Str"
        case OptionT(item) | OwnT(item) | SeqT(item, _):
            return f"Seq({itf_type(item)})"
        case RecordT(_, fields):
            return "{ " + ", ".join(f"{name}: {itf_type(kind)}" for name, kind in fields) + " }"
        case MapT(key, item):
            return f"({itf_type(key)} -> {itf_type(item)})"
        case SetT(item):
            return f"Set({itf_type(item)})"
        case _:
            assert_never(domain)
