"""Where an actor stands: conjuncts only its own moves can change.

An action with a false location conjunct is no alternative of its owner: as long as the owner does not move, that
conjunct stays false. This is sound only if nobody else can change what it reads without moving the owner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from checker.ir.build import is_total
from checker.ir.leaves import Leaf, overlaps, reads, writes
from checker.ir.nodes import Action, Conjunct, Expr, Model


@dataclass(frozen=True, slots=True)
class Offence:
    """`writer` may change what the location `conjunct` of `action` reads, and does not move the owner of `action`."""

    action: Action
    conjunct: Conjunct
    writer: Action


class _Writers:
    def __init__(self, model: Model) -> None:
        self._places: dict[str, list[tuple[Leaf, Action]]] = {}
        for action in model.actions:
            for place in writes(action):
                self._places.setdefault(place.variable, []).append((place, action))

    def of(self, expr: Expr) -> list[Action]:
        """Return the actions that may write a leaf `expr` reads."""
        found = (
            action
            for leaf in reads(expr)
            for place, action in self._places.get(leaf.variable, ())
            if overlaps(place, leaf)
        )
        return list({action.name: action for action in found}.values())


def moves(action: Action, actor: str) -> bool:
    """Tell whether `actor` moves when `action` is taken."""
    return actor == action.owner or actor in action.participants


def locations(model: Model) -> Model:
    """Mark as location each conjunct that its owner's moves can change and nothing else can; put locations first.

    A conjunct that nobody can change is no location: to wait for what never comes is to wait. Actions that have a
    marked conjunct keep their marks: whoever set them knows where the owner stands, and a task that waits for what
    only itself could release waits, too.
    """
    writers = _Writers(model)
    return replace(
        model,
        actions=tuple(
            action if any(conjunct.location for conjunct in action.guard) else _marked(action, writers)
            for action in model.actions
        ),
    )


def _marked(action: Action, writers: _Writers) -> Action:
    locations: list[Conjunct] = []
    others: list[Conjunct] = []
    for conjunct in action.guard:
        # Neither what may have no value without the conjuncts before it, nor what would hide that those have none.
        movable = not others or (is_total(conjunct.expr) and all(is_total(other.expr) for other in others))
        if movable and _is_location(action.owner, writers.of(conjunct.expr)):
            locations.append(replace(conjunct, location=True))
        else:
            others.append(conjunct)
    return replace(action, guard=(*locations, *others))


def _is_location(owner: str, found: list[Action]) -> bool:
    return bool(found) and all(moves(action, owner) for action in found)


def offences(model: Model) -> tuple[Offence, ...]:
    """Return each (action, marked conjunct, writer) by which a location can change without its owner moving."""
    writers = _Writers(model)
    return tuple(
        Offence(action, conjunct, writer)
        for action in model.actions
        for conjunct in action.guard
        if conjunct.location
        for writer in writers.of(conjunct.expr)
        if not moves(writer, action.owner)
    )
