"""What is looked for in each new state of a search: invariants, `sometimes`, certificates; the first of each is kept.

States come in the order of their traces (see `exploration`), so the first state that violates a property is the one
with the least trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from checker.engine.conditions import Mask, mask_of
from checker.engine.select import DEADLOCK, ORPHAN, Selection
from checker.ir.nodes import State
from checker.machine import Machine
from checker.report import Kind
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.conditions import MAY
from checker.waits.findings import PartialFinding, from_state


@dataclass(frozen=True, slots=True)
class Sighting:
    """The first state in which a property is seen violated by somebody who waits in vain."""

    number: int
    partial: PartialFinding


class Told(NamedTuple):
    """Masks of actors of whom something is told: anything, and what is wrong of the blocked (no hostage is)."""

    anything: int = 0
    blocked: int = 0


NOTHING = Told()


@dataclass(slots=True)
class Knots:
    """Who can never move again: the first sighting of each property it violates, and warnings."""

    analysis: WaitAnalysis
    selection: Selection
    first: dict[str, Sighting] = field(default_factory=dict)
    warnings: dict[tuple[str, ...], Sighting] = field(default_factory=dict)
    excused: list[int] = field(default_factory=list)  # of each state looked at: the mask of who rests or has finished
    demanded: frozenset[str] = field(init=False)
    demanded_mask: int = field(init=False)
    _warned: set[Certificates] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.demanded = self.selection.demanded
        self.demanded_mask = sum(self.analysis.bits[name] for name in self.demanded)

    def look(self, number: int, state: State) -> bool:
        """Look for certificates in a state; tell whether one violates what is selected."""
        masks, excused = self.analysis.look(state)
        self.excused.append(excused)
        if not masks.stuck:
            return False
        if self.violates(masks):
            return bool(self.unseen(masks) and self.record(number, state, None))
        if self.selection.deadlock and masks not in self._warned:
            self._warned.add(masks)
            self.record(number, state, None)
        return False

    def violates(self, masks: Certificates) -> bool:
        """Tell whether masks of stuck actors certainly mean an error of a kind that is selected or may be."""
        wanted = self.selection.deadlock or self.selection.orphan
        return bool((masks.blocked and wanted) or masks.stuck & self.demanded_mask)

    def unseen(self, masks: Certificates) -> bool:
        """Tell whether a property that such masks can violate has not been seen violated."""
        names = self._progress_of(self.analysis.names(masks.stuck & self.demanded_mask))
        if masks.blocked:
            names += [DEADLOCK] * self.selection.deadlock + [ORPHAN] * self.selection.orphan
        return any(name not in self.first for name in names)

    def beyond(self, state: State, exact: Certificates) -> bool:
        """Tell whether somebody who must not be stuck is so in a state, and has no certificate there."""
        masks = self.analysis.certificates(state)
        return bool(exact.blocked & ~masks.blocked or exact.stuck & self.demanded_mask & ~masks.stuck)

    def told(self, state: State) -> Told:
        """Return of whom certificates in a state tell something that is selected."""
        found = [
            partial
            for partial in from_state(self.analysis, state, demanded=self.demanded)
            if not partial.warning and self.violated(partial)
        ]
        anything = {name for partial in found for name in partial.actors}
        blocked = {name for partial in found if partial.problem.level == MAY for name in partial.actors}
        return Told(self._mask(anything), self._mask(blocked))

    def _mask(self, names: Iterable[str]) -> int:
        return sum(self.analysis.bits[name] for name in names)

    def record(self, number: int, state: State, exact: Certificates | None, *, accounted: Told = NOTHING) -> bool:
        """Classify a state; keep what is the first of its kind; tell whether anything selected is violated in it.

        Of what concerns the actors that are `accounted` for only progress is kept; for what is wrong of the blocked
        accounts nothing less.
        """
        found = False
        for partial in from_state(self.analysis, state, demanded=self.demanded, exact=exact):
            if partial.warning:
                if self.selection.deadlock:
                    self.warnings.setdefault(tuple(sorted(partial.problem.core)), Sighting(number, partial))
                continue
            enough = accounted.blocked if partial.problem.level == MAY else accounted.anything
            is_told = self._mask(partial.actors) & enough
            for name in self._progress_of(partial.actors) if is_told else self.violated(partial):
                found = True
                self.first.setdefault(name, Sighting(number, partial))
        return found

    def violated(self, partial: PartialFinding) -> list[str]:
        """Return the names of the selected properties that `partial` violates."""
        names = self._progress_of(partial.actors)
        if partial.kind is Kind.DEADLOCK and self.selection.deadlock:
            names.append(DEADLOCK)
        if partial.kind is Kind.ORPHAN and self.selection.orphan:
            names.append(ORPHAN)
        return names

    def _progress_of(self, actors: tuple[str, ...]) -> list[str]:
        return [prop.name for prop in self.selection.progress if prop.to is None and prop.actor in actors]


class Watch:
    """The `inspect` hook of a search."""

    def __init__(self, machine: Machine, selection: Selection, *, knots: Knots | None, stop_at_witness: bool) -> None:
        self.broken: dict[str, int] = {}  # invariant -> first state
        self.witnesses: dict[str, int] = {}  # sometimes -> first state
        self._knots = knots
        self._stop_at_witness = stop_at_witness
        self._invariants = selection.invariants
        self._sometimes = selection.sometimes
        self._mask: Mask | None = None
        if self._invariants or self._sometimes:
            exprs = [prop.expr for prop in self._invariants] + [prop.expr for prop in self._sometimes]
            self._mask = mask_of(machine, exprs)
        self._must = (1 << len(self._invariants)) - 1
        self._unmet = ((1 << len(self._sometimes)) - 1) << len(self._invariants)

    def __call__(self, number: int, state: State) -> bool:
        found = False
        if self._mask is not None:
            holds = self._mask(state, None)
            if holds & self._must != self._must:
                found = True
                self._break(number, holds)
            if holds & self._unmet:
                found = self._meet(number, holds & self._unmet) or found
        if self._knots is not None and self._knots.look(number, state):
            found = True
        return found

    def _break(self, number: int, holds: int) -> None:
        for place, prop in enumerate(self._invariants):
            if not holds >> place & 1:
                self.broken.setdefault(prop.name, number)

    def _meet(self, number: int, met: int) -> bool:
        self._unmet &= ~met
        for place, prop in enumerate(self._sometimes, start=len(self._invariants)):
            if met >> place & 1:
                self.witnesses[prop.name] = number
        return self._stop_at_witness
