"""A script of SMT-LIB: constants, named definitions, and named obligations, each of which must be unsatisfiable.

The same script is solved in memory while a proof is looked for, and written as a certificate that any solver reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import z3

from checker.diagnostics import InternalError
from checker.symbolic.deadline import Deadline, answered
from checker.symbolic.terms import escaped


@dataclass(frozen=True, slots=True)
class Obligation:
    """`assertions` cannot all hold. `name` is unique; `says` is what that means, in the spec's words.

    `about` is what it is an obligation of: ("property", its name), (a level, an actor), or one word.
    """

    name: str
    says: str
    assertions: tuple[Any, ...]
    about: tuple[str, ...]


@dataclass(slots=True)
class Script:
    """Definitions are made with `define`, each over `constants` and earlier definitions."""

    constants: frozenset[str] = frozenset()  # names of what is free
    definitions: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # name → (its constant, its meaning)
    obligations: list[Obligation] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)  # by definition
    _needs: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by definition: those its meaning mentions

    def define(self, name: str, meaning: Any, says: str = "") -> Any:
        """Return a constant that stands for `meaning`, an expression of z3; `says` is its meaning in words."""
        name = escaped(name)
        constant = z3.Const(name, meaning.sort())
        if name in self.definitions or name in self.constants:
            raise InternalError(f"`{name}` would stand for two things")
        self._needs[name] = tuple(other for other in symbols(meaning) if other in self.definitions)
        self.definitions[name] = constant, meaning
        self.says[name] = says
        return constant

    def oblige(self, name: str, says: str, assertions: Iterable[Any], *, about: tuple[str, ...]) -> None:
        self.obligations.append(Obligation(name, says, tuple(assertions), about))

    def failing(self, obligation: Obligation, deadline: Deadline) -> Any | None:
        """Return None if the obligation is met, else a model in which it is not, or `z3.unknown`. Raises TimeIsUp."""
        solver = deadline.bind(z3.SolverFor("QF_LIA"))
        solver.add(*self.meaning(obligation.assertions))
        found = answered(solver, solver.check())
        return None if found == z3.unsat else solver.model() if found == z3.sat else z3.unknown

    def meaning(self, expressions: Sequence[Any]) -> list[Any]:
        """Return expressions and the definitions they rest on, as equations."""
        return [*expressions, *(constant == meaning for constant, meaning in self._used(expressions))]

    def _used(self, expressions: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield the definitions that some expressions rest on."""
        pending = [name for expression in expressions for name in symbols(expression) if name in self.definitions]
        seen = set(pending)
        while pending:
            name = pending.pop()
            yield self.definitions[name]
            fresh = [other for other in self._needs[name] if other not in seen]
            seen.update(fresh)
            pending += fresh

    def text(self) -> str:
        """Return the script as SMT-LIB 2.6: each `(check-sat)` must answer `unsat`."""
        constants = {
            name: symbol
            for expressions in (
                (meaning for _, meaning in self.definitions.values()),
                (part for obligation in self.obligations for part in obligation.assertions),
            )
            for expression in expressions
            for name, symbol in symbols(expression).items()
            if name not in self.definitions
        }
        lines = ["(set-logic ALL)"]
        lines += [f"(declare-const {symbol.sexpr()} {symbol.sort().sexpr()})" for symbol in constants.values()]
        for name, (constant, meaning) in self.definitions.items():
            lines += [comment(self.says[name])] if self.says[name] else []
            lines.append(f"(define-fun {constant.sexpr()} () {meaning.sort().sexpr()} {flat(meaning)})")
        for obligation in self.obligations:
            lines += ["", comment(f"{obligation.name}: {obligation.says}"), "(push 1)"]
            lines += [f"(assert {flat(part)})" for part in obligation.assertions]
            lines += ["(check-sat)", "(pop 1)"]
        return "\n".join(lines) + "\n"


def symbols(expression: Any) -> dict[str, Any]:
    """Return the constants an expression mentions, by name."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    pending = [expression]
    while pending:
        part = pending.pop()
        if part.get_id() in seen:
            continue
        seen.add(part.get_id())
        if z3.is_const(part) and part.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[part.decl().name()] = part
        pending += reversed(part.children())
    return found


def comment(text: str) -> str:
    """Return words as one line that a solver does not read, whatever is in them."""
    return f"; {' '.join(text.split())}"


def flat(expression: Any) -> str:
    """Return an expression as one line of SMT-LIB."""
    return " ".join(expression.sexpr().split())
