"""What was walked, judged: the steps of some traces, explored as if there were no others.

A finding among them is a finding (its trace is one of the model's, and certificates look at the whole model); that
nothing was found, or met, says nothing. Exploring the walks rather than judging them one by one gives the shortest
trace that they contain together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from checker.api import check_model
from checker.interp import Interpreter
from checker.ir.nodes import Model, State
from checker.machine import Failure, Label
from checker.options import Options
from checker.report import Coverage, PropertyResult, Report, Verdict
from checker.trace import Trace
from checker.verdict import INCOMPLETE


class Walked(Interpreter):
    """The machine of a model that takes those steps only that were added."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._walked: dict[State, dict[Label, State | Failure]] = {}

    def add(self, trace: Trace, states: Sequence[State], failure: Failure | None = None) -> None:
        """Add the steps of `trace` through `states`; the last may fail."""
        targets: list[State | Failure] = [*states[1:], *([] if failure is None else [failure])]
        for state, label, target in zip(states[: len(targets)], trace.steps, targets, strict=True):
            self._walked.setdefault(state, {})[label] = target

    def successors(self, state: State) -> list[tuple[Label, State | Failure]]:
        return sorted(self._walked.get(state, {}).items(), key=lambda step: step[0])


def judge_walks(
    model: Model,
    walks: Iterable[tuple[Trace, Sequence[State], Failure | None]],
    *,
    why: str,
    spec: str,
    go_on: bool = False,
    waits: str = "structural",
) -> Report:
    """Return the report on what was walked. It says *violated* or *incomplete* (because of `why`), never *holds*."""
    machine = Walked(model)
    for walk in walks:
        machine.add(*walk)
    options = Options(waits=waits, go_on=go_on)
    report = check_model(model, options=options, spec=spec, machine=machine)
    return replace(
        report,
        verdict=Verdict.INCOMPLETE if report.verdict is Verdict.HOLDS else report.verdict,
        exit_code=INCOMPLETE if report.verdict is Verdict.HOLDS else report.exit_code,
        complete=False,
        stopped_by=why,
        properties=tuple(_open(result) for result in report.properties),
        warnings=(),
        flags=(),
        coverage=Coverage(report.coverage.actions),
    )


def judge_from(model: Model, state: State) -> Report:
    """Return the report of a complete check that starts in `state`.

    Who is stuck in a state depends on what is reachable from it only, so the findings of level 1 are exact for it.
    """
    pairs = zip(model.variables, state, strict=True)
    started = replace(model, variables=tuple(replace(variable, inits=(value,)) for variable, value in pairs))
    return check_model(started)


def _open(result: PropertyResult) -> PropertyResult:
    """Take back what only a search of everything can say: that a property holds, that a `sometimes` is never met."""
    unfounded = Verdict.VIOLATED if result.kind == "sometimes" else Verdict.HOLDS
    return replace(result, verdict=Verdict.INCOMPLETE, note="") if result.verdict is unfounded else result
