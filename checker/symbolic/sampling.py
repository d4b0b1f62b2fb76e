"""Reachable states and steps of small instances, to guess from: nothing rests on their being all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from checker.ir.domains import IntT
from checker.ir.nodes import FALSE, Expr, Model, State
from checker.machine import Failure, Machine, Undefined
from checker.passes.instance import instance
from checker.symbolic.clauses import Row, Scalars

LIMIT = 5_000  # states of an instance


@dataclass(slots=True)
class Sampled:
    """States and steps (action, before, after) as rows."""

    rows: dict[Row, None] = field(default_factory=dict)
    changes: dict[tuple[str, Row, Row], None] = field(default_factory=dict)
    waits: dict[str, set[Row]] = field(default_factory=dict)  # by actor: where it is neither done, at rest nor enabled


def least(model: Model) -> dict[str, int]:
    """Return the least value of each unbounded parameter."""
    return {v.name: v.type.lo for v in model.variables if not v.inits and isinstance(v.type, IntT)}


def instances(model: Model) -> Iterator[Model]:
    """Yield small instances: every unbounded parameter at its least value, then each at the next."""
    if not model.unbounded:
        yield model
        return
    yield instance(model, least(model))
    yield instance(model, {name: value + 1 for name, value in least(model).items()})


def sample(scalars: Scalars, machine_of: Callable[[Model], Machine]) -> Sampled:
    """Explore the first states of each instance, breadth first."""
    found = Sampled(waits={actor.name: set() for actor in scalars.system.model.actors})
    for model in instances(scalars.system.model):
        _explore(scalars, machine_of(model), found)
    return found


def _explore(scalars: Scalars, machine: Machine, found: Sampled) -> None:
    rows: dict[State, Row] = {state: tuple(scalars.row(state)) for state in machine.initial()}
    queue = list(rows)
    actors, actions = machine.model.actors, machine.model.actions
    for state in queue:
        steps = machine.successors(state)
        enabled = {actions[label.action].owner for label, _ in steps}
        for actor in actors:
            if actor.name not in enabled and not (
                _is(machine, actor.finished, state) or _is(machine, actor.resting, state)
            ):
                found.waits[actor.name].add(rows[state])
        for label, after in steps:
            if isinstance(after, Failure):
                continue
            if after not in rows:
                rows[after] = tuple(scalars.row(after))
                if len(queue) < LIMIT:
                    queue.append(after)
            found.changes[actions[label.action].name, rows[state], rows[after]] = None
    found.rows.update(dict.fromkeys(rows.values()))


def _is(machine: Machine, condition: Expr, state: State) -> bool:
    try:
        return condition != FALSE and bool(machine.evaluate(condition, state))
    except Undefined:
        return False
