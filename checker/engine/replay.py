"""A trace executed by the reference interpreter: nothing is reported that it does not confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checker.diagnostics import InternalError
from checker.interp import Interpreter, initial_state
from checker.ir.domains import show
from checker.ir.nodes import Model, State
from checker.machine import Failure
from checker.trace import Trace


class NotATrace(ValueError):
    """The trace is none of this model: no such initial state, or a step that cannot be taken."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The states a trace goes through: one more than steps, or as many if the last step fails."""

    states: tuple[State, ...]
    failure: Failure | None = None


def replay(model: Model, trace: Trace) -> Replay:
    """Execute `trace` from its initial state; NotATrace where it cannot go on."""
    machine = Interpreter(model)
    count = len(machine.initial())
    if not 0 <= trace.init < count:
        raise NotATrace(f"initial state {trace.init}: there are {count}")
    states = [initial_state(model, trace.init)]
    for number, label in enumerate(trace.steps, start=1):
        if not 0 <= label.action < len(model.actions):
            raise NotATrace(f"step {number}: there is no action {label.action}, there are {len(model.actions)}")
        result = machine.step(states[-1], label)
        if result is None:
            name = model.actions[label.action].name
            raise NotATrace(f"step {number}: `{name}` with choices {list(label.choices)} is no step from here")
        if isinstance(result, Failure):
            if number < len(trace.steps):
                raise NotATrace(f"step {number} fails, and {len(trace.steps) - number} more follow: {result.message}")
            return Replay(tuple(states), result)
        states.append(result)
    return Replay(tuple(states))


def confirm(model: Model, trace: Trace, expected: Sequence[State], failure: Failure | None = None) -> Replay:
    """Replay `trace`; InternalError, with both traces, unless it goes through `expected` and ends in `failure`."""
    try:
        found = replay(model, trace)
    except NotATrace as stop:
        raise InternalError(f"replay of {trace} diverges: {stop}\n{_states(model, expected)}") from stop
    if found.states != tuple(expected) or found.failure != failure:
        raise InternalError(
            f"replay of {trace} diverges\nthe search went through\n{_states(model, expected)}\n  {failure}\n"
            f"the interpreter went through\n{_states(model, found.states)}\n  {found.failure}"
        )
    return found


def _states(model: Model, states: Sequence[State]) -> str:
    return "\n".join(f"  {number:4}  {_state(model, state)}" for number, state in enumerate(states))


def _state(model: Model, state: State) -> str:
    pairs = zip(model.variables, state, strict=True)
    return ", ".join(f"{variable.name}={show(variable.type, value)}" for variable, value in pairs)
