"""Clauses over the scalars of a state: what invariants are put together from, and how they are read.

A *literal* compares one scalar with a constant or with an unbounded parameter; a *clause* says that one of its
literals holds. A scalar of what is not there (the item of an empty option) is False or 0 (see `values`): a literal
about it is then what that value makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any, TypeAlias

from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, show, values
from checker.ir.leaves import At, Has, Leaf, Mark, Occupied
from checker.ir.nodes import State
from checker.symbolic.proof import Lemma
from checker.symbolic.system import System
from checker.symbolic.terms import Term, disjunction, known, negate
from checker.symbolic.values import literal, scalars

Row: TypeAlias = Sequence[int]  # a state as the values of its scalars, in the order of `Scalars.leaves`

_NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True, slots=True)
class Literal:
    """`leaf relation right`: `right` is a constant (an Enum's by its code) or the scalar of an unbounded parameter."""

    leaf: Leaf
    relation: str
    right: int | Leaf

    def negated(self) -> Literal:
        return Literal(self.leaf, _NEGATED[self.relation], self.right)


Clause: TypeAlias = tuple[Literal, ...]


class Scalars:
    """The scalars of a system that can change: as terms, as values of a state, and in words."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.leaves = tuple(leaf for leaf, term in system.leaves.items() if not known(term))
        self.place = {leaf: place for place, leaf in enumerate(self.leaves)}
        self.terms = tuple(system.leaves[leaf] for leaf in self.leaves)
        self._variables = {variable.name: variable for variable in system.model.variables}
        self.types = tuple(part(self._variables[leaf.variable].type, leaf) for leaf in self.leaves)
        self.unbounded = tuple(Leaf(name, ()) for name in system.model.unbounded)
        self._changing = [not known(term) for term in system.leaves.values()]

    def pairs(self) -> Iterator[tuple[Leaf, Term]]:
        return zip(self.leaves, self.terms, strict=True)

    def row(self, state: State) -> Row:
        """Return the values of the scalars in `state`."""
        pairs = zip(self.system.model.variables, state, strict=True)
        every = (int(term) for v, value in pairs for term in scalars(literal(self.system.terms, v.type, value)))
        return tuple(value for value, changing in zip(every, self._changing, strict=True) if changing)

    # --- literals and clauses ------------------------------------------------------------------

    def holds(self, item: Literal, row: Row) -> bool:
        """Tell whether a literal is true in a row."""
        right = item.right if isinstance(item.right, int) else row[self.place[item.right]]
        return _COMPARE[item.relation](row[self.place[item.leaf]], right)

    def literal(self, item: Literal, terms: Sequence[Term] | None = None) -> Term:
        """Return a literal as a term over the state, or over other `terms` for the scalars."""
        terms = self.terms if terms is None else terms
        left = terms[self.place[item.leaf]]
        right = item.right if isinstance(item.right, int) else terms[self.place[item.right]]
        if isinstance(self.types[self.place[item.leaf]], BoolT):
            true = bool(right) == (item.relation == "==")
            return left if true else negate(left)
        return _COMPARE[item.relation](left, right)

    def clause(self, clause: Clause, terms: Sequence[Term] | None = None) -> Term:
        return disjunction(self.literal(item, terms) for item in clause)

    def lemma(self, clause: Clause) -> Lemma:
        """Return a clause as a lemma: where somebody stands, or else its first literals, is the condition."""
        variables = tuple(dict.fromkeys(item.leaf.variable for item in clause))
        term = self.system.terms.lift(self.clause(clause))
        if len({item.leaf for item in clause}) == 1:
            return Lemma((), self._merged(clause), variables, term)
        ordered = sorted(clause, key=self._stands)
        when = tuple(self.show_literal(item.negated()) for item in ordered[:-1])
        return Lemma(when, self.show_literal(ordered[-1]), variables, term)

    def _stands(self, item: Literal) -> int:
        """Return what puts conditions about program counters first, and says last what is the case."""
        return 0 if item.relation == "!=" and item.leaf.variable.endswith(".pc") else 1

    # --- words ---------------------------------------------------------------------------------

    def _merged(self, clause: Clause) -> str:
        """Return the literals of one scalar as text, the values that it may have as one."""
        if len(clause) > 1 and all(item.relation == "==" for item in clause):
            return f"{self.name(clause[0].leaf)} in {{{', '.join(map(self._value, clause))}}}"
        return " or ".join(map(self.show_literal, clause))

    def show_literal(self, item: Literal) -> str:
        name = self.name(item.leaf)
        if isinstance(self.types[self.place[item.leaf]], BoolT):
            true = bool(item.right) == (item.relation == "==")
            if item.leaf.path and item.leaf.path[-1] is Mark.PRESENT:
                return f"{name} is {'not ' * true}None"
            if item.leaf.path and isinstance(item.leaf.path[-1], Has):
                return name if true else name.replace(" in ", " not in ", 1)
            return name if true else f"not {name}"
        relation = item.relation
        kind = self.types[self.place[item.leaf]]
        if item.right == 0 and relation == "<=" and isinstance(kind, IntT) and kind.lo == 0:
            relation = "=="
        return f"{name} {relation} {self._value(item)}"

    def _value(self, item: Literal) -> str:
        if isinstance(item.right, Leaf):
            return self.name(item.right)
        kind = self.types[self.place[item.leaf]]
        if isinstance(kind, EnumT):
            return f'"{self.system.terms.member(item.right)}"' if item.right else "absent"
        return str(item.right)

    def name(self, leaf: Leaf) -> str:
        """Return a scalar as the spec would write it."""
        kind = self._variables[leaf.variable].type
        text = leaf.variable
        for step in leaf.path:
            match step, kind:
                case Has(member), SetT(item):
                    return f"{show(item, member)} in {text}"
                case Mark.PRESENT, _:
                    return text
                case Mark.PAYLOAD, (OptionT(item) | OwnT(item)):
                    kind = item
                case Mark.LENGTH, _:
                    return f"len({text})"
                case At(position), SeqT(item, _):
                    text, kind = f"{text}[{position}]", item
                case int(), RecordT(_, fields):
                    text, kind = f"{text}.{fields[step][0]}", fields[step][1]
                case int(), MapT(key, item):
                    text, kind = f"{text}[{show(key, list(values(key))[step])}]", item
        return text


def part(kind: Type, leaf: Leaf) -> Type:
    """Return the type of a scalar of a variable of type `kind`: a Bool, Int or Enum."""
    for step in leaf.path:
        match step, kind:
            case ((Mark.PRESENT | Has() | Occupied()), _):
                return BoolT()
            case Mark.LENGTH, SeqT(_, capacity):
                return IntT(0, capacity)
            case Mark.PAYLOAD, (OptionT(item) | OwnT(item)):
                kind = item
            case At(), SeqT(item, _):
                kind = item
            case int(), RecordT(_, fields):
                kind = fields[step][1]
            case int(), MapT(_, item):
                kind = item
            case _:
                raise ValueError(f"{leaf} is no part of {kind}")
    return kind


def leaves_of(clause: Clause) -> frozenset[Leaf]:
    """Return the scalars a clause speaks of."""
    right = {item.right for item in clause if isinstance(item.right, Leaf)}
    return frozenset(item.leaf for item in clause) | right
