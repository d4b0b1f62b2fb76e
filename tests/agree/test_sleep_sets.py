"""Sleep sets leave out only what is known: independent actions commute, by the interpreter; and some do sleep."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from itertools import chain
from random import Random

from hypothesis import given, settings
from hypothesis.strategies import integers

from checker.backends.native.sleep import BITS, sleeping
from checker.engine.search import explore
from checker.interp import Interpreter
from checker.ir.nodes import Model, State
from checker.machine import Failure
from tests.agree.test_native import assert_same_search
from tests.support.random_models import random_model
from tests.support.toy_models import philosophers

Steps = Mapping[int, tuple[frozenset[State], frozenset[object]]]  # states, and places of failure, by action


def steps(machine: Interpreter, state: State) -> Steps:
    found: dict[int, tuple[set[State], set[object]]] = {}
    for label, target in machine.successors(state):
        states, failures = found.setdefault(label.action, (set(), set()))
        if isinstance(target, Failure):
            failures.add(target.place)
        else:
            states.add(target)
    return {action: (frozenset(states), frozenset(failures)) for action, (states, failures) in found.items()}


def assert_commute(machine: Interpreter, state: State, one: int, other: int) -> None:
    """Each can still do what it could after the other, and fails where it failed; both orders lead to the same."""
    before = steps(machine, state)
    ends = []
    for first, second in ((one, other), (other, one)):
        after = [steps(machine, target)[second] for target in before[first][0]]
        assert all(failures == before[second][1] for _, failures in after)
        ends.append(frozenset[State]().union(*(states for states, _ in after)))
    assert ends[0] == ends[1]


def pairs(model: Model) -> int:
    """Judge all pairs of independent actions in all reachable states; return how many there were."""
    machine, masks, judged = Interpreter(model), sleeping(model), 0
    for state in explore(machine, go_on=True).states:
        enabled = sorted(action for action, (states, _) in steps(machine, state).items() if states)
        for action in enabled:
            for other in enabled:
                if other < BITS and masks[action] >> other & 1:
                    assert_commute(machine, state, other, action)
                    judged += 1
    return judged


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_independent_actions_commute(seed: int) -> None:
    pairs(random_model(Random(seed)))


def test_pairs_are_judged() -> None:
    assert sum(pairs(random_model(Random(seed))) for seed in range(40)) > 100


def test_actions_with_other_forks_are_independent() -> None:
    model = philosophers(5)
    parts = [action.name.replace("]", "[").split("[") for action in model.actions]
    seats = [int(seat) for _, seat, _ in parts]
    hands = {".left": {0}, ".right": {1}, ".release": {0, 1}}
    forks = [{(int(seat) + hand) % 5 for hand in hands[verb]} for _, seat, verb in parts]
    for action, mask in enumerate(sleeping(model)):
        for before in range(action):
            independent = seats[before] != seats[action] and not forks[before] & forks[action]
            assert mask >> before & 1 == independent


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=2, deadline=None)
def test_more_actions_than_can_sleep(seed: int) -> None:
    model = random_model(Random(seed))
    copies = [deepcopy(model.actions) for _ in range(BITS // len(model.actions) + 2)]
    assert_same_search(replace(model, actions=tuple(chain(*copies))))
