"""The search of the native engine: what `search.explore` does, on packed states, with the same result.

States have the same numbers as in `search.explore`: parents are expanded in order, their steps come in the order of
labels; unless several workers expand a level together: see `NativeExploration.in_order`. Parents are not stored. The
least trace to a state is found level by level from the end: its parent is the first state of the level before that has
a step to it. Needs the packages of the extra `native`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, overload

from checker.backends.native import runtime
from checker.backends.native.compile import Heed, unheeding
from checker.backends.native.fingerprints import BITS
from checker.backends.native.program import Program
from checker.engine.conditions import holds
from checker.engine.exploration import INTERRUPTED, BadStep, FailedStep, Searched
from checker.engine.limits import Clock, Limits, Progress, Update, memory_limit
from checker.engine.memory import resident_bytes
from checker.engine.native_store import PASSED, Store, addresses
from checker.engine.native_waits import Certifier
from checker.engine.select import Selection
from checker.engine.watch import Knots
from checker.ir.nodes import Fault, Model, State
from checker.ir.walk import property_reads
from checker.loc import Loc
from checker.machine import Failure, Label, Machine
from checker.report import Fingerprints
from checker.trace import Trace

PAUSE = 1 << 18  # states expanded between two looks at the clock
TOGETHER = 1 << 12  # states of a level from which several workers expand it
APART = 1 << 14  # states of a level that is begun from here, even if one worker expands it
LEAST = 1 << 20  # bytes for states and table, however little memory there is


class States(Sequence[State]):
    """The states found, unpacked as they are asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.known = 0

    def __len__(self) -> int:
        return self.known

    @overload
    def __getitem__(self, number: int) -> State: ...
    @overload
    def __getitem__(self, number: slice) -> list[State]: ...
    def __getitem__(self, number: int | slice) -> State | list[State]:
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(self.known))]
        if not 0 <= number < self.known:
            raise IndexError(number)
        return self._store.program.layout.unpack(self._store.packed(number))


@dataclass(slots=True)
class NativeExploration(Searched):
    """The result of `explore_native`: what `exploration.Exploration` says, without stored parents and edges."""

    model: Model
    machine: Machine  # the same model's, which names the steps
    states: States
    store: Store
    levels: list[int] = field(default_factory=lambda: [0])
    totals: Counter[int] = field(default_factory=Counter)
    failures: list[FailedStep] = field(default_factory=list)
    bad_steps: list[BadStep] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)  # invariant -> first state
    witnesses: dict[str, int] = field(default_factory=dict)  # sometimes -> first state
    expanded: int = 0
    in_order: int = sys.maxsize  # so many states have the numbers that `search.explore` gives them
    certifier: Certifier | None = None
    detection_bytes: int = 0  # memory of complete detection
    exact: Sequence[Any] = ()  # masks of stuck, blocked and dead actors by state, once they are known
    stopped_by: str = ""
    found_at: int = 0
    seconds: float = 0.0
    fingerprints: Fingerprints | None = None  # None: the states themselves are kept
    clock: Clock | None = None  # for what comes after the search

    def reserve(self, words: int) -> None:
        """Report progress; Exhausted if a limit is reached, or would be with so much more memory."""
        if self.clock is not None:
            load = self.store.count / self.store.places
            update = Update(
                states=self.store.count,
                queue=0,
                depth=self.depth,
                load=load,
                engine="native",
                phase="complete detection",
            )
            self.clock.reserve(8 * words, update)

    def path(self, number: int) -> list[int]:
        """Return the numbers of the states on the least trace to a state, the initial one first."""
        if self.store.origins is not None:
            return self.store.origins.path(number)
        found = [number]
        for level in range(self.level(number) - 2, -1, -1):
            found.append(self.store.first_parent(self.levels[level], self.levels[level + 1], found[-1]))
        return found[::-1]

    def trace(self, number: int, *more: Label) -> Trace:
        """Return the least of the shortest traces to a state, `more` steps appended."""
        path = self.path(number)
        states = [self.states[place] for place in path]
        steps = []
        for source, target in pairwise(states):
            steps.append(next(label for label, state in self.machine.successors(source) if state == target))
        return Trace(path[0], (*steps, *more))

    @property
    def hits(self) -> list[int]:
        """How often each arm was entered, in the order of `checker.interp.arms`."""
        return self.store.hits

    def new_by_action(self) -> Counter[int] | None:
        """Return, by action, how many states it was the first to reach; None if several workers were first in turn."""
        if self.in_order < len(self.states):
            return None
        return Counter({place: count for place, count in enumerate(self.store.fresh) if count})


def explore_native(
    machine: Machine,
    selection: Selection,
    *,
    limits: Limits | None = None,
    knots: Knots | None = None,
    stop_at_witness: bool = False,
    go_on: bool = False,
    failures_stop: bool = True,
    progress: Progress | None = None,
    program: Program | None = None,
    folder: Path | None = None,
    workers: int = 1,
    fingerprint: bool = False,
    seed: int = 0,
) -> NativeExploration:
    """Explore the reachable states of `machine.model`: as `search.explore` does, with a `Watch` as its `inspect`.

    `knots` sees the states that have a certificate, the first of each kind. `program` is what was compiled for
    another search for the same. `folder` is where machine code is kept, the user's cache folder by default. `workers`
    threads search: of what is found, only the numbers of states depend on how many. `fingerprint`: states of several
    words are known by fingerprints, the function chosen by `seed`, and forgotten when they are expanded; by one worker.
    UsageError for a model that this engine cannot take.
    """
    limits = limits or Limits()
    clock = Clock(limits, progress)
    program = program or compiled(
        machine.model, selection, waits=knots is not None, fingerprint=fingerprint, folder=folder
    )
    search = _Search(machine, selection, limits, knots, stop_at_witness, failures_stop, program, workers, seed)
    search.run(go_on, clock)
    search.result.clock = clock
    return search.result


def compiled(
    model: Model,
    selection: Selection,
    *,
    waits: bool,
    fingerprint: bool = False,
    folder: Path | None = None,
    heed: Heed = unheeding,
) -> Program:
    """Compile `model` and what is judged of its states and steps; UsageError if that is not possible.

    What `heed` raises, asked now and then, ends it.
    """
    conditions = [prop.expr for prop in selection.invariants] + [prop.expr for prop in selection.sometimes]
    goals = [prop.to for prop in selection.progress if prop.to is not None]
    steps = [prop.expr for prop in selection.steps]
    lives = [expr for prop in selection.liveness for expr in property_reads(prop)]
    bits = BITS if fingerprint else 0
    return Program(
        model, conditions, steps, waits=waits, goals=goals, lives=lives, fingerprint=bits, folder=folder, heed=heed
    )


def _any(firsts: Sequence[int]) -> bool:
    return max(firsts, default=-1) >= 0


class _Search:
    def __init__(
        self,
        machine: Machine,
        selection: Selection,
        limits: Limits,
        knots: Knots | None,
        stop_at_witness: bool,
        failures_stop: bool,
        program: Program,
        workers: int,
        seed: int,
    ) -> None:
        model = machine.model
        self._machine = machine
        self._selection = selection
        self._limits = limits
        self._knots = knots
        self._stop_at_witness = stop_at_witness
        self._failures_stop = failures_stop
        conditions = len(selection.invariants) + len(selection.sometimes)
        self._program = program
        most, self._memory = (limits.max_memory, limits.memory_text) if limits.max_memory else memory_limit(None)
        limit = max(min(most - resident_bytes(), addresses()), LEAST)
        self._store = Store(self._program, limit=limit, workers=1 if program.fingerprint else workers, seed=seed)
        search = self._store.search
        search.must = (1 << len(selection.invariants)) - 1
        search.unmet = (1 << conditions) - 1 - search.must
        search.kept = (1 << len(selection.steps)) - 1
        self._judges = conditions > 0
        self.result = NativeExploration(model, machine, States(self._store), self._store)
        self.result.certifier = None if knots is None else Certifier(self._store, knots)
        self._knotted = False

    def run(self, go_on: bool, clock: Clock) -> None:
        result, store = self.result, self._store
        try:
            found = self._begin()
            while result.expanded < store.count and not result.stopped_by and (go_on or not found):
                if result.depth == self._limits.max_depth:
                    result.stopped_by = f"--max-depth {self._limits.max_depth}"
                    break
                self._expand(clock, go_on)
                found = self._found()
        except KeyboardInterrupt:
            result.stopped_by = INTERRUPTED
            found = self._found()
        except MemoryError:
            result.stopped_by = self._memory
            found = self._found()
        finally:
            store.end()
        self._finish()
        if found and not go_on:
            result.found_at = result.depth
        result.seconds = clock.seconds

    def _begin(self) -> bool:
        store = self._store
        for state in self._machine.initial():
            if store.full() and not store.grow():
                self.result.stopped_by = store.runs_out or self._memory
                break
            number = store.add(state)
            if self._judges:
                self._program.call(runtime.inspect, store.at, number, store.words.address + number * store.k * 8)
        store.fill()
        return self._found()

    def _expand(self, clock: Clock, go_on: bool) -> None:
        """Expand the states of the last level, and of those behind it before which nobody has to look.

        The states found are the next level.
        """
        result, store = self.result, self._store
        levels, known = store.levels, len(result.levels)
        levels.passed, levels.most, levels.large = 0, self._may_pass, self._large(go_on)
        limit = self._limits.max_states or 0
        store.begin()
        together = (
            store.count - store.search.expanded >= TOGETHER and not self._goes_in_order and store.begin_together()
        )
        if together:
            result.in_order = min(result.in_order, store.count)
        try:
            while store.search.expanded < levels.end and not result.stopped_by:
                before = int(store.search.expanded)
                stop = before + PAUSE * store.workers
                store.expand_together(min(stop, levels.end)) if together else store.expand(stop, limit)
                store.forget()
                expanded = int(store.search.expanded)
                if limit and store.count >= limit and expanded < store.count:
                    result.stopped_by = f"--max-states {limit}"
                elif (
                    expanded < (min(stop, levels.end) if together else before + 1)
                    and not store.grow()
                    and expanded == before
                ):
                    result.stopped_by = store.runs_out or self._memory
                update = Update(
                    states=store.count,
                    queue=store.count - expanded,
                    depth=known + levels.passed + 1,
                    load=store.count / store.places,
                    engine="native",
                )
                result.stopped_by = result.stopped_by or clock.exceeded(update)
        finally:  # an interrupt leaves what was found in its level
            last = [levels.end] if store.count > levels.end else []
            result.levels[known:] = [*store.passed(), *last]
        result.expanded = int(store.search.expanded)

    @property
    def _may_pass(self) -> int:
        """How many levels may be completed before anybody looks."""
        depth = self._limits.max_depth
        return PASSED if depth is None else min(PASSED, depth - self.result.depth - 1)

    def _large(self, go_on: bool) -> int:
        """Return how many states a level has before which somebody has to look.

        That is each level if a certificate may end the search, or if its states are to be forgotten.
        """
        if self._store.origins is not None or (self._knots is not None and not go_on):
            return 0
        return TOGETHER if self._store.workers > 1 else APART

    @property
    def _goes_in_order(self) -> bool:
        """True while what comes next depends on the numbers of states: the state at which to stop, and the first to
        meet a condition, whose trace is part of every report."""
        return bool(self._limits.max_states or self._store.search.unmet)

    def _found(self) -> bool:
        """Look at what is new; tell whether there is anything to stop for."""
        result, store = self.result, self._store
        result.states.known = store.count
        if self._knots is not None and self.result.certifier is not None:
            for number in self.result.certifier.look(store.count):
                self._knotted = self._knots.look(number, result.states[number]) or self._knotted
        invariants = len(self._selection.invariants)
        return bool(
            self._knotted
            or _any(store.firsts[:invariants])
            or (self._stop_at_witness and _any(store.firsts[invariants:]))
            or (self._failures_stop and _any(store.fails[:]))
            or _any(store.sources[: len(self._selection.steps)])
        )

    def _finish(self) -> None:
        """Say in the model's terms what was found."""
        result, store, selection = self.result, self._store, self._selection
        result.expanded = int(store.search.expanded)
        result.states.known = store.count
        result.totals = Counter({place: count for place, count in enumerate(store.totals) if count})
        names = [prop.name for prop in selection.invariants] + [prop.name for prop in selection.sometimes]
        for place, (name, first) in enumerate(zip(names, store.firsts, strict=False)):
            if first >= 0:
                (result.broken if place < len(selection.invariants) else result.witnesses)[name] = int(first)
        if store.origins is not None:
            result.fingerprints = store.origins.probability(result.transitions)
        result.failures = self._failures()
        result.bad_steps = self._bad_steps()
        if result.certifier is not None:
            result.certifier.keep()

    def _failures(self) -> list[FailedStep]:
        """Return the first failure at each place where one happened."""
        store, seen, found = self._store, set[tuple[Fault, Loc]](), []
        for source in sorted({int(source) for source in store.fails if source >= 0}):
            for label, target in self._machine.successors(self.result.states[source]):
                if isinstance(target, Failure) and target.place not in seen:
                    seen.add(target.place)
                    found.append(FailedStep(source, label, target))
        return found

    def _bad_steps(self) -> list[BadStep]:
        """Return the first step that breaks each step property."""
        store, found = self._store, []
        for source in sorted({int(source) for source in store.sources if source >= 0}):
            bits = [place for place in range(len(self._selection.steps)) if store.sources[place] == source]
            state = self.result.states[source]
            for label, target in self._machine.successors(state):
                if isinstance(target, Failure):
                    continue
                broken = sum(1 << place for place in bits if not self._step_holds(place, state, target))
                if broken:
                    found.append(BadStep(source, label, target, broken))
                    bits = [place for place in bits if not broken >> place & 1]
        return found

    def _step_holds(self, place: int, before: State, after: State) -> bool:
        return holds(self._machine, self._selection.steps[place].expr, after, before)
