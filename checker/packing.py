"""Records (frozen dataclasses) as bytes: to be kept in a file, or as what others are kept under."""

from __future__ import annotations

import io
import pickle
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any


def packed(content: object) -> bytes:
    """Return `content` pickled."""
    return _dumped(_Writer, content)


def key_of(content: object) -> bytes:
    """Return bytes that tell all that `content` is, the same in every process; they cannot be read again.

    Members of a set come in order: otherwise they would come as this process hashes them, and names are hashed anew
    in each.
    """
    return _dumped(_Ordered, content)


class _Writer(pickle.Pickler):
    """Writes a record as a call of its class: what `dataclass` does for frozen ones with slots takes twice as long."""

    def reducer_override(self, item: Any) -> Any:
        kind = type(item)
        return (kind, tuple([getattr(item, name) for name in _names(kind)])) if is_dataclass(kind) else NotImplemented


class _Ordered(_Writer):
    def persistent_id(self, item: Any) -> Any:
        return _sorted(item) if type(item) is frozenset else None


def _sorted(value: object) -> object:
    """Return a value with its sets as sequences, sorted."""
    match value:
        case frozenset():
            return ("set", *sorted(map(_sorted, value), key=repr))
        case tuple():
            return tuple(map(_sorted, value))
    return value


def _dumped(kind: type[pickle.Pickler], content: object) -> bytes:
    data = io.BytesIO()
    kind(data, protocol=5).dump(content)
    return data.getvalue()


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
