"""Linear equations that hold of a sample."""

from __future__ import annotations

from random import Random

from checker.symbolic.mining.equalities import equations
from checker.symbolic.mining.literals import sum_text


def test_what_is_built_in_is_found() -> None:
    random = Random(1)
    points = []
    for _ in range(50):
        a, b = random.randrange(9), random.randrange(9)
        points.append((a, b, 2 * a - 3 * b + 5, a + b, 7))
    found = equations(points)
    assert len(found) == 3
    for point in points:
        for normal, constant in found:
            assert sum(x * y for x, y in zip(normal, point, strict=True)) == constant


def test_points_in_general_position_satisfy_none() -> None:
    assert equations([(0, 0), (1, 0), (0, 1)]) == []


def test_one_point_satisfies_as_many_as_it_has_numbers() -> None:
    assert equations([(3, 4)]) == [((1, 0), 3), ((0, 1), 4)]


def test_equations_are_written_without_minus_signs() -> None:
    assert sum_text([("a", 1), ("b", -2), ("c", 1)], 3) == ("a + c", "2 * b + 3")
    assert sum_text([("a", 1)], -2) == ("a + 2", "0")
