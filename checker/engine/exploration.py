"""What a search has seen: states by level, how each was first reached, and every step between them.

A state's number is its position in breadth-first order. Within a level that is the order of the states' traces: first
by initial state, then by list of choices, of all shortest traces the least (parents are expanded in order, their steps
come in the order of labels). So comparing numbers compares traces.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from checker.ir.nodes import Model, State
from checker.machine import Failure, Label
from checker.trace import Trace

INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that could not be completed; it is counted neither as a transition nor as an edge."""

    source: int
    label: Label
    failure: Failure


@dataclass(frozen=True, slots=True)
class BadStep:
    """A step that breaks step properties: bit i of `broken` is the i-th of those that were judged."""

    source: int
    label: Label
    target: State
    broken: int


class Explored(Protocol):
    """What every search gives: enough to say what was found and how to get there. See `Exploration`."""

    model: Model
    failures: list[FailedStep]
    bad_steps: list[BadStep]
    totals: Counter[int]
    stopped_by: str
    in_order: int

    @property
    def states(self) -> Sequence[State]: ...
    @property
    def complete(self) -> bool: ...
    @property
    def transitions(self) -> int: ...
    @property
    def depth(self) -> int: ...
    def trace(self, number: int, *more: Label) -> Trace: ...
    def path(self, number: int) -> list[int]: ...
    def new_by_action(self) -> Counter[int] | None: ...


class Searched:
    """What a search can say by what it has counted."""

    __slots__ = ()
    states: Sequence[State]
    levels: list[int]
    totals: Counter[int]
    expanded: int
    stopped_by: str

    @property
    def complete(self) -> bool:
        """True if every reachable state is there and has been expanded."""
        return not self.stopped_by and self.expanded == len(self.states)

    @property
    def transitions(self) -> int:
        """Number of steps generated, those to known states included; initial states are not steps."""
        return self.totals.total()

    @property
    def depth(self) -> int:
        """Number of levels that have a state; the initial states are level 1."""
        return len(self.levels)

    def level(self, number: int) -> int:
        """Return the level of a state."""
        return bisect_right(self.levels, number)


@dataclass(slots=True)
class Exploration(Searched):
    """The result of `explore`.

    States up to `expanded` have their steps recorded: state i has the edges `offsets[i]` to `offsets[i + 1]` of
    `targets` (numbers of states) and `taken` (indices of actions); without `keep_edges` these are empty.
    """

    model: Model
    states: list[State] = field(default_factory=list)
    parents: array[int] = field(default_factory=lambda: array("q"))  # of an initial state: -1 - its index
    labels: list[Label | None] = field(default_factory=list)  # the first step to a state; None of an initial one
    levels: list[int] = field(default_factory=list)  # number of the first state of level 1, 2, …
    offsets: array[int] = field(default_factory=lambda: array("q", [0]))
    targets: array[int] = field(default_factory=lambda: array("i"))
    taken: array[int] = field(default_factory=lambda: array("i"))
    totals: Counter[int] = field(default_factory=Counter)  # steps by action
    expanded: int = 0
    failures: list[FailedStep] = field(default_factory=list)  # the first at each place
    bad_steps: list[BadStep] = field(default_factory=list)  # the first that breaks each property
    stopped_by: str = ""  # a limit or an interrupt
    in_order: int = sys.maxsize  # so many states have their numbers in the order of their traces
    found_at: int = 0  # level at which the search stopped because something was found; 0 if it went on
    seconds: float = 0.0

    def trace(self, number: int, *more: Label) -> Trace:
        """Return the least of the shortest traces to a state, `more` steps appended."""
        steps: list[Label] = []
        while self.parents[number] >= 0:
            label = self.labels[number]
            assert label is not None
            steps.append(label)
            number = self.parents[number]
        return Trace(-1 - self.parents[number], (*reversed(steps), *more))

    def path(self, number: int) -> list[int]:
        """Return the numbers of the states on the trace to a state, the initial one first."""
        found = [number]
        while self.parents[found[-1]] >= 0:
            found.append(self.parents[found[-1]])
        return found[::-1]

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Yield (source, target, action) of every recorded step, sources in order."""
        for source in range(len(self.offsets) - 1):
            for edge in range(self.offsets[source], self.offsets[source + 1]):
                yield source, self.targets[edge], self.taken[edge]

    def sources(self) -> array[int]:
        """Return the source of each edge, in the order of `targets`."""
        found = array("i")
        for source in range(len(self.offsets) - 1):
            found.extend([source] * (self.offsets[source + 1] - self.offsets[source]))
        return found

    def new_by_action(self) -> Counter[int]:
        """Return, by action, how many states it was the first to reach."""
        return Counter(label.action for label in self.labels if label is not None)
