"""A trace as steps: which action, what changed, and where each actor stands in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from checker.ir.domains import MapT, OptionT, OwnT, RecordT, Type, Value, default, show, values
from checker.ir.nodes import Action, Actor, Conjunct, Expr, Model, State
from checker.machine import Label, Undefined
from checker.reading import Evaluate, Reader, place_name
from checker.render.brief import brief
from checker.trace import Trace


@dataclass(frozen=True, slots=True)
class Change:
    """One place that a step wrote another value to: `held[1]: False → True`."""

    place: str
    old: str
    new: str
    control: bool = False  # a location (program counter): its actor's await point says it better
    owner: str = ""  # the activity whose local it is
    reset: bool = False  # back to the first value of its type: a local that ends, a slot that is emptied

    def __str__(self) -> str:
        return f"{self.place}: {self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class Step:
    """Step `index` (the first is 1) of a trace, from `before` to `after`."""

    index: int
    label: Label
    action: Action
    before: State
    after: State
    changes: tuple[Change, ...]


def steps(model: Model, trace: Trace, states: Sequence[State]) -> tuple[Step, ...]:
    """Pair the labels of `trace` with the states replay went through (one more than labels, or equally many
    where the last step fails: then that step ends where it began)."""
    result = []
    for index, label in enumerate(trace.steps):
        before = states[index]
        after = states[index + 1] if index + 1 < len(states) else before
        changes = tuple(changed(model, before, after))
        result.append(Step(index + 1, label, model.actions[label.action], before, after, changes))
    return tuple(result)


def changed(model: Model, before: State, after: State) -> Iterator[Change]:
    """Yield what differs, variable by variable in the model's order, Maps by key and Records by field."""
    for variable, old, new in zip(model.variables, before, after, strict=True):
        for steps, domain, was, now in _differences((), variable.type, old, new):
            place, reset = place_name(variable, steps), now == default(domain)
            yield Change(
                place, brief(domain, was), brief(domain, now), is_control(variable.name), variable.owner, reset
            )


def is_control(variable: str) -> bool:
    """Tell whether a variable is a program counter of the task layer (`executor.pc`)."""
    return variable.endswith(".pc")


def _differences(
    place: tuple[str, ...], domain: Type, old: Value, new: Value
) -> Iterator[tuple[tuple[str, ...], Type, Value, Value]]:
    if old == new:
        return
    match domain:
        case MapT(key, item) if isinstance(old, tuple) and isinstance(new, tuple):
            for index, was, now in zip(values(key), old, new, strict=True):
                yield from _differences((*place, f"[{show(key, index)}]"), item, was, now)
        case RecordT(_, fields) if isinstance(old, tuple) and isinstance(new, tuple):
            for (name, item), was, now in zip(fields, old, new, strict=True):
                yield from _differences((*place, f".{name}"), item, was, now)
        case OptionT(item) | OwnT(item) if old is not None and new is not None:
            yield from _differences(place, item, old, new)
        case _:
            yield place, domain, old, new


class Stand(Enum):
    """How an actor stands in a state."""

    ENABLED = "enabled"
    WAITING = "waiting"
    RESTING = "resting"
    FINISHED = "finished"
    NOWHERE = "no alternative"


@dataclass(frozen=True, slots=True)
class Standing:
    """An actor in a state: `point` is its await point, `waits` are the resources of its false conjuncts."""

    actor: str
    stand: Stand
    point: str
    waits: tuple[str, ...]


def standings(model: Model, state: State, evaluate: Evaluate) -> dict[str, Standing]:
    """Tell of every actor where it stands in `state`, in the model's order."""
    return {actor.name: _standing(model, actor, state, evaluate) for actor in model.actors}


def _standing(model: Model, actor: Actor, state: State, evaluate: Evaluate) -> Standing:
    def holds(expr: Expr) -> bool:
        try:
            return evaluate(expr, state) is True
        except Undefined:
            return False

    if holds(actor.finished):
        return Standing(actor.name, Stand.FINISHED, "", ())
    mine = [action for action in model.actions if action.owner == actor.name]
    open_to = [action for action in mine if all(holds(c.expr) for c in action.guard if c.location)]
    reader = Reader(model, evaluate)
    point = next((reader.point(action, state) for action in open_to if action.point), "")
    false = [[c for c in action.guard if not c.location and not holds(c.expr)] for action in open_to]
    if any(not conjuncts for conjuncts in false):
        return Standing(actor.name, Stand.ENABLED, point, ())
    resources = tuple(dict.fromkeys(resource_of(c, reader, state) for conjuncts in false for c in conjuncts))
    if holds(actor.resting):
        return Standing(actor.name, Stand.RESTING, point, resources)
    return Standing(actor.name, Stand.WAITING if open_to else Stand.NOWHERE, point, resources)


def resource_of(conjunct: Conjunct, reader: Reader, state: State) -> str:
    """Name what a conjunct waits for; without a name, the condition's place in the spec."""
    return reader.resource(conjunct, state) or f"the condition at line {conjunct.loc.line}"


def short_action(action: Action) -> str:
    """Name an action as its lane would: without its owner in front."""
    prefix = f"{action.owner}."
    return action.name[len(prefix) :] if action.name.startswith(prefix) else action.name
