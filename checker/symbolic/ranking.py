"""Rankings: sums of features of a state that steps decrease, one after the other (lexicographic).

Found by linear programming over what sampled steps change (Bradley, Manna, Sipma: Linear ranking with reachability, CAV
2005, with samples for transitions): one component is a sum with non-negative weights that no step increases and as many
as possible decrease; steps that it decreases are done; the rest needs another one. It is a guess: the obligations
`helps` and `bounded` show whether it is one for all states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import lcm
from operator import sub
from typing import Any, TypeAlias

import z3

from checker.ir.domains import EnumT, IntT
from checker.ir.leaves import Leaf
from checker.symbolic.deadline import Deadline, answered
from checker.symbolic.mining.literals import is_counter
from checker.symbolic.mining.sampling import Change, Sample
from checker.symbolic.proof import Rank
from checker.symbolic.scalars import Row, Scalars
from checker.symbolic.script import flat

_Delta: TypeAlias = tuple[int, ...]  # by feature


@dataclass(frozen=True, slots=True)
class Feature:
    """A number from 0 on: 1 where a scalar `is` a value; how far it is `above` one, or `below` one or a parameter."""

    leaf: Leaf
    relation: str  # is | above | below
    value: int | Leaf


Component: TypeAlias = tuple[tuple[Feature, int], ...]  # a sum of features, each so many (at least one) times


def rank(sample: Sample, changes: Iterable[Change], deadline: Deadline) -> list[Rank]:
    """Return a ranking of the sampled steps, over where actors stand and counters if that will do. Raises TimeIsUp.

    Steps that no ranking decreases (a clock that ticks for ever) do not count.
    """
    changes = list(changes)
    some, every = list(_features(sample, everything=False)), list(_features(sample, everything=True))
    found, stray = _rank(sample.scalars, some, _deltas(sample, some, changes), deadline)
    if not stray:
        return found
    deltas = _deltas(sample, every, changes)
    found, stray = _rank(sample.scalars, every, deltas, deadline)
    while stray:
        deltas = [delta for delta in deltas if delta not in set(stray)]
        found, stray = _rank(sample.scalars, every, deltas, deadline)
    return found


def _deltas(sample: Sample, features: Sequence[Feature], changes: Sequence[Change]) -> list[_Delta]:
    """Return what steps change, each change once."""
    rows = dict.fromkeys(row for _, before, after in changes for row in (before, after))
    values = {row: [value(sample.scalars, feature, row) for feature in features] for row in rows}
    return list(dict.fromkeys(tuple(map(sub, values[after], values[before])) for _, before, after in changes))


def _features(sample: Sample, *, everything: bool) -> Iterator[Feature]:
    scalars = sample.scalars
    owned = {variable.name for variable in scalars.system.model.variables if variable.owner}
    parameters = scalars.system.model.unbounded
    for leaf in scalars.leaves:
        kind, seen = scalars.type(leaf), sorted(sample.column(leaf))
        if leaf.variable in parameters or len(seen) == 1:
            continue
        if isinstance(kind, IntT) and (is_counter(sample, leaf) or everything):
            yield Feature(leaf, "above", kind.lo)
            yield Feature(leaf, "below", Leaf(kind.limit, ()) if kind.limit else kind.hi)
        elif everything or (isinstance(kind, EnumT) and leaf.variable in owned and not leaf.path):
            yield from (Feature(leaf, "is", value) for value in seen)


def _rank(
    scalars: Scalars, features: Sequence[Feature], deltas: Sequence[_Delta], deadline: Deadline
) -> tuple[list[Rank], list[_Delta]]:
    """Return a ranking, and the deltas that it does not decrease."""
    left, ranking = list(deltas), list[Rank]()
    # First what happens once: a location left for good outweighs any number, however large a parameter is.
    counting = [place for place, one in enumerate(features) if one.relation != "is"]
    for without in (counting, *([] for _ in deltas)):
        if not left:
            break
        weights = _weights(left, len(features), without, deadline)
        still = [delta for delta in left if sum(w * d for w, d in zip(weights, delta, strict=True)) >= 0]
        if len(still) < len(left):
            component = tuple((f, w) for f, w in zip(features, weights, strict=True) if w)
            ranking.append(Rank(_says(scalars, component), flat(_term(scalars, component))))
            left = still
        elif not without:
            break
    return ranking, left


def value(scalars: Scalars, item: Feature, row: Row) -> int:
    """Return what a feature is in a state."""
    own = row[scalars.place[item.leaf]]
    right = row[scalars.place[item.value]] if isinstance(item.value, Leaf) else item.value
    match item.relation:
        case "is":
            return int(own == right)
        case "above":
            return own - right
        case _:
            return right - own


def _term(scalars: Scalars, component: Component) -> Any:
    parts = [_number(scalars, item) if weight == 1 else weight * _number(scalars, item) for item, weight in component]
    return z3.Sum(parts) if len(parts) > 1 else parts[0]


def _number(scalars: Scalars, item: Feature) -> Any:
    term = scalars.term(item.leaf)
    right = scalars.term(item.value) if isinstance(item.value, Leaf) else item.value
    match item.relation:
        case "is" if z3.is_bool(term):
            return z3.If(term, int(bool(right)), int(not right))
        case "is":
            return z3.If(term == right, z3.IntVal(1), z3.IntVal(0))
        case "above":
            return term - right if right != 0 else term
        case _:
            return right - term


def _says(scalars: Scalars, component: Component) -> str:
    return " + ".join(
        f"{weight} · {_word(scalars, item)}" if weight > 1 else _word(scalars, item) for item, weight in component
    )


def _word(scalars: Scalars, item: Feature) -> str:
    match item.relation:
        case "is":
            assert isinstance(item.value, int)
            return f"[{scalars.says(item.leaf, item.value)[0]}]"
        case "above":
            return scalars.name(item.leaf) + (f" - {item.value}" if item.value else "")
        case _:
            top = scalars.name(item.value) if isinstance(item.value, Leaf) else item.value
            return f"({top} - {scalars.name(item.leaf)})"


def _weights(deltas: Sequence[_Delta], size: int, without: Sequence[int], deadline: Deadline) -> list[int]:
    """Return non-negative weights by which no delta increases, as many as possible decrease, and that are small.

    The features at the places `without` have none.
    """
    if len(without) == size:
        return [0] * size
    weights = [z3.Real(f"w{number}") for number in range(size)]
    gains = [z3.Real(f"g{number}") for number in range(len(deltas))]
    bounds = [*(weight >= 0 for weight in weights), *(z3.And(gain >= 0, gain <= 1) for gain in gains)]
    bounds += [weights[place] == 0 for place in without]
    sums = [z3.Sum([d * w for w, d in zip(weights, delta, strict=True) if d] or [z3.RealVal(0)]) for delta in deltas]
    bounds += [total <= -gain for total, gain in zip(sums, gains, strict=True)]
    most = _optimum(bounds, -z3.Sum(gains), deadline)
    if most is None:
        return [0] * size
    gained = [z3.is_true(most.eval(gain > 0, model_completion=True)) for gain in gains]
    exact = [total <= (-1 if gain else 0) for total, gain in zip(sums, gained, strict=True)]
    zero = [weights[place] == 0 for place in without]
    least = _optimum([*bounds[:size], *zero, *exact], z3.Sum(weights), deadline)
    chosen = most if least is None else least
    fractions = [chosen.eval(weight, model_completion=True).as_fraction() for weight in weights]
    scale = lcm(*(fraction.denominator for fraction in fractions))
    return [int(fraction * scale) for fraction in fractions]


def _optimum(constraints: Sequence[Any], cost: Any, deadline: Deadline) -> Any | None:
    optimize = z3.Optimize()
    left = deadline.left()
    if left is not None:
        optimize.set("timeout", max(1, int(left * 1000)))
    optimize.add(*constraints)
    optimize.minimize(cost)
    return optimize.model() if answered(optimize, optimize.check()) == z3.sat else None
