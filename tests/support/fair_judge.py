"""Two brute-force judges of fair cycles, written from the definition, unlike the checker's and unlike each other.

Imports nothing of the checker. A behaviour may stay in a state for ever. Conditions of fairness are sets of actions:
a *weak* one is met if, again and again, one of its actions is taken or none of them is enabled; a *strong* one if one
of its actions is taken again and again, or none is enabled from some time on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random


@dataclass(frozen=True)
class Game:
    """A graph: `steps[s]` are (action, target). An action is enabled where it has a step."""

    steps: tuple[tuple[tuple[int, int], ...], ...]
    weak: tuple[frozenset[int], ...]
    strong: tuple[frozenset[int], ...]

    def enabled(self, s: int, condition: frozenset[int]) -> bool:
        return any(action in condition for action, _ in self.steps[s])


def random_game(random: Random, *, states: int, actions: int, out: tuple[int, ...] = (0, 1, 1, 2, 2, 3)) -> Game:
    """Return a random graph with random fairness; each state has one of `out` steps."""
    steps = []
    for _ in range(states):
        count = random.choice(out)
        steps.append(tuple(sorted({(random.randrange(actions), random.randrange(states)) for _ in range(count)})))

    def conditions(most: int) -> tuple[frozenset[int], ...]:
        return tuple(
            frozenset(random.sample(range(actions), random.randint(1, 2))) for _ in range(random.randint(0, most))
        )

    return Game(tuple(steps), conditions(3), conditions(2))


def reachable(game: Game, starts: set[int], region: set[int]) -> set[int]:
    """Return what `starts` lead to within `region`."""
    found = starts & region
    while True:
        more = {t for s in found for _, t in game.steps[s] if t in region} - found
        if not more:
            return found
        found |= more


def by_subsets(game: Game, starts: set[int], region: set[int]) -> bool:
    """Try every set of states: one that a single cycle can visit all of, by all steps there are in it, fairly."""
    there = sorted(reachable(game, starts, region))
    return any(_fair(game, set(chosen)) for size in range(1, len(there) + 1) for chosen in combinations(there, size))


def _fair(game: Game, chosen: set[int]) -> bool:
    first = min(chosen)
    if any(first not in reachable(game, {s}, chosen) or s not in reachable(game, {first}, chosen) for s in chosen):
        return False
    taken = {action for s in chosen for action, t in game.steps[s] if t in chosen}
    weak = all(taken & c or any(not game.enabled(s, c) for s in chosen) for c in game.weak)
    strong = all(taken & c or not any(game.enabled(s, c) for s in chosen) for c in game.strong)
    return weak and strong


def by_fixpoint(game: Game, starts: set[int], region: set[int]) -> bool:
    """Guess which strong conditions are never enabled again, then ask for a cycle that meets all others (a greatest
    fixpoint of generalized Büchi conditions)."""
    there = reachable(game, starts, region)
    return any(_guessed(game, there, set(dead)) for dead in _subsets(game.strong))


def _subsets(conditions: tuple[frozenset[int], ...]) -> Iterator[tuple[int, ...]]:
    for size in range(len(conditions) + 1):
        yield from combinations(range(len(conditions)), size)


def _guessed(game: Game, region: set[int], dead: set[int]) -> bool:
    """Tell whether from some state a path goes on for ever and meets every condition that is not `dead` for ever."""
    left = {s for s in region if not any(game.enabled(s, game.strong[c]) for c in dead)}
    alive = [c for place, c in enumerate(game.strong) if place not in dead]
    while True:
        kept = set(left)
        for condition in game.weak:
            kept &= _can_meet(game, left, condition, idle=True)
        for condition in alive:
            kept &= _can_meet(game, left, condition, idle=False)
        if kept == left:
            return bool(left)
        left = kept


def _can_meet(game: Game, left: set[int], condition: frozenset[int], *, idle: bool) -> set[int]:
    """Return from where a path in `left` comes to a step of `condition`, or, with `idle`, to where none is enabled."""
    good = {s for s in left if any(action in condition and t in left for action, t in game.steps[s])}
    if idle:
        good |= {s for s in left if not game.enabled(s, condition)}
    while True:
        more = {s for s in left if any(t in good for _, t in game.steps[s])} - good
        if not more:
            return good
        good |= more
