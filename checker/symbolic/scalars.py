"""The scalars of a state: as terms, as numbers of a sampled state, and in the spec's words.

A scalar of what is not there (the item of an empty option) is False or 0 (see `values`); `present` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, Value, show, values
from checker.ir.leaves import At, Has, Leaf, Mark, Occupied
from checker.ir.nodes import State
from checker.symbolic.system import System
from checker.symbolic.terms import Term, conjunction, known, less, negate, same
from checker.symbolic.values import literal, scalars

Row: TypeAlias = tuple[int, ...]  # a state as the values of its scalars, in the order of `Scalars.leaves`


class Scalars:
    """The scalars of a system that can change."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.leaves = tuple(leaf for leaf, term in system.leaves.items() if not known(term))
        self.terms = tuple(system.leaves[leaf] for leaf in self.leaves)
        self.place = {leaf: place for place, leaf in enumerate(self.leaves)}
        self._variables = {variable.name: variable for variable in system.model.variables}
        self._rows: list[dict[Value, Row]] = [{} for _ in system.model.variables]
        self._changing = [
            [not known(term) for term in scalars(system.state[variable.name])] for variable in system.model.variables
        ]

    # --- numbers -------------------------------------------------------------------------------

    def row(self, state: State) -> Row:
        """Return the values of the scalars in `state`."""
        return tuple(number for place, value in enumerate(state) for number in self.part(place, value))

    def part(self, place: int, value: Value) -> Row:
        """Return the values of the scalars of variable number `place` where it is `value`."""
        known_rows = self._rows[place]
        if value not in known_rows:
            kind = self.system.model.variables[place].type
            every = scalars(literal(self.system.terms, kind, value))
            pairs = zip(every, self._changing[place], strict=True)
            known_rows[value] = tuple(int(term) for term, changing in pairs if changing)
        return known_rows[value]

    # --- terms ---------------------------------------------------------------------------------

    def term(self, leaf: Leaf) -> Any:
        return self.system.leaves[leaf]

    def type(self, leaf: Leaf) -> BoolT | IntT | EnumT:
        found = part_type(self._variables[leaf.variable].type, leaf)
        assert isinstance(found, (BoolT, IntT, EnumT))
        return found

    def present(self, leaf: Leaf) -> Term:
        """Return whether a scalar is there: no option on the way is empty, no sequence too short."""
        return conjunction(
            self.term(deciding) if at_least is None else less(at_least, self.term(deciding))
            for deciding, at_least in deciding_leaves(leaf)
        )

    def equals(self, leaf: Leaf, value: int) -> Term:
        """Return whether a scalar has a value, which is a member's code if it is an Enum."""
        term = self.term(leaf)
        return (term if value else negate(term)) if isinstance(self.type(leaf), BoolT) else same(term, value)

    # --- words ---------------------------------------------------------------------------------

    def says(self, leaf: Leaf, value: int) -> tuple[str, str]:
        """Return how a spec would say that a scalar has a value, and that it has another."""
        name, kind = self.name(leaf), self.type(leaf)
        if isinstance(kind, EnumT) and not value:  # no member's code: what an empty place has
            return f"{name} is not there", f"{name} is there"
        if not isinstance(kind, BoolT):
            shown = self.shown(leaf, value)
            return f"{name} == {shown}", f"{name} != {shown}"
        match leaf.path[-1:]:
            case (Mark.PRESENT,):
                both = f"{name} is not None", f"{name} is None"
            case (Has(),):
                both = name, name.replace(" in ", " not in ", 1)
            case _:
                both = name, f"not {name}"
        return both if value else both[::-1]

    def shown(self, leaf: Leaf, value: int) -> str:
        """Return a value of a number or Enum as a spec would write it."""
        return f'"{self.system.terms.member(value)}"' if isinstance(self.type(leaf), EnumT) else str(value)

    def name(self, leaf: Leaf) -> str:
        """Return a scalar as the spec would write it; whether a slot is full, by the slot."""
        kind = self._variables[leaf.variable].type
        text = leaf.variable
        for step in leaf.path:
            match step, kind:
                case Has(member), SetT(item):
                    return f"{show(item, member)} in {text}"
                case Mark.LENGTH, _:
                    return f"len({text})"
                case Mark.PAYLOAD, (OptionT(item) | OwnT(item)):
                    kind = item
                case At(position), SeqT(item, _):
                    text, kind = f"{text}[{position}]", item
                case int(), RecordT(_, fields):
                    text, kind = f"{text}.{fields[step][0]}", fields[step][1]
                case int(), MapT(key, item):
                    text, kind = f"{text}[{show(key, list(values(key))[step])}]", item
        return text


def part_type(kind: Type, leaf: Leaf) -> Type:
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


def deciding_leaves(leaf: Leaf) -> Sequence[tuple[Leaf, int | None]]:
    """Return the scalars that decide whether `leaf` is there, outermost first: true, or greater than a number."""
    found: list[tuple[Leaf, int | None]] = []
    for place, step in enumerate(leaf.path):
        if step is Mark.PAYLOAD:
            found.append((Leaf(leaf.variable, (*leaf.path[:place], Mark.PRESENT)), None))
        elif isinstance(step, At):
            found.append((Leaf(leaf.variable, (*leaf.path[:place], Mark.LENGTH)), step.position))
    return found
