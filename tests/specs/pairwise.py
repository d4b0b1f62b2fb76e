"""Pairwise covers: few combinations in which every two values of every two parameters meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

Combination = dict[str, str]
Pair = tuple[tuple[str, str], tuple[str, str]]


def pairs(domains: Mapping[str, Sequence[str]]) -> Iterator[Pair]:
    """Yield every pair of values of two different parameters."""
    for (one, ones), (other, others) in combinations(domains.items(), 2):
        for value in ones:
            for another in others:
                yield (one, value), (other, another)


def cover(domains: Mapping[str, Sequence[str]], allowed: Callable[[Combination], bool]) -> list[Combination]:
    """Return combinations that contain every pair some allowed combination contains. Greedy, in the order given.

    `allowed` judges partial combinations too: a combination that it refuses stays refused when it grows.
    """
    left = [pair for pair in pairs(domains) if allowed(dict(pair))]
    found = []
    while left:
        combination: Combination = dict(left[0])
        for name, values in domains.items():
            if name not in combination:
                combination[name] = _best(name, values, combination, left, allowed)
        found.append(combination)
        left = [pair for pair in left if not _contains(combination, pair)]
    return found


def _best(
    name: str,
    values: Sequence[str],
    combination: Combination,
    left: Sequence[Pair],
    allowed: Callable[[Combination], bool],
) -> str:
    """Return the value of `name` that covers most of what is left, together with what is chosen already."""

    def gain(value: str) -> int:
        grown = {**combination, name: value}
        return sum(1 for pair in left if name in dict(pair) and _contains(grown, pair))

    return max((value for value in values if allowed({**combination, name: value})), key=gain)


def _contains(combination: Combination, pair: Pair) -> bool:
    return all(combination.get(name) == value for name, value in pair)
