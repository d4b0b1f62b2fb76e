"""What is checked: which properties, and with whose duties."""

from __future__ import annotations

from dataclasses import dataclass, replace

from checker.diagnostics import UsageError, choices
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
    names = property_names(model, names)
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


def property_names(model: Model, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the properties that `given` names, by themselves or as a family; UsageError if one is none.

    `works` are `works[0]` and `works[1]`; `ends` are `ends(worker[0])` and `ends(worker[1])`.
    """
    return _members("property", given, (*BUILT_IN, *(prop.name for prop in model.properties)))


def _members(what: str, given: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for name in given:
        members = [name] if name in known else [one for one in known if family(one) == name]
        if not members:
            raise UsageError(f"no {what} `{name}`{choices(name, known)}")
        found += members
    return tuple(dict.fromkeys(found))


def family(name: str) -> str:
    """Return the name as the spec declares it, without the keys and the actor that tell its members apart."""
    stem = name.partition("(")[0]
    while stem.endswith("]"):
        stem = stem.rpartition("[")[0]
    return stem


def select_witness(model: Model, name: str) -> Selection:
    """Return the one `sometimes` property `name`; UsageError if there is none."""
    known = tuple(prop.name for prop in model.properties if isinstance(prop, Sometimes))
    if name not in known:
        raise UsageError(f"no `sometimes` property `{name}`{choices(name, known)}")
    return select(model, (name,))


def with_duties(model: Model, *, oblige: tuple[str, ...], free: tuple[str, ...]) -> Model:
    """Return `model` with all actions of `oblige` obliged and all of `free` free, actors or families of them.

    UsageError for unknown actors, and for one that is to be both.
    """
    known = tuple(actor.name for actor in model.actors)
    obliged, freed = _members("actor", oblige, known), _members("actor", free, known)
    for name in obliged:
        if name in freed:
            raise UsageError(f"actor `{name}` is both obliged and freed")
    duties = {**dict.fromkeys(obliged, Duty.OBLIGED), **dict.fromkeys(freed, Duty.MAY)}
    if not duties:
        return model

    def changed(actor: Actor) -> Actor:
        return replace(actor, duty=duties.get(actor.name, actor.duty))

    def taken(action: Action) -> Action:
        return replace(action, duty=duties.get(action.owner, action.duty))

    return replace(model, actors=tuple(map(changed, model.actors)), actions=tuple(map(taken, model.actions)))
