"""Candidates for invariants: clauses that hold in all sampled states (Flanagan, Leino: Houdini, FME 2001).

Samples are reachable states, of small instances where parameters are unbounded. What holds in all of them may be an
invariant; `inductive` finds out. First come the values a scalar was seen with, and pairs of literals that were never
seen together; where those are too weak, triples that exclude a given state, which nobody could afford for all states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from checker.ir.domains import BoolT, EnumT, IntT, Type
from checker.ir.leaves import Leaf
from checker.symbolic.clauses import Clause, Literal, Row, Scalars

FEW = 12  # values of a number that are told apart one by one
TRIPLES = 400  # that exclude one state


class Samples:
    """Sampled states, and which literals hold in which of them."""

    def __init__(self, scalars: Scalars, rows: Iterable[Row]) -> None:
        self.scalars = scalars
        self.rows = list({tuple(row): None for row in rows})
        columns = list(zip(*self.rows, strict=True))
        self.seen = [sorted(set(column)) for column in columns]
        self.literals: list[Literal] = []
        self.masks: list[int] = []  # bit r: the literal holds in row r
        for place, leaf in enumerate(scalars.leaves):
            if leaf not in scalars.unbounded and len(self.seen[place]) > 1:
                for literal in self._literals(leaf, place):
                    mask = sum(1 << number for number, row in enumerate(self.rows) if scalars.holds(literal, row))
                    if mask:
                        self.literals.append(literal)
                        self.masks.append(mask)

    def _literals(self, leaf: Leaf, place: int) -> Iterator[Literal]:
        match self.scalars.types[place]:
            case IntT(_, _, limit) as kind if limit or len(self.seen[place]) > FEW:
                top: int | Leaf = Leaf(limit, ()) if limit else kind.hi
                for bound, beyond in ((max(kind.lo, 0), ">"), (top, "<")):
                    yield Literal(leaf, "==", bound)
                    yield Literal(leaf, beyond, bound)
            case _:
                for value in self.seen[place]:
                    yield Literal(leaf, "==", value)

    def candidates(self) -> list[Clause]:
        """Return the values that scalars were seen with, and the pairs of literals never seen together."""
        found: list[Clause] = list(self._values())
        for (one, its), (other, others) in combinations(zip(self.literals, self.masks, strict=True), 2):
            if one.leaf != other.leaf and not its & others:
                found.append((one.negated(), other.negated()))
        return found

    def _values(self) -> Iterator[Clause]:
        """Yield, for each scalar of few values, that it has one of those seen."""
        for leaf, kind, seen in zip(self.scalars.leaves, self.scalars.types, self.seen, strict=True):
            if leaf not in self.scalars.unbounded and len(seen) <= FEW and len(seen) < _many(kind):
                yield tuple(Literal(leaf, "==", value) for value in seen)

    def excluding(self, row: Row) -> list[Clause]:
        """Return literals that hold in `row` and were never seen together: threes, or where there are none, more."""
        true = [
            (literal, mask)
            for literal, mask in zip(self.literals, self.masks, strict=True)
            if self.scalars.holds(literal, row)
        ]
        found: list[Clause] = []
        for (a, in_a), (b, in_b) in combinations(true, 2):
            both = in_a & in_b
            if not both or a.leaf == b.leaf:
                continue
            for c, in_c in true[true.index((b, in_b)) + 1 :]:
                if not both & in_c and in_a & in_c and in_b & in_c and c.leaf not in (a.leaf, b.leaf):
                    found.append((a.negated(), b.negated(), c.negated()))
        return sorted(found, key=self._rank)[:TRIPLES] or self._larger(true)

    def _larger(self, true: Sequence[tuple[Literal, int]]) -> list[Clause]:
        """Return sets of the literals that were never seen together, each chosen greedily after another first one."""
        found: dict[frozenset[Literal], Clause] = {}
        for first in true:
            chosen, left = [first], first[1]
            while left:
                best = min(true, key=lambda item: (left & item[1]).bit_count())
                if left & best[1] == left:
                    return []  # the row was seen
                chosen.append(best)
                left &= best[1]
            for item in list(chosen):  # who is not needed goes
                others = [other for other in chosen if other is not item]
                if len(others) > 1 and not _together(others):
                    chosen = others
            clause = tuple(literal.negated() for literal, _ in chosen)
            found.setdefault(frozenset(clause), clause)
        return list(found.values())

    def _rank(self, clause: Clause) -> int:
        """Return what puts a triple first that excludes much: few of the samples each two of its literals share."""
        masks = [self.masks[self.literals.index(item.negated())] for item in clause]
        return -min((one & other).bit_count() for one, other in combinations(masks, 2))


def _together(items: Sequence[tuple[Literal, int]]) -> int:
    """Return in which rows all of these literals hold."""
    left = items[0][1]
    for _, mask in items[1:]:
        left &= mask
    return left


def _many(kind: Type) -> int:
    """Return how many values a scalar could have; of a number that `typed` bounds, any number."""
    match kind:
        case BoolT():
            return 2
        case EnumT(_, members):
            return len(members) + 1  # and absent
        case IntT(lo, hi):
            return hi - lo + 1
    raise ValueError(f"{kind} is no scalar")


def distinct(clauses: Iterable[Clause], known: Sequence[Clause]) -> list[Clause]:
    """Return the clauses that are not among `known`."""
    there = set(map(frozenset, known))
    return [clause for clause in clauses if frozenset(clause) not in there]
