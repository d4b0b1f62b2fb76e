"""Fair cycles: the checker, two brute-force judges and every lasso it prints agree on random graphs and systems."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from random import Random

import pytest

from checker.liveness.components import Arena, arena, fair_parts
from checker.liveness.fairness import Fairness
from checker.liveness.lasso import Lasso, lasso, one_by_one
from tests.support.fair_judge import Game, by_fixpoint, by_subsets, random_game, reachable


@dataclass
class Edges:
    offsets: array[int]
    targets: array[int]
    taken: array[int]


def arena_of(game: Game, actions: int) -> Arena:
    edges = Edges(array("i", [0]), array("i"), array("i"))
    for row in game.steps:
        edges.targets.extend(t for _, t in row)
        edges.taken.extend(a for a, _ in row)
        edges.offsets.append(len(edges.targets))
    conditions = (*game.weak, *game.strong)
    does = tuple(sum(1 << place for place, c in enumerate(conditions) if a in c) for a in range(actions))
    weak = (1 << len(game.weak)) - 1
    return arena(edges, Fairness(weak, (1 << len(conditions)) - 1 - weak, does))


def assert_fair(game: Game, found: Lasso, starts: set[int], region: set[int]) -> None:
    """Check a lasso against the definition, step by step."""
    assert found.trigger in starts & region
    node = found.trigger
    for source, action, target in (*found.way, *found.cycle):
        assert source == node and (action, target) in game.steps[source] and target in region
        node = target
    assert node == found.entry
    states = {found.entry, *(source for source, _, _ in found.cycle)}
    taken = {action for _, action, _ in found.cycle}
    for condition in game.weak:
        assert taken & condition or any(not game.enabled(s, condition) for s in states)
    for condition in game.strong:
        assert taken & condition or not any(game.enabled(s, condition) for s in states)


def judged(seed: int, *, states: int, actions: int, large: bool = False) -> bool:
    random = Random(seed)
    out = (1, 2, 2, 3) if large else (0, 1, 1, 2, 2, 3)
    game = random_game(random, states=states, actions=actions, out=out)
    density = random.choice((0.3, 0.5, 0.7)) if large else 0.8
    region = {s for s in range(states) if random.random() < density}
    starts = {s for s in range(states) if random.random() < (0.1 if large else 0.3)}
    there = sorted(reachable(game, starts, region))
    found = arena_of(game, actions)
    parts = list(fair_parts(found, there))
    assert bool(parts) == by_fixpoint(game, starts, region)
    if not large:
        assert bool(parts) == by_subsets(game, starts, region)
    if parts:
        inside = [s in there for s in range(states)]
        way = lasso(found, [(s, 1) for s in sorted(starts & region)], inside, parts)
        assert_fair(game, way, starts, region)
        part = next(frozenset(part) for part in parts if way.entry in part)
        if way.cycle:  # the way that is taken where a shortest cycle would take too long
            assert_fair(
                game, Lasso(way.trigger, way.way, one_by_one(found, way.entry, part.__contains__)), starts, region
            )
    return bool(parts)


def test_small_random_graphs_are_judged_as_by_two_brute_force_judges() -> None:
    verdicts = [judged(seed, states=6, actions=4) for seed in range(1500)]
    assert 300 < sum(verdicts) < 1300


def test_larger_random_graphs_are_judged_as_by_a_fixpoint() -> None:
    verdicts = [judged(seed, states=30, actions=5, large=True) for seed in range(300)]
    assert 20 < sum(verdicts) < 300


@pytest.mark.nightly
def test_many_random_graphs() -> None:
    for seed in range(10_000, 60_000):
        judged(seed, states=7, actions=4)
