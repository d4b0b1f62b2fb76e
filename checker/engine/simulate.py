"""Seeded random walks: they find what they come across, and never prove anything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from checker.ir.nodes import State
from checker.machine import Failure, Label, Machine
from checker.trace import Trace


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk: states are one more than steps, or as many if the last step failed."""

    trace: Trace
    states: tuple[State, ...]
    failure: Failure | None = None
    stopped: bool = False  # no action was enabled in the last state


def walks(machine: Machine, *, count: int, depth: int, seed: int = 0) -> Iterator[Walk]:
    """Yield `count` walks of at most `depth` steps; each initial state and each step equally likely.

    The same model and seed give the same walks.
    """
    chance = random.Random(seed)
    initial = machine.initial()
    for _ in range(count):
        yield _walk(machine, chance, chance.randrange(len(initial)), initial, depth)


def _walk(machine: Machine, chance: random.Random, index: int, initial: list[State], depth: int) -> Walk:
    states, labels = [initial[index]], list[Label]()
    while len(labels) < depth:
        steps = machine.successors(states[-1])
        if not steps:
            return Walk(Trace(index, tuple(labels)), tuple(states), stopped=True)
        label, target = chance.choice(steps)
        labels.append(label)
        if isinstance(target, Failure):
            return Walk(Trace(index, tuple(labels)), tuple(states), target)
        states.append(target)
    return Walk(Trace(index, tuple(labels)), tuple(states))
