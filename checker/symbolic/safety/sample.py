"""A sample of reachable states, by search: of the model, or of instances of it with small values of what is unknown.

A violation that the search comes across needs no proof any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from checker.backends.text.machine import TextMachine
from checker.engine.conditions import mask_of
from checker.engine.exploration import Exploration
from checker.engine.limits import Limits
from checker.engine.search import explore
from checker.ir.nodes import Invariant, Model, State, StepProperty
from checker.passes.instance import instance
from checker.symbolic.safety.bmc import Run
from checker.symbolic.safety.literals import Sample
from checker.symbolic.safety.proof import Met
from checker.symbolic.safety.relation import STEPS, Target
from checker.symbolic.sampling import least
from checker.symbolic.system import System

STATES = 200_000  # of each instance that are searched for
KEPT = 20_000  # of these, at regular distances
SECONDS = 10.0  # of each search


def instances(model: Model) -> Iterator[Model]:
    """Yield what is searched: the model, or its instances with small values for all unbounded parameters."""
    if not model.unbounded:
        yield model
        return
    low = least(model)
    yield instance(model, low)
    for name, lo in low.items():
        yield instance(model, {**low, name: lo + 1})
    if len(low) > 1:
        yield instance(model, {name: lo + 1 for name, lo in low.items()})


def sample_of(system: System, sought: Sequence[Target], *, deadline: float, say: Callable[[Met], None]) -> Sample:
    """Return states that searches find in the time there is; say which of the targets are met on the way."""
    found: dict[State, None] = {}
    names = [target.name for target in sought]
    for one in instances(system.model):
        left = max(0.1, min(SECONDS, (deadline - time.monotonic()) / 4))
        explored = _explored(one, names, seconds=left)
        for met in _met(explored, names):
            say(met)
        every = 1 + len(explored.states) // KEPT
        found.update(dict.fromkeys(explored.states[::every]))
    return Sample(system, list(found))


def run_to(model: Model, name: str) -> Run | None:
    """Return a shortest run that meets the target `name`, if a search finds one in its limits."""
    return next((met.run for met in _met(_explored(model, [name], seconds=SECONDS), [name])), None)


def _explored(model: Model, names: Sequence[str], *, seconds: float) -> Exploration:
    machine = TextMachine(model)
    steps = [p.expr for p in model.properties if isinstance(p, StepProperty) and p.name in names]
    return explore(
        machine,
        limits=Limits(max_states=STATES, max_seconds=seconds),
        judge=mask_of(machine, steps) if steps else None,
        step_properties=len(steps),
        go_on=True,
    )


def _met(explored: Exploration, names: Sequence[str]) -> Iterator[Met]:
    """Yield the first run to each target that the search came across, steps that fail first."""
    model = explored.model

    def run(number: int, *, in_step: bool) -> Run:
        return Run(model, tuple(explored.states[place] for place in explored.path(number)), in_step)

    if explored.failures and STEPS in names:
        yield Met(STEPS, run(explored.failures[0].source, in_step=True))
    steps = [p for p in model.properties if isinstance(p, StepProperty) and p.name in names]
    for bad in explored.bad_steps:
        yield from (Met(p.name, run(bad.source, in_step=True)) for n, p in enumerate(steps) if bad.broken >> n & 1)
    invariants = [p for p in model.properties if isinstance(p, Invariant) and p.name in names]
    if invariants:
        mask = mask_of(TextMachine(model), [p.expr for p in invariants])
        all_hold = (1 << len(invariants)) - 1
        for number, state in enumerate(explored.states):
            held = mask(state, None)
            if held != all_hold:
                broken = next(p for n, p in enumerate(invariants) if not held >> n & 1)
                yield Met(broken.name, run(number, in_step=False))
                return
