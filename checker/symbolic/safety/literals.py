"""Literals: small statements about the state, known of sampled states and as terms, in the spec's words.

What holds in every sampled state may hold in every reachable one; `houdini` finds out. A sample is a set of states
that some search reached: of the model, or of small instances of one with unbounded parameters. For each literal one
number says in which of them it holds, bit by bit, so that whether several ever hold together is one `&`.

Statements are about the scalars of the state (leaves): a truth value, the value of an Enum or of a number with few
values, a number at its bounds, the order of two numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from checker.ir.domains import BoolT, EnumT, IntT, MapT, RecordT, Type, Value, values
from checker.ir.leaves import ABSENT, At, Has, Leaf, LeafValue, Mark, leaf_value
from checker.ir.nodes import Expr, State
from checker.ir.walk import variables
from checker.symbolic.clauses import part
from checker.symbolic.safety.equalities import equations
from checker.symbolic.system import System
from checker.symbolic.terms import Term, conjunction, disjunction, known, less, negate, same
from checker.symbolic.values import word

FEW = 6  # values of a number that are told apart


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A statement about the state. `holds` has bit n set where it is true of sampled state n."""

    text: str
    otherwise: str  # its negation
    term: Any
    leaves: tuple[Leaf, ...]
    holds: int
    order: bool = False  # of two numbers


@dataclass(slots=True)
class Sample:
    """States that were reached, and what they say of each scalar."""

    system: System
    states: Sequence[State]
    _columns: dict[Leaf, dict[LeafValue, int]] = field(default_factory=dict)

    @property
    def everywhere(self) -> int:
        return (1 << len(self.states)) - 1

    def column(self, leaf: Leaf) -> dict[LeafValue, int]:
        """Return the values a scalar has in the sample, and in which states each."""
        if leaf not in self._columns:
            self._fill(leaf.variable)
        return self._columns[leaf]

    def _fill(self, name: str) -> None:
        """Find the columns of one variable: its distinct values are few, so they are taken apart and not the states."""
        model = self.system.model
        place = next(n for n, variable in enumerate(model.variables) if variable.name == name)
        where: dict[Value, bytearray] = {}
        size = len(self.states) // 8 + 1
        for number, state in enumerate(self.states):
            value = state[place]
            if value not in where:
                where[value] = bytearray(size)
            where[value][number >> 3] |= 1 << (number & 7)
        bits = {value: int.from_bytes(found, "little") for value, found in where.items()}
        for leaf in (leaf for leaf in self.system.leaves if leaf.variable == name):
            column: dict[LeafValue, int] = {}
            for value, found in bits.items():
                part = leaf_value(value, leaf.path)
                column[part] = column.get(part, 0) | found
            self._columns[leaf] = column


# --- one scalar --------------------------------------------------------------------------------


def literals(sample: Sample) -> list[Literal]:
    """Return statements that may be of use, those that are true or false in all of the sample among them."""
    found = []
    for leaf, term in sample.system.leaves.items():
        if not known(term):
            found += list(_about(sample, leaf, term))
    return [*found, *_orders(sample), *_equations(sample)]


def _about(sample: Sample, leaf: Leaf, term: Any) -> Iterator[Literal]:
    kind, column = leaf_type(sample.system, leaf), sample.column(leaf)
    seen = {value: bits for value, bits in column.items() if value is not ABSENT}
    there, name = presence(sample.system, leaf), leaf_text(sample.system, leaf)
    read = (leaf, *presence_leaves(leaf))
    if isinstance(kind, BoolT):
        yes, no = seen.get(True, 0), seen.get(False, 0)
        otherwise = _not(leaf, name)
        yield Literal(name, otherwise, conjunction((there, term)), read, yes)
        yield Literal(otherwise, name, conjunction((there, negate(term))), read, no)
        return
    few = isinstance(kind, EnumT) or (len(seen) <= FEW and not kind.limit)
    code = sample.system.terms.code
    if few:
        for value, bits in seen.items():
            shown = f'"{value}"' if isinstance(value, str) else str(value)
            equal = same(term, code(value) if isinstance(value, str) else value)
            yield Literal(f"{name} == {shown}", f"{name} != {shown}", conjunction((there, equal)), read, bits)
        yield _others(read, name, there, term, [code(v) if isinstance(v, str) else v for v in seen], list(seen))
    else:
        yield from _ends(sample, leaf, term, name, there)


def _not(leaf: Leaf, name: str) -> str:
    """Return how a spec would deny a truth value."""
    match leaf.path[-1:]:
        case (Mark.PRESENT,):
            return name.replace(" is not None", " is None")
        case (Has(),):
            return name.replace(" in ", " not in ", 1)
        case _:
            return f"not {name}"


def forbidden(system: System, name: str, expr: Expr) -> Literal:
    """Return the statement that an invariant does not hold."""
    read = variables(expr)
    leaves = tuple(leaf for leaf in system.leaves if leaf.variable in read)
    return Literal(f"not {name}", name, system.terms.lift(negate(system.holds(expr))), leaves, 0)


def _others(
    read: tuple[Leaf, ...], name: str, there: Term, term: Any, codes: Sequence[Any], values: Sequence[LeafValue]
) -> Literal:
    """Return that a scalar has a value it never had."""
    shown = ", ".join(sorted(f'"{value}"' if isinstance(value, str) else str(value) for value in values))
    never = conjunction((there, negate(disjunction(same(term, code) for code in codes))))
    return Literal(f"{name} not in {{{shown}}}", f"{name} in {{{shown}}}", never, read, 0)


def _ends(sample: Sample, leaf: Leaf, term: Any, name: str, there: Term) -> Iterator[Literal]:
    """Yield that a number of many values is at its lower bound, and that it is not."""
    kind, column = leaf_type(sample.system, leaf), sample.column(leaf)
    assert isinstance(kind, IntT)
    least, absent = column.get(kind.lo, 0), column.get(ABSENT, 0)
    read = (leaf, *presence_leaves(leaf))
    at_lo = conjunction((there, same(term, kind.lo)))
    above = conjunction((there, negate(same(term, kind.lo))))
    yield Literal(f"{name} == {kind.lo}", f"{name} > {kind.lo}", at_lo, read, least)
    yield Literal(f"{name} > {kind.lo}", f"{name} == {kind.lo}", above, read, sample.everywhere & ~least & ~absent)


def _orders(sample: Sample) -> Iterator[Literal]:
    """Yield the orders of two numbers, where both have more than few values or an unbounded parameter as a bound."""
    system = sample.system
    numbers = [leaf for leaf, term in system.leaves.items() if not known(term) and _is_counter(sample, leaf)]
    for left in numbers:
        for right in numbers:
            if left != right:
                yield _order(sample, left, right)


def _is_counter(sample: Sample, leaf: Leaf) -> bool:
    kind = leaf_type(sample.system, leaf)
    return isinstance(kind, IntT) and (bool(kind.limit) or len(sample.column(leaf)) > FEW)


def _order(sample: Sample, left: Leaf, right: Leaf) -> Literal:
    """Return that one number is greater than another."""
    system = sample.system
    holds = 0
    for a, a_bits in sample.column(left).items():
        for b, b_bits in sample.column(right).items():
            if isinstance(a, int) and isinstance(b, int) and a > b:
                holds |= a_bits & b_bits
    there = conjunction((presence(system, left), presence(system, right)))
    term = conjunction((there, less(system.leaves[right], system.leaves[left])))
    read = (left, right, *presence_leaves(left), *presence_leaves(right))
    one, other = leaf_text(system, left), leaf_text(system, right)
    return Literal(f"{one} > {other}", f"{one} <= {other}", term, read, holds, order=True)


def _equations(sample: Sample) -> Iterator[Literal]:
    """Yield that a linear equation between numbers, which holds in all of the sample, does not hold."""
    system = sample.system
    numbers = [
        leaf for leaf, term in system.leaves.items() if not known(term) and isinstance(leaf_type(system, leaf), IntT)
    ]
    place = {variable.name: number for number, variable in enumerate(system.model.variables)}

    def point(state: State) -> list[int]:
        values = (leaf_value(state[place[leaf.variable]], leaf.path) for leaf in numbers)
        return [value if isinstance(value, int) else 0 for value in values]

    for coefficients, constant in equations(map(point, sample.states)):
        used = [(leaf, factor) for leaf, factor in zip(numbers, coefficients, strict=True) if factor]
        read = tuple(leaf for leaf, _ in used)
        terms = [system.leaves[leaf] * factor for leaf, factor in used]
        left, right = sum_text([(leaf_text(system, leaf), factor) for leaf, factor in used], constant)
        never = negate(same(system.terms.total(terms), constant))
        yield Literal(f"{left} != {right}", f"{left} == {right}", never, read, 0)


def sum_text(named: Sequence[tuple[str, int]], constant: int) -> tuple[str, str]:
    """Return both sides of an equation between a sum and a constant, without minus signs."""
    sides: tuple[list[str], list[str]] = ([], [])
    for name, factor in named:
        sides[factor < 0].append(name if abs(factor) == 1 else f"{abs(factor)} * {name}")
    if constant:
        sides[constant > 0].append(str(abs(constant)))
    left, right = (" + ".join(side) or "0" for side in sides)
    return left, right


# --- leaves ------------------------------------------------------------------------------------


def presence(system: System, leaf: Leaf) -> Term:
    """Return whether a scalar is there: no option on the way is empty, no sequence too short."""
    steps = [step for step in leaf.path if step is Mark.PAYLOAD or isinstance(step, At)]
    conditions: list[Term] = []
    for step, deciding in zip(steps, presence_leaves(leaf), strict=True):
        term = system.leaves[deciding]
        conditions.append(less(step.position, term) if isinstance(step, At) else term)
    return conjunction(conditions)


def presence_leaves(leaf: Leaf) -> tuple[Leaf, ...]:
    """Return the scalars that decide whether `leaf` is there, outermost first."""
    found = []
    for place, step in enumerate(leaf.path):
        if step is Mark.PAYLOAD or isinstance(step, At):
            mark = Mark.PRESENT if step is Mark.PAYLOAD else Mark.LENGTH
            found.append(Leaf(leaf.variable, (*leaf.path[:place], mark)))
    return tuple(found)


def leaf_type(system: System, leaf: Leaf) -> BoolT | IntT | EnumT:
    """Return the type of a scalar."""
    kind: Type = next(variable.type for variable in system.model.variables if variable.name == leaf.variable)
    kind = part(kind, leaf)
    assert isinstance(kind, (BoolT, IntT, EnumT))
    return kind


def leaf_text(system: System, leaf: Leaf) -> str:
    """Return how a spec would write a scalar."""
    kind: Type = next(variable.type for variable in system.model.variables if variable.name == leaf.variable)
    text = leaf.variable
    for step in leaf.path:
        text = _part_text(text, kind, step)
        kind = part(kind, Leaf(leaf.variable, (step,)))
    return text


def _part_text(text: str, kind: Type, step: object) -> str:
    match kind, step:
        case _, Mark.PRESENT:
            return f"{text} is not None"
        case _, Mark.LENGTH:
            return f"len({text})"
        case _, Mark.PAYLOAD:
            return text
        case _, Has(member):
            return f"{word(member)} in {text}"
        case _, At(place):
            return f"{text}[{place}]"
        case RecordT(_, fields), int():
            return f"{text}.{fields[step][0]}"
        case MapT(key, _), int():
            return f"{text}[{word(list(values(key))[step])}]"
        case _:
            raise TypeError(f"{kind} has no part {step}")
