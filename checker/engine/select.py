"""What is checked: which properties, and with whose duties."""

from __future__ import annotations

from dataclasses import dataclass, replace

from checker.diagnostics import UsageError
from checker.ir.nodes import (
    Action,
    Actor,
    AlwaysEventually,
    Duty,
    Eventually,
    Invariant,
    LeadsTo,
    Liveness,
    Model,
    Progress,
    Property,
    Sometimes,
    StepProperty,
)

DEADLOCK, ORPHAN = "deadlock", "orphan"
BUILT_IN = (DEADLOCK, ORPHAN)


@dataclass(frozen=True, slots=True)
class Selection:
    """The properties to be checked, by kind, in the model's order."""

    invariants: tuple[Invariant, ...]
    steps: tuple[StepProperty, ...]
    sometimes: tuple[Sometimes, ...]
    progress: tuple[Progress, ...]
    liveness: tuple[Liveness, ...]
    deadlock: bool
    orphan: bool

    @property
    def needs_waits(self) -> bool:
        """True if something is checked that only the wait-for analysis can decide."""
        return bool(self.deadlock or self.orphan or self.progress)

    @property
    def demanded(self) -> frozenset[str]:
        """The actors that must never be stuck. `progress` with `to` does not ask that, but what can be reached."""
        return frozenset(prop.actor for prop in self.progress if prop.to is None)


def select(model: Model, names: tuple[str, ...]) -> Selection:
    """Return the properties called `names`, all if there are none; UsageError for a name that is none."""
    known = (*BUILT_IN, *(prop.name for prop in model.properties))
    for name in names:
        if name not in known:
            raise UsageError(f"no property `{name}`; there are {', '.join(known)}")
    chosen: list[Property] = [prop for prop in model.properties if not names or prop.name in names]
    return Selection(
        tuple(prop for prop in chosen if isinstance(prop, Invariant)),
        tuple(prop for prop in chosen if isinstance(prop, StepProperty)),
        tuple(prop for prop in chosen if isinstance(prop, Sometimes)),
        tuple(prop for prop in chosen if isinstance(prop, Progress)),
        tuple(prop for prop in chosen if isinstance(prop, (LeadsTo, Eventually, AlwaysEventually))),
        not names or DEADLOCK in names,
        not names or ORPHAN in names,
    )


def select_witness(model: Model, name: str) -> Selection:
    """Return the one `sometimes` property `name`; UsageError if there is none."""
    known = [prop.name for prop in model.properties if isinstance(prop, Sometimes)]
    if name not in known:
        raise UsageError(f"no `sometimes` property `{name}`; there are {', '.join(known) or 'none'}")
    return select(model, (name,))


def with_duties(model: Model, *, oblige: tuple[str, ...], free: tuple[str, ...]) -> Model:
    """Return `model` with all actions of `oblige` obliged and all of `free` free; UsageError for unknown actors."""
    known = [actor.name for actor in model.actors]
    for name in (*oblige, *free):
        if name not in known:
            raise UsageError(f"no actor `{name}`; there are {', '.join(known)}")
    duties = {**dict.fromkeys(oblige, Duty.OBLIGED), **dict.fromkeys(free, Duty.MAY)}
    if not duties:
        return model

    def changed(actor: Actor) -> Actor:
        return replace(actor, duty=duties.get(actor.name, actor.duty))

    def taken(action: Action) -> Action:
        return replace(action, duty=duties.get(action.owner, action.duty))

    return replace(model, actors=tuple(map(changed, model.actors)), actions=tuple(map(taken, model.actions)))
