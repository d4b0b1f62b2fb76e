"""Linear equations between numbers that hold in every sampled state: the affine hull of the sample.

M. Karr, *Affine relationships among variables of a program*, Acta Informatica 6, 1976, with a sample in place of the
program. A number that is not there counts as 0, as in terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import gcd, lcm

Row = list[Fraction]


def equations(points: Iterable[Sequence[int]]) -> list[tuple[tuple[int, ...], int]]:
    """Return (coefficients, constant) of equations that all points satisfy, and from which all others follow."""
    distinct = iter(dict.fromkeys(tuple(point) for point in points))
    origin = next(distinct, ())
    directions: dict[int, Row] = {}  # by the place of its first 1; zeros above and below it
    for point in distinct:
        _add(directions, [Fraction(a - b) for a, b in zip(point, origin, strict=True)])
        if len(directions) == len(origin):
            break
    normals = _normals(directions, len(origin))
    return [(normal, sum(a * b for a, b in zip(normal, origin, strict=True))) for normal in normals]


def _add(directions: dict[int, Row], row: Row) -> None:
    """Add a direction, unless the others span it."""
    for place, known in directions.items():
        if row[place]:
            factor = row[place]
            row = [a - factor * b for a, b in zip(row, known, strict=True)]
    first = next((place for place, value in enumerate(row) if value), None)
    if first is None:
        return
    row = [value / row[first] for value in row]
    for place, known in directions.items():
        factor = known[first]
        if factor:
            directions[place] = [a - factor * b for a, b in zip(known, row, strict=True)]
    directions[first] = row


def _normals(directions: dict[int, Row], size: int) -> Iterator[tuple[int, ...]]:
    """Yield vectors of whole numbers that are orthogonal to all directions, one for each place that has none."""
    for free in (place for place in range(size) if place not in directions):
        normal = [Fraction(0)] * size
        normal[free] = Fraction(1)
        for place, row in directions.items():
            normal[place] = -row[free]
        scale = lcm(*(value.denominator for value in normal))
        whole = [int(value * scale) for value in normal]
        shared = gcd(*whole)
        yield tuple(value // shared for value in whole)
