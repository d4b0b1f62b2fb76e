"""The liveness part of a check: verdicts, findings, and what is vacuous about the properties or about fairness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, combinations
from typing import TypeAlias

from checker.engine.exploration import Explored
from checker.ir.nodes import Duty, Liveness, Model
from checker.liveness.decide import Judged, TooLarge
from checker.liveness.demand import demand
from checker.liveness.fairness import Fairness, fairness
from checker.liveness.tell import tell
from checker.report import Finding, PropertyResult, Verdict
from checker.waits.analysis import WaitAnalysis
from checker.waits.complete import Pace, unhurried

Judge: TypeAlias = Callable[[Liveness, Fairness], Judged]
"""Judge a property under the given fairness, as `decide.Judge` and `native.Judge` do."""

FEW = 3  # actors among whom somebody is looked for whose obligation would help
SMALL = 200_000  # transitions of a graph that is judged again for that


@dataclass(slots=True)
class Lives:
    """What is known of the liveness properties of a check; nothing is, until they are judged."""

    properties: Sequence[Liveness]
    judged: dict[str, Judged] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    why_open: str = "the search is not complete"

    def judge(self, judge: Judge, exploration: Explored, analysis: WaitAnalysis, *, pace: Pace = unhurried) -> None:
        """Judge all of them on a complete exploration; Exhausted if `pace` finds, between two, a limit reached."""
        if exploration.failures:
            self.why_open = "a step fails, and what follows it is not known"
            return
        self.why_open = "it was not judged: a limit was reached before"
        fair = fairness(exploration.model)
        for prop in chain.from_iterable(pace([prop]) for prop in self.properties):
            try:
                found = self.judged[prop.name] = judge(prop, fair)
            except TooLarge as limit:
                self.why_open = str(limit)
                continue
            if found.lasso is not None:
                finding = tell(prop, found.lasso, exploration, analysis)
                if exploration.transitions <= SMALL:
                    finding = replace(finding, oblige=obligations(judge, exploration.model, prop, finding))
                self.findings[prop.name] = finding

    def results(self) -> Iterator[PropertyResult]:
        """Yield the verdict of each property."""
        for prop in self.properties:
            kind = demand(prop).kind.value
            if prop.name in self.findings:
                yield PropertyResult(prop.name, kind, Verdict.VIOLATED, finding=self.findings[prop.name])
            elif prop.name in self.judged:
                yield PropertyResult(prop.name, kind, Verdict.HOLDS)
            else:
                yield PropertyResult(prop.name, kind, Verdict.INCOMPLETE, self.why_open)

    def vacuous(self, model: Model, fired: Mapping[int, int]) -> Iterator[str]:
        """Say what demands nothing: properties, and fairness of actors that can never do what they owe.

        `fired` counts the steps of a complete search by action.
        """
        for found in self.judged.values():
            if found.idle:
                yield f"`{found.prop.name}` ({demand(found.prop).kind.value}) demands nothing: {found.idle}"
        if not self.judged:
            return
        owed = [(a.owner, fired[place]) for place, a in enumerate(model.actions) if a.duty is Duty.OBLIGED]
        acting = {owner for owner, times in owed if times}
        if idle := [f"`{owner}`" for owner in dict.fromkeys(owner for owner, _ in owed) if owner not in acting]:
            owes = "what it owes is" if len(idle) == 1 else "what they owe is"
            yield f"fairness of {', '.join(idle)} demands nothing: {owes} never enabled"


def obligations(judge: Judge, model: Model, prop: Liveness, finding: Finding) -> tuple[str, ...]:
    """Return a smallest set of one or two actors with whose may-actions owed `prop` holds; () if there is none."""
    assert finding.loop is not None
    idle = dict.fromkeys(enabler.actor for enabler in finding.loop.unowed if enabler.duty is Duty.MAY)
    candidates = list(idle)[:FEW]
    for chosen in chain(combinations(candidates, 1), combinations(candidates, 2)):
        try:
            if judge(prop, fairness(model, oblige=chosen)).lasso is None:
                return chosen
        except TooLarge:  # with what these owe besides
            continue
    return ()
