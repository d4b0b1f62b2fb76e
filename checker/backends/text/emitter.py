"""A buffer of indented lines, with the names and the objects that the text refers to."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checker.backends.text.runtime import Site
from checker.ir.domains import Type, Value, values
from checker.ir.nodes import Expr, Stmt
from checker.loc import Loc

RESERVED = frozenset(
    {"state", "old", "out", "append", "path", "sizes", "turn", "stop", "hits", "undefined", "broken", "failed"}
    | {"removed", "advance", "contains", "Label", "Undefined", "len", "min", "max", "frozenset", "tuple", "mask"}
    | {"otherwise"}
)


class Emitter:
    """Collects the lines of one module. `sites` and `pool` are what its numbers and capital names stand for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.sites: list[Site] = []
        self.pool: dict[str, object] = {}
        self.constants: list[str] = []  # module-level lines
        self._depth = 0
        self._names: set[str] = set(RESERVED)
        self._scratch: dict[str, int] = {}
        self._pooled: dict[tuple[str, object], str] = {}

    def line(self, text: str) -> None:
        self.lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Emit `head` and indent what follows."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def name(self, wanted: str) -> str:
        """Return a fresh identifier that looks like `wanted`."""
        base = re.sub(r"\W+", "_", wanted).strip("_") or "x"
        if base[0].isdigit() or keyword.iskeyword(base) or base.isupper():
            base = f"v_{base}"
        found, count = base, 1
        while found in self._names:
            count += 1
            found = f"{base}_{count}"
        self._names.add(found)
        return found

    def scratch(self, wanted: str) -> str:
        """Return a name not used since `forget`. Few names keep the frame of a long function small."""
        base = re.sub(r"\W", "_", wanted)
        count = self._scratch[base] = self._scratch.get(base, 0) + 1
        return f"_{base}" if count == 1 else f"_{count}_{base}"

    def forget(self) -> None:
        """Let scratch names be used again: nothing emitted from here on reads what they hold."""
        self._scratch.clear()

    @contextmanager
    def guarded(self, handler: list[str]) -> Iterator[Callable[[], None]]:
        """Emit what follows in a `try` with `handler` as the body of `except Undefined`, if it turns out to need one.

        Yields the function to call when it does.
        """
        start, needed = len(self.lines), False

        def need() -> None:
            nonlocal needed
            needed = True

        yield need
        if needed:
            self.lines[start:] = ["    " * self._depth + "try:", *("    " + line for line in self.lines[start:])]
            with self.block("except Undefined as stop:"):
                for line in handler:
                    self.line(line)

    def site(self, subject: Expr | Stmt, loc: Loc) -> int:
        """Return the number of a new place at which a step can fail."""
        self.sites.append(Site(subject, loc))
        return len(self.sites) - 1

    def constant(self, text: str) -> str:
        """Return the name of a module-level constant with the value `text`."""
        key = ("constant", text)
        if key not in self._pooled:
            name = self._pooled[key] = f"C{len(self.constants)}"
            self.constants.append(f"{name} = {text}")
        return self._pooled[key]

    def type_object(self, kind: Type) -> str:
        """Return the name under which the text sees the type `kind`."""
        key = ("type", kind)
        if key not in self._pooled:
            self._pooled[key] = f"T{len(self.pool)}"
            self.pool[self._pooled[key]] = kind
        return self._pooled[key]

    def label(self, action: int) -> str:
        """Return the name of the label of an action without choices."""
        name = f"L{action}"
        if ("label", action) not in self._pooled:
            self._pooled["label", action] = name
            self.constants.append(f"{name} = Label({action})")
        return name

    def literal(self, value: Value) -> str:
        """Return `value` as Python text, the same in every process: members of a set are sorted."""
        return self.constant(_spell(value)) if _has_set(value) else _spell(value)

    def domain(self, kind: Type) -> str:
        """Return the name of the tuple of the values of `kind`."""
        return self.constant(_spell(tuple(values(kind))))

    def ordinals(self, kind: Type) -> str:
        """Return the name of a dict from each value of `kind` to its position."""
        pairs = ", ".join(f"{_spell(value)}: {place}" for place, value in enumerate(values(kind)))
        return self.constant("{" + pairs + "}")


def _has_set(value: Value) -> bool:
    match value:
        case frozenset():
            return True
        case tuple():
            return any(map(_has_set, value))
        case _:
            return False


def _spell(value: Value) -> str:
    match value:
        case frozenset():
            return f"frozenset(({''.join(part + ', ' for part in sorted(map(_spell, value)))}))"
        case tuple():
            return f"({''.join(_spell(part) + ', ' for part in value)})"
        case _:
            return repr(value)
