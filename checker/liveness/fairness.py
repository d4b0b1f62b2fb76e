"""What fairness asks of a behaviour: of each actor that it does what it owes, of strongly fair actions more.

An obliged actor is *weakly fair*: if from some time on it always has an obliged action enabled, it takes one of its
obliged actions again and again. An action declared strong is *strongly fair*: if it is enabled again and again, it is
taken again and again. May-actions and faults are asked nothing. "Taken" means by its owner: who is only moved as a
participant has not acted. A step counts as taken even if it changes nothing, so what is fair does not depend on which
variables a pass keeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checker.ir.nodes import Duty, Model

CONDITIONS = 63  # that fit a word of the native engine


@dataclass(frozen=True, slots=True)
class Fairness:
    """Each condition is a bit. An action *does* the conditions that taking it meets; so where it is enabled, they are.

    Invariant: a condition is enabled in a state if and only if an action that does it is enabled there.
    """

    weak: int
    strong: int
    does: tuple[int, ...]  # by action
    owing: tuple[tuple[str, int], ...] = ()  # the actors, and the strong actions, each with its bit

    @property
    def fits(self) -> bool:
        """True if the native engine can judge it."""
        return (self.weak | self.strong).bit_length() <= CONDITIONS


def fairness(model: Model, *, oblige: Iterable[str] = ()) -> Fairness:
    """Return the fairness of `model`; the may-actions of `oblige` are owed as well."""
    obliging = frozenset(oblige)
    owed = [a.duty is Duty.OBLIGED or (a.duty is Duty.MAY and a.owner in obliging) for a in model.actions]
    owners = [
        a.name for a in model.actors if any(o and x.owner == a.name for o, x in zip(owed, model.actions, strict=True))
    ]
    bits = {name: 1 << place for place, name in enumerate(owners)}
    does = [bits[a.owner] if o else 0 for o, a in zip(owed, model.actions, strict=True)]
    owing = list(bits.items())
    weak, strong = (1 << len(owners)) - 1, 0
    for place, action in enumerate(model.actions):
        if owed[place] and action.strong:
            bit = (weak | strong) + 1
            does[place] |= bit
            strong |= bit
            owing.append((action.name, bit))
    return Fairness(weak, strong, tuple(does), tuple(owing))
