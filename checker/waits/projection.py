"""Parts of a state, by which what depends on nothing else is remembered.

A place is a variable and positions in its value: fields of records, keys of maps, down to where a position would not
say which part is meant (in an option, a sequence or a set). So what is known of one of many alike is known wherever
the others stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TypeAlias

from checker.ir.leaves import Leaf, Path
from checker.ir.nodes import State

Place: TypeAlias = tuple[int, ...]
Key: TypeAlias = object

_MANY = 6  # places of a variable beyond which it is taken as a whole


def places_of(leaves: Iterable[Leaf], numbers: Mapping[str, int]) -> frozenset[Place]:
    """Return the places that hold `leaves`; `numbers` are those of the variables in a state."""
    return frozenset((numbers[leaf.variable], *_positions(leaf.path)) for leaf in leaves)


def _positions(path: Path) -> Iterator[int]:
    """Yield the positions with which `path` begins."""
    for step in path:
        if not isinstance(step, int):
            return
        yield step


def projection(places: Iterable[Place]) -> Callable[[State], Key]:
    """Return a function from a state to its values at `places`, hashable and fast."""
    found = set(places)
    counts = Counter(place[0] for place in found)
    found = {place if counts[place[0]] <= _MANY else place[:1] for place in found}
    least = sorted(place for place in found if not any(place[:end] in found for end in range(1, len(place))))
    if not least:
        return lambda _: ()
    if all(len(place) == 1 for place in least):
        return itemgetter(*(place[0] for place in least))
    parts = ("state" + "".join(f"[{step}]" for step in place) for place in least)
    made: Callable[[State], Key] = eval(f"lambda state: ({', '.join(parts)},)")
    return made
