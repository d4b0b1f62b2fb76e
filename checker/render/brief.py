"""Values for people: records by their last name, fields at their first value left out."""

from __future__ import annotations

from typing import assert_never

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
    default,
    show,
    values,
)


def brief(domain: Type, value: Value) -> str:
    """Print `value` as a spec would write it, shorter than `show`: `Batch(size=2, handle=Handle())`."""
    match domain:
        case BoolT() | IntT() | EnumT():
            return show(domain, value)
        case OptionT(item) | OwnT(item):
            return "None" if value is None else brief(item, value)
        case RecordT(name, fields):
            assert isinstance(value, tuple)
            pairs = [(field, kind, part) for (field, kind), part in zip(fields, value, strict=True)]
            parts = (f"{field}={brief(kind, part)}" for field, kind, part in pairs if part != default(kind))
            return f"{name.rsplit('.', 1)[-1]}({', '.join(parts)})"
        case MapT(key, item):
            assert isinstance(value, tuple)
            entries = (f"{show(key, k)}: {brief(item, part)}" for k, part in zip(values(key), value, strict=True))
            return "{" + ", ".join(entries) + "}"
        case SetT(item):
            assert isinstance(value, frozenset)
            return "{" + ", ".join(brief(item, part) for part in values(item) if part in value) + "}"
        case SeqT(item, _):
            assert isinstance(value, tuple)
            return "[" + ", ".join(brief(item, part) for part in value) + "]"
        case _:
            assert_never(domain)
