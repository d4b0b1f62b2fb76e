"""Samples: reachable states and steps, by search of the model or of instances with small values of what is unknown.

What a sample misses costs proofs, not soundness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from checker.backends.text.machine import TextMachine
from checker.engine.conditions import mask_of
from checker.engine.exploration import Exploration
from checker.engine.limits import Limits
from checker.engine.search import explore
from checker.ir.domains import IntT, Value
from checker.ir.leaves import Leaf
from checker.ir.nodes import Model, State, StepProperty
from checker.passes.instance import instance
from checker.symbolic.deadline import Deadline
from checker.symbolic.scalars import Row, Scalars, deciding_leaves

STATES = 200_000  # of each instance that are searched for
KEPT = 20_000  # of these, at regular distances
WALKED = 5_000  # of these, the first, whose steps are kept
SECONDS = 10.0  # of each search

Change: TypeAlias = tuple[str, Row, Row]  # an action, and a state before and after it


@dataclass(slots=True)
class Sample:
    """States that were reached. Bit n of a number tells something of state number n."""

    scalars: Scalars
    states: Sequence[State]
    _columns: dict[Leaf, dict[int, int]] = field(default_factory=dict)

    @property
    def everywhere(self) -> int:
        return (1 << len(self.states)) - 1

    def column(self, leaf: Leaf) -> dict[int, int]:
        """Return the values a scalar has in the sample, and in which states each."""
        if leaf not in self._columns:
            self._fill(leaf.variable)
        return self._columns[leaf]

    def there(self, leaf: Leaf) -> int:
        """Return in which states a scalar is there."""
        found = self.everywhere
        for deciding, position in deciding_leaves(leaf):
            least = 0 if position is None else position
            found &= sum(bits for value, bits in self.column(deciding).items() if value > least)
        return found

    def _fill(self, name: str) -> None:
        """Find the columns of one variable: its distinct values are few, so they are taken apart and not the states."""
        variables = self.scalars.system.model.variables
        place = next(n for n, variable in enumerate(variables) if variable.name == name)
        where: dict[Value, bytearray] = {}
        size = len(self.states) // 8 + 1
        for number, state in enumerate(self.states):
            value = state[place]
            if value not in where:
                where[value] = bytearray(size)
            where[value][number >> 3] |= 1 << (number & 7)
        leaves = [leaf for leaf in self.scalars.leaves if leaf.variable == name]
        self._columns.update((leaf, {}) for leaf in leaves)
        for value, found in where.items():
            bits = int.from_bytes(found, "little")
            for leaf, number in zip(leaves, self.scalars.part(place, value), strict=True):
                column = self._columns[leaf]
                column[number] = column.get(number, 0) | bits


@dataclass(slots=True)
class Walk:
    """Sampled steps, and where each actor waits: neither finished nor resting, and with no action enabled."""

    changes: dict[Change, None] = field(default_factory=dict)
    waits: dict[str, set[Row]] = field(default_factory=dict)


def least(model: Model) -> dict[str, int]:
    """Return the least value of each unbounded parameter."""
    return {v.name: v.type.lo for v in model.variables if not v.inits and isinstance(v.type, IntT)}


def instances(model: Model) -> Iterator[Model]:
    """Yield what is searched: the model, or its instances with small values for all unbounded parameters."""
    low = least(model)
    if not low:
        yield model
        return
    yield instance(model, low)
    if len(low) > 1:
        for name, lo in low.items():
            yield instance(model, {**low, name: lo + 1})
    yield instance(model, {name: lo + 1 for name, lo in low.items()})


def explored(model: Model, deadline: Deadline, names: Sequence[str] = ()) -> list[Exploration]:
    """Search each instance, not stopping at what is found, in a part of the time there is. Raises TimeIsUp.

    Step properties called `names` are judged.
    """
    return [search(one, names, seconds=min(SECONDS, _quarter(deadline))) for one in instances(model)]


def _quarter(deadline: Deadline) -> float:
    left = deadline.left()
    return SECONDS if left is None else left / 4


def search(model: Model, names: Sequence[str], *, seconds: float) -> Exploration:
    """Search a model of known parameters."""
    machine = TextMachine(model)
    steps = [p.expr for p in model.properties if isinstance(p, StepProperty) and p.name in names]
    return explore(
        machine,
        limits=Limits(max_states=STATES, max_seconds=seconds),
        judge=mask_of(machine, steps) if steps else None,
        step_properties=len(steps),
        go_on=True,
    )


def sample(scalars: Scalars, searches: Sequence[Exploration]) -> Sample:
    """Return states that searches have found."""
    found: dict[State, None] = {}
    for one in searches:
        found.update(dict.fromkeys(one.states[:: 1 + len(one.states) // KEPT]))
    return Sample(scalars, list(found))


def walk(scalars: Scalars, searches: Sequence[Exploration]) -> Walk:
    """Return the first steps that searches have taken."""
    found = Walk(waits={actor.name: set() for actor in scalars.system.model.actors})
    for one in searches:
        rows = list(map(scalars.row, one.states[: min(WALKED, one.expanded)]))
        moving: list[set[str]] = [set() for _ in rows]
        for source, target, action in one.edges():
            if source >= len(rows):
                break
            taken = one.model.actions[action]
            moving[source].add(taken.owner)
            after = rows[target] if target < len(rows) else scalars.row(one.states[target])
            found.changes[taken.name, rows[source], after] = None
        actors = one.model.actors
        excused = mask_of(TextMachine(one.model), [c for actor in actors for c in (actor.finished, actor.resting)])
        for state, row, busy in zip(one.states, rows, moving, strict=False):
            excuses = excused(state, None)
            for number, actor in enumerate(actors):
                if not excuses >> 2 * number & 3 and actor.name not in busy:
                    found.waits[actor.name].add(row)
    return found
