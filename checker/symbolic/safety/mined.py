"""Proof by mining: facts that hold in a sample of reachable states, reduced to those that are inductive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checker.backends.text.machine import TextMachine
from checker.engine.conditions import mask_of
from checker.engine.exploration import Exploration
from checker.ir.nodes import Invariant, Model, StepProperty
from checker.ir.walk import action_reads, property_reads, variables
from checker.symbolic.deadline import Deadline, NoAnswer
from checker.symbolic.mining.houdini import Houdini
from checker.symbolic.mining.sampling import SECONDS, explored, sample, search
from checker.symbolic.obligations import refused
from checker.symbolic.proof import Open
from checker.symbolic.relation import STEPS, Target, targets
from checker.symbolic.safety.bmc import Run
from checker.symbolic.safety.proof import Met, Proved, Say
from checker.symbolic.scalars import Scalars
from checker.symbolic.system import System, translate
from checker.symbolic.terms import Term

METHOD = "mined invariant"


def prove_by_mining(model: Model, names: tuple[str, ...], *, deadline: Deadline, say: Say) -> None:
    """Say which targets are proved, and of the others a state that nothing found excludes; or that one is met.

    Stops when the time is over.
    """
    system = translate(model)
    sought = targets(system, names)
    try:
        searches = explored(model, deadline, [target.name for target in sought])
        met = [one for each in searches for one in _met(each, [target.name for target in sought])]
        if met:
            say(min(met, key=lambda one: len(one.run.states) + one.run.ends_in_step))
            return
        houdini = Houdini(sample(Scalars(system), searches), deadline)
        houdini.settle()
        for target in sought:
            state = houdini.prove([system.terms.lift(target.bad)])
            if state is None:
                say(_proved(houdini, target))
            else:
                value_of = system.terms.value_in(state)
                say(Open(target.name, system.decode(value_of), tuple(_matter(system, target, value_of))))
    except NoAnswer:
        return


def run_to(model: Model, name: str) -> Run | None:
    """Return a shortest run that meets the target `name`, if a search finds one in its limits."""
    return next((met.run for met in _met(search(model, [name], seconds=SECONDS), [name])), None)


def _proved(houdini: Houdini, target: Target) -> Proved:
    """Return the proof of a target, with no more facts than it needs; a solver that knows nothing of it has agreed."""
    found = Proved((target.name,), METHOD, houdini.needed([[houdini.system.terms.lift(target.bad)]]))
    if refused(houdini.system, found.proof, houdini.deadline):
        raise NoAnswer
    return found


def _matter(system: System, target: Target, value_of: Callable[[Term], int]) -> Iterator[str]:
    """Yield the variables to look at in a state that meets `target`: what the property reads, or the failing action."""
    if target.name != STEPS:
        prop = next(prop for prop in system.model.properties if prop.name == target.name)
        read = frozenset(name for expr in property_reads(prop) for name in variables(expr))
    else:
        failing = (step.action for step in system.steps if step.fails is not False and value_of(step.fails))
        read = frozenset(name for action in failing for name in action_reads(action))
    yield from (variable.name for variable in system.model.variables if variable.name in read)


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
