"""Finite types. `x = Int(0, 3)` in a class body declares a variable `x`, `X = Int(0, 3)` a type `X`.

`init` gives the first value, `init=any_value` makes each value an initial state. `owner` declares a
location: only that actor, or an action that names it as participant, may write the variable.

A type checker sees every one of them as `Any`: the checker infers and checks the types of the language
itself, and knows more than Python's types can say (bounds, capacities, emptied slots).
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

from model.actors import Activity
from model.placeholder import Placeholder, written
from model.structure import Block

B = TypeVar("B", bound=Block)

any_value: Any = Placeholder("any_value")
"""`init=any_value`: each value of the type is an initial state."""

Actor: Any = Placeholder("Actor")
"""The type whose values are the names of all actors of the model; `me()` is one."""

Key: Any = Placeholder("Key")
"""In a block: the type of `self.key`, its key in the Map it is declared in. Otherwise a type with one value."""

Type: Any = Placeholder("Type")
"""`Item = param(Type)`: a parameter of a block that is a type."""

Function: Any = Placeholder("Function")
"""`fold = param(Function)`: a parameter of a block that is a method of the spec, passed by name."""


def Bool(*, init: bool | None = None, owner: Activity | None = None) -> Any:
    """`True` or `False`; at first `False`."""
    return Placeholder(written("Bool", init=init, owner=owner))


def Int(lo: int, hi: int, *, init: int | None = None, owner: Activity | None = None) -> Any:
    """The whole numbers from `lo` to `hi`, both included; at first 0, or `lo` where 0 is outside.

    Bounds may be expressions over parameters. A value outside is a range violation, never a wrap.
    """
    return Placeholder(written("Int", lo, hi, init=init, owner=owner))


def Enum(*members: str, init: str | None = None, owner: Activity | None = None) -> Any:
    """One of the names; at first the first. Values are written as string literals: `self.mode = "busy"`."""
    return Placeholder(written("Enum", *members, init=init, owner=owner))


def Option(item: object, *, init: object = None, owner: Activity | None = None) -> Any:
    """`None`, or a value of `item`; at first `None`. Used where a value is needed, None is a range violation."""
    return Placeholder(written("Option", item, init=init, owner=owner))


def Record(**fields: object) -> Any:
    """Named fields, each with its type. Called to make a value: `Batch(size=1, handle=move(h))`.

    Fields left out have their default. A record with an Own field is move-only itself.
    """
    return Placeholder(written("Record", **fields))


class BlockMap(Generic[B]):
    """What a type checker sees of `Map(Shard, Gate())`: an index gives a block, attributes its types."""

    def __getitem__(self, key: object) -> B:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError


@overload
def Map(key: object, value: B) -> BlockMap[B]: ...
@overload
def Map(key: object, value: Any, *, init: object = None, owner: Activity | None = None) -> Any: ...
def Map(key: object, value: object, *, init: object = None, owner: Activity | None = None) -> Any:
    """A value of `value` for each value of `key`; `init` is that of every element.

    `Map(Shard, Gate())` declares one block a key: `self.gates[s].enter()`, and `gates.Guard` for its types.
    With `owner` of a family, element k belongs to member k.
    """
    return Placeholder(written("Map", key, value, init=init, owner=owner))


def Set(item: object, *, init: object = None, owner: Activity | None = None) -> Any:
    """A set of `item`; at first empty. `x in s`, `s.add(x)`, `s.remove(x)`, `s.discard(x)`, `|`, `&`, `-`, `len(s)`."""
    return Placeholder(written("Set", item, init=init, owner=owner))


def Seq(item: object, capacity: int | None = None, *, init: object = None, owner: Activity | None = None) -> Any:
    """At most `capacity` values of `item` in order; at first empty. Overfilling it is a range violation.

    `len(q)`, `q[i]`, `q.append(x)`, `q.pop(0)`, `q.remove(x)`, `q.clear()`, `x in q`, `for x in q`.
    `Seq(Actor)` without a capacity holds as many as there are actors.
    """
    given = (item,) if capacity is None else (item, capacity)
    return Placeholder(written("Seq", *given, init=init, owner=owner))


def Own(item: object, *, init: object = None) -> Any:
    """A slot for a value that cannot be copied: a guard, a handle, a permit. At first empty (`None`).

    Filled by constructing or moving into it, emptied by `move(slot)` or `drop(slot)` or at the end of its
    scope. Filling a full slot and moving from an empty one are ownership violations.
    """
    return Placeholder(written("Own", item, init=init))
