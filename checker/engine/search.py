"""Level-synchronous breadth-first search: shortest traces, and counts that depend on nothing but the model."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TypeAlias

from checker.engine.exploration import INTERRUPTED, BadStep, Exploration, FailedStep
from checker.engine.handover import HANDED_OVER, Handover
from checker.engine.limits import Clock, Exhausted, Limits, Progress, Update
from checker.ir.nodes import Fault, State
from checker.loc import Loc
from checker.machine import Failure, Machine

Inspect: TypeAlias = Callable[[int, State], bool]
"""Look at a new state, given its number; return True to stop the search at the end of the level."""
Judge: TypeAlias = Callable[[State, State], int]
"""Given the states after and before a step, return the mask of the step properties that hold of it."""

_PAUSE = 1024  # states expanded between two looks at the clock


def explore(
    machine: Machine,
    *,
    limits: Limits | None = None,
    keep_edges: bool = True,
    inspect: Inspect | None = None,
    judge: Judge | None = None,
    step_properties: int = 0,
    go_on: bool = False,
    failures_stop: bool = True,
    progress: Progress | None = None,
    handover: Handover | None = None,
) -> Exploration:
    """Explore the reachable states of `machine.model`, level by level.

    A level in which something is found (`inspect` says so, a step fails, or `judge` misses one of the first
    `step_properties` bits) is finished, then the search stops; with `go_on` it does not stop, without `failures_stop`
    not for a failed step. A failed step leads nowhere. A limit stops the search where it is reached, after the state
    being expanded; so does an interrupt, whose partial result is returned. So does `handover`, asked now and then.
    """
    all_hold = (1 << step_properties) - 1
    search = _Search(machine, limits or Limits(), keep_edges, inspect, judge, all_hold, failures_stop, handover)
    search.run(go_on, Clock(limits or Limits(), progress))
    return search.result


class _Search:
    def __init__(
        self,
        machine: Machine,
        limits: Limits,
        keep_edges: bool,
        inspect: Inspect | None,
        judge: Judge | None,
        all_hold: int,
        failures_stop: bool,
        handover: Handover | None,
    ) -> None:
        self.result = Exploration(machine.model)
        self._machine = machine
        self._limits = limits
        self._keep_edges = keep_edges
        self._inspect = inspect
        self._judge = judge if all_hold else None
        self._all_hold = all_hold
        self._failures_stop = failures_stop
        self._handover = handover
        self._numbers: dict[State | Failure, int] = {}
        self._failures: set[tuple[Fault, Loc]] = set()
        self._broken = 0
        self._found = False

    def run(self, go_on: bool, clock: Clock) -> None:
        result = self.result
        try:
            self._begin()
            while result.expanded < len(result.states) and (go_on or not self._found):
                if result.depth == self._limits.max_depth:
                    result.stopped_by = f"--max-depth {self._limits.max_depth}"
                    break
                self._level(clock)
                if result.stopped_by:
                    break
        except (KeyboardInterrupt, MemoryError) as stop:
            result.stopped_by = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else clock.limits.out_of_memory
            self._settle()
        except Exhausted as limit:  # while another engine got ready
            result.stopped_by = str(limit)
        if self._found and not go_on:
            result.found_at = result.depth
        result.seconds = clock.seconds

    def _begin(self) -> None:
        result = self.result
        result.levels.append(0)
        for index, state in enumerate(self._machine.initial()):
            number = len(result.states)
            self._numbers[state] = number
            result.states.append(state)
            result.parents.append(-1 - index)
            result.labels.append(None)
            if self._inspect is not None and self._inspect(number, state):
                self._found = True

    def _level(self, clock: Clock) -> None:
        """Expand the states of the last level; the states found are the next one."""
        result = self.result
        end = len(result.states)
        result.levels.append(end)
        while result.expanded < end:
            pause = min(end, result.expanded + _PAUSE)
            self._expand(pause, self._limits.max_states or 0)
            states = len(result.states)
            update = Update(states=states, queue=states - result.expanded, depth=result.depth)
            result.stopped_by = result.stopped_by or clock.exceeded(update)
            if not result.stopped_by and self._handover is not None and self._handover(update):
                result.stopped_by = HANDED_OVER
            if result.stopped_by:
                break
        if len(result.states) == end:
            result.levels.pop()

    def _expand(self, end: int, max_states: int) -> None:
        """Expand the states up to number `end`: the inner loop."""
        result, numbers, inspect, judge, all_hold = (
            self.result,
            self._numbers,
            self._inspect,
            self._judge,
            self._all_hold,
        )
        states, labels, parents, known = result.states, result.labels, result.parents, self._numbers.get
        successors, offsets = self._machine.successors, result.offsets
        targets, taken = (result.targets, result.taken) if self._keep_edges else (array("i"), array("i"))
        first = len(taken)
        try:
            for source in range(result.expanded, end):
                state = states[source]
                for label, target in successors(state):
                    number = known(target)
                    if number is None:
                        if isinstance(target, Failure):
                            self._fail(FailedStep(source, label, target))
                            continue
                        number = len(states)
                        states.append(target)
                        parents.append(source)
                        labels.append(label)
                        numbers[target] = number
                        if inspect is not None and inspect(number, target):
                            self._found = True
                    targets.append(number)
                    taken.append(label[0])
                    if judge is not None:
                        holds = judge(states[number], state)
                        if holds != all_hold:
                            self._break(BadStep(source, label, states[number], all_hold & ~holds))
                offsets.append(len(targets))
                result.expanded = source + 1
                if max_states and len(states) >= max_states:
                    break
        finally:
            result.totals.update(taken[first:])
        if max_states and len(states) >= max_states and result.expanded < len(states):
            result.stopped_by = f"--max-states {max_states}"

    def _fail(self, step: FailedStep) -> None:
        """Keep the first failure at each place: in the order of expansion it has the least trace."""
        self._found = self._found or self._failures_stop
        if step.failure.place not in self._failures:
            self._failures.add(step.failure.place)
            self.result.failures.append(step)

    def _break(self, step: BadStep) -> None:
        """Keep the first step that breaks each property."""
        self._found = True
        if step.broken & ~self._broken:
            self._broken |= step.broken
            self.result.bad_steps.append(step)

    def _settle(self) -> None:
        """Drop what an interrupt left half recorded."""
        result = self.result
        states = min(len(result.states), len(result.parents), len(result.labels))
        del result.states[states:], result.parents[states:], result.labels[states:]
        result.expanded = min(result.expanded, len(result.offsets) - 1)
        del result.offsets[result.expanded + 1 :]
        edges = result.offsets[-1] if self._keep_edges else 0
        del result.targets[edges:], result.taken[edges:]
        while len(result.levels) > 1 and result.levels[-1] >= states:
            result.levels.pop()
