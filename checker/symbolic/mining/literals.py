"""Literals: small statements about the state, known of sampled states and as terms, in the spec's words.

What holds in every sampled state may hold in every reachable one; `houdini` finds out. For each literal one number says
in which sampled states it holds, bit by bit, so that whether several ever hold together is one `&`.

Statements are about scalars that are there: a truth value, the value of an Enum or of a number with few values, a
number at its bounds, the order of two numbers, a linear equation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any, TypeAlias

from checker.ir.domains import BoolT, IntT
from checker.ir.leaves import Leaf
from checker.ir.nodes import Expr, Invariant
from checker.ir.walk import variables
from checker.symbolic.mining.equalities import equations
from checker.symbolic.mining.sampling import Sample
from checker.symbolic.proof import Lemma
from checker.symbolic.scalars import Scalars, deciding_leaves
from checker.symbolic.script import flat
from checker.symbolic.terms import Term, conjunction, disjunction, less, negate, same

FEW = 6  # values of a number that are told apart
Fact: TypeAlias = tuple[int, ...]  # literals, by number, that never hold together


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A statement about the state. `holds` has bit n set where it is true of sampled state n."""

    text: str
    otherwise: str  # its negation
    term: Any
    leaves: tuple[Leaf, ...]
    holds: int
    order: bool = False  # of two numbers


def literals(sample: Sample) -> list[Literal]:
    """Return statements that may be of use, those that are true or false in all of the sample among them."""
    scalars = sample.scalars
    about = (one for leaf in scalars.leaves for one in _about(sample, leaf))
    counters = [leaf for leaf in scalars.leaves if is_counter(sample, leaf)]
    orders = (_order(sample, left, right) for left, right in permutations(counters, 2))
    invariants = (p for p in scalars.system.model.properties if isinstance(p, Invariant))
    return [*about, *orders, *_equations(sample), *(_forbidden(scalars, p.name, p.expr) for p in invariants)]


def first_facts(literals: Sequence[Literal]) -> list[Fact]:
    """Return the facts of one literal and of two that hold in the sample."""
    alone = [(n,) for n, literal in enumerate(literals) if not literal.holds]
    some = [n for n, literal in enumerate(literals) if literal.holds]
    pairs = [
        (a, b)
        for a, b in combinations(some, 2)
        if not literals[a].holds & literals[b].holds
        and literals[a].leaves != literals[b].leaves
        and not (literals[a].order and literals[b].order)
    ]
    return [*alone, *pairs]


def lemma(scalars: Scalars, together: Sequence[Literal]) -> Lemma:
    """Return that these never hold together, in the spec's words: if all but one do, that one does not.

    Where somebody stands is a condition, not a conclusion, if there is another.
    """
    found = sorted(together, key=lambda literal: ".pc ==" not in literal.text)
    *when, last = found
    names = dict.fromkeys(leaf.variable for literal in found for leaf in literal.leaves)
    term = scalars.system.terms.lift(negate(conjunction(literal.term for literal in found)))
    return Lemma(tuple(literal.text for literal in when), last.otherwise, tuple(names), flat(term))


# --- one scalar --------------------------------------------------------------------------------


def is_counter(sample: Sample, leaf: Leaf) -> bool:
    """Tell whether a scalar is a number whose values are not told apart one by one."""
    kind = sample.scalars.type(leaf)
    return isinstance(kind, IntT) and (bool(kind.limit) or len(sample.column(leaf)) > FEW)


def _about(sample: Sample, leaf: Leaf) -> Iterator[Literal]:
    if is_counter(sample, leaf):
        yield from _ends(sample, leaf)
        return
    scalars, there = sample.scalars, sample.there(leaf)
    seen = {value: bits & there for value, bits in sample.column(leaf).items() if bits & there}
    truth = isinstance(scalars.type(leaf), BoolT)
    for value in (1, 0) if truth else seen:
        text, otherwise = scalars.says(leaf, value)
        term = conjunction((scalars.present(leaf), scalars.equals(leaf, value)))
        yield Literal(text, otherwise, term, _read(leaf), seen.get(value, 0))
    if not truth:
        name, shown = scalars.name(leaf), ", ".join(sorted(scalars.shown(leaf, value) for value in seen))
        others = negate(disjunction(scalars.equals(leaf, value) for value in seen))
        never = conjunction((scalars.present(leaf), others))
        yield Literal(f"{name} not in {{{shown}}}", f"{name} in {{{shown}}}", never, _read(leaf), 0)


def _ends(sample: Sample, leaf: Leaf) -> Iterator[Literal]:
    """Yield that a number of many values is at a bound, and that it is not."""
    scalars, there = sample.scalars, sample.there(leaf)
    kind, name, present = scalars.type(leaf), scalars.name(leaf), scalars.present(leaf)
    assert isinstance(kind, IntT)
    bounds: list[tuple[Term, str, str, int, tuple[Leaf, ...]]] = [
        (kind.lo, str(kind.lo), ">", sample.column(leaf).get(kind.lo, 0), _read(leaf))
    ]
    top = Leaf(kind.limit, ())
    if kind.limit and top != leaf:
        bounds.append((scalars.term(top), kind.limit, "<", _compared(sample, leaf, top)[1], (*_read(leaf), top)))
    elif not kind.limit:
        bounds.append((kind.hi, str(kind.hi), "<", sample.column(leaf).get(kind.hi, 0), _read(leaf)))
    for bound, shown, beyond, bits, read in bounds:
        at = same(scalars.term(leaf), bound)
        texts = f"{name} == {shown}", f"{name} {beyond} {shown}"
        yield Literal(*texts, conjunction((present, at)), read, bits & there)
        yield Literal(*texts[::-1], conjunction((present, negate(at))), read, there & ~bits)


def _read(*leaves: Leaf) -> tuple[Leaf, ...]:
    """Return scalars and those that decide whether they are there."""
    return (*leaves, *(deciding for leaf in leaves for deciding, _ in deciding_leaves(leaf)))


# --- several -----------------------------------------------------------------------------------


def _order(sample: Sample, left: Leaf, right: Leaf) -> Literal:
    """Return that one number is greater than another."""
    scalars = sample.scalars
    there = conjunction((scalars.present(left), scalars.present(right)))
    term = conjunction((there, less(scalars.term(right), scalars.term(left))))
    holds = _compared(sample, left, right)[0] & sample.there(left) & sample.there(right)
    one, other = scalars.name(left), scalars.name(right)
    return Literal(f"{one} > {other}", f"{one} <= {other}", term, _read(left, right), holds, order=True)


def _compared(sample: Sample, left: Leaf, right: Leaf) -> tuple[int, int]:
    """Return where one number is greater than another, and where it is equal."""
    greater = equal = 0
    for a, a_bits in sample.column(left).items():
        for b, b_bits in sample.column(right).items():
            greater |= a_bits & b_bits if a > b else 0
            equal |= a_bits & b_bits if a == b else 0
    return greater, equal


def _forbidden(scalars: Scalars, name: str, expr: Expr) -> Literal:
    """Return the statement that an invariant does not hold."""
    read, system = variables(expr), scalars.system
    leaves = tuple(leaf for leaf in scalars.leaves if leaf.variable in read)
    return Literal(f"not {name}", name, system.terms.lift(negate(system.holds(expr))), leaves, 0)


def _equations(sample: Sample) -> Iterator[Literal]:
    """Yield that a linear equation between numbers, which holds in all of the sample, does not hold."""
    scalars = sample.scalars
    places = [place for place, leaf in enumerate(scalars.leaves) if isinstance(scalars.type(leaf), IntT)]
    points = ([row[place] for place in places] for row in map(scalars.row, sample.states))
    for coefficients, constant in equations(points):
        used = [(scalars.leaves[place], factor) for place, factor in zip(places, coefficients, strict=True) if factor]
        total = scalars.system.terms.total(scalars.term(leaf) * factor for leaf, factor in used)
        left, right = sum_text([(scalars.name(leaf), factor) for leaf, factor in used], constant)
        never = negate(same(total, constant))
        yield Literal(f"{left} != {right}", f"{left} == {right}", never, tuple(leaf for leaf, _ in used), 0)


def sum_text(named: Sequence[tuple[str, int]], constant: int) -> tuple[str, str]:
    """Return both sides of an equation between a sum and a constant, without minus signs."""
    sides: tuple[list[str], list[str]] = ([], [])
    for name, factor in named:
        sides[factor < 0].append(name if abs(factor) == 1 else f"{abs(factor)} * {name}")
    if constant:
        sides[constant > 0].append(str(abs(constant)))
    left, right = (" + ".join(side) or "0" for side in sides)
    return left, right
