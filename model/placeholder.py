"""What the language's names are when a spec file is imported as Python.

The checker reads specs as source and never runs them, so nothing here has a meaning of its own: these
objects let a class body execute, so that `import` works, editors complete names and type checkers judge
calls. What only makes sense inside a method raises `NotExecutable`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Operator: TypeAlias = "Callable[[Placeholder, object], Placeholder]"


class NotExecutable(RuntimeError):
    """A spec was run as Python. Specs are compiled by the checker; `check(Spec)` is the way in."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"`{what}` cannot be run: specs are compiled by the checker, not executed."
            " Check one with `check path/to/spec.py`, or from Python `from checker import check; check(TheSpec)`."
        )


def _infix(symbol: str) -> Operator:
    def apply(self: Placeholder, other: object) -> Placeholder:
        return Placeholder(f"({self!r} {symbol} {other!r})")

    return apply


def _swapped(symbol: str) -> Operator:
    def apply(self: Placeholder, other: object) -> Placeholder:
        return Placeholder(f"({other!r} {symbol} {self!r})")

    return apply


class Placeholder:
    """An expression over types and parameters, kept as text. Prints as it was written."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __call__(self, *args: object, **named: object) -> Placeholder:
        return Placeholder(written(self._text, *args, **named))

    def __getitem__(self, key: object) -> Placeholder:
        return Placeholder(f"{self._text}[{key!r}]")

    def __getattr__(self, name: str) -> Placeholder:
        if name.startswith("__"):  # asked by copy, pickle, inspect: "no" keeps them from taking us for something else
            raise AttributeError(name)
        return Placeholder(f"{self._text}.{name}")

    def __bool__(self) -> bool:
        """Answer True: `and`, `or` and `in` ask while a class body executes, and nothing depends on the answer."""
        return True

    def __neg__(self) -> Placeholder:
        return Placeholder(f"-{self._text}")

    __hash__ = object.__hash__
    __iter__ = None  # else `__getitem__` would make it an endless sequence
    __add__ = _infix("+")
    __sub__ = _infix("-")
    __mul__ = _infix("*")
    __floordiv__ = _infix("//")
    __mod__ = _infix("%")
    __or__ = _infix("|")
    __and__ = _infix("&")
    __lt__ = _infix("<")
    __le__ = _infix("<=")
    __gt__ = _infix(">")
    __ge__ = _infix(">=")
    __radd__ = _swapped("+")
    __rsub__ = _swapped("-")
    __rmul__ = _swapped("*")
    __rfloordiv__ = _swapped("//")
    __rmod__ = _swapped("%")
    __ror__ = _swapped("|")
    __rand__ = _swapped("&")

    def __eq__(self, other: object) -> Any:
        return Placeholder(f"({self!r} == {other!r})")

    def __ne__(self, other: object) -> Any:
        return Placeholder(f"({self!r} != {other!r})")


def written(name: str, *args: object, **named: object) -> str:
    """Return the call as text: `Int(0, 3, init=3)`. Arguments that are None were not given."""
    parts = [*map(repr, args), *(f"{key}={value!r}" for key, value in named.items() if value is not None)]
    return f"{name}({', '.join(parts)})"
