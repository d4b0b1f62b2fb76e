"""What can be reached, found by the interpreter alone: the states, and whether anything is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from checker.interp import Interpreter
from checker.ir.nodes import Invariant, Model, State, StepProperty
from checker.machine import Failure, Undefined


@dataclass(frozen=True, slots=True)
class Reached:
    """How many states, and what TLC's invariants and step properties would find in them."""

    states: int
    failures: int  # steps that cannot be completed
    violations: int  # of invariants and step properties
    deadlocks: int  # states without a successor in which somebody has neither finished nor rests

    @property
    def safe(self) -> bool:
        return not (self.failures or self.violations or self.deadlocks)


def reached(model: Model, *, limit: int = 20_000) -> Reached | None:
    """Explore `model`; None if it has more than `limit` states."""
    machine = Interpreter(model)
    found, failures, violations, deadlocks = set(machine.initial()), 0, 0, 0
    todo = list(found)
    while todo:
        state = todo.pop()
        steps = machine.successors(state)
        ends = [end for _, end in steps if not isinstance(end, Failure)]
        failures += len(steps) - len(ends)
        violations += sum(not _holds(machine, prop, state) for prop in model.properties if isinstance(prop, Invariant))
        violations += sum(
            machine.evaluate(prop.expr, end, state) is not True
            for prop in model.properties
            if isinstance(prop, StepProperty)
            for end in ends
        )
        deadlocks += not steps and not _quiet(machine, state)
        new = set(ends) - found
        found |= new
        todo += new
        if len(found) > limit:
            return None
    return Reached(len(found), failures, violations, deadlocks)


def _holds(machine: Interpreter, prop: Invariant, state: State) -> bool:
    try:
        return machine.evaluate(prop.expr, state) is True
    except Undefined:
        return False


def _quiet(machine: Interpreter, state: State) -> bool:
    """Tell whether every actor has finished or rests."""
    return all(
        machine.evaluate(actor.finished, state) or machine.evaluate(actor.resting, state)
        for actor in machine.model.actors
    )
