"""What solvers found, as a report: runs taken again by the interpreter, verdicts by property, reasons for the rest."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

import click

from checker.cli.output import STDOUT, Outputs, say, write_outputs
from checker.cli.terminal import style
from checker.cli.walked import judge_walks
from checker.engine.conditions import holds
from checker.engine.exploration import INTERRUPTED
from checker.engine.replay import replay
from checker.engine.select import BUILT_IN, property_names
from checker.interp import Interpreter
from checker.ir.nodes import (
    AlwaysEventually,
    Eventually,
    Invariant,
    LeadsTo,
    Model,
    Progress,
    Property,
    Sometimes,
    State,
    StepProperty,
)
from checker.liveness.demand import demand
from checker.render.proved import Allowed, Clause, render_solved
from checker.render.text import render_report, verdict_line
from checker.report import Coverage, PropertyResult, Report, Verdict
from checker.symbolic.progress import Attempt
from checker.symbolic.proof import Open
from checker.symbolic.relation import STEPS
from checker.symbolic.safety.bmc import Run, trace_of
from checker.symbolic.safety.portfolio import Outcome
from checker.verdict import judge

SHOWN = 3  # states that no proof excludes
NO_STEP_FAILS = "no step fails"  # how it is printed: no assertion, range or ownership is broken by a step
Decided = Mapping[str, tuple[Verdict, str]]
"""Verdict and remark of each property that something was found out about; of `steps` too."""


def selected(model: Model, properties: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that `--property` gives, `steps` among them; UsageError for one that is none."""
    steps = tuple(name for name in properties if name == STEPS)
    return (*steps, *property_names(model, tuple(name for name in properties if name != STEPS)))


def found_violation(run: Run, name: str, *, spec: str, why: str) -> Report:
    """Return the report of a run to a violation of `name`, as a search would have found it.

    InternalError if the interpreter does not take these steps.
    """
    prop = next((p for p in run.model.properties if p.name == name), None)
    machine = Interpreter(run.model)

    def broken(before: State, after: State) -> bool:
        return isinstance(prop, StepProperty) and not holds(machine, prop.expr, after, before)

    trace, states, failure = trace_of(run, broken=broken)
    about = replace(run.model, properties=() if prop is None else (prop,))
    report = judge_walks(about, [(trace, states, failure)], why=why, spec=spec, waits="off")
    return replace(report, model=run.model)


def report_of(
    model: Model,
    properties: tuple[str, ...],
    decided: Decided,
    *,
    spec: str,
    seconds: float,
    runs: Mapping[str, Run],
    interrupted: bool = False,
) -> Report:
    """Return the report in which the selected properties have the verdicts `decided`; all others are open.

    `runs` meet `sometimes` properties; if it was `interrupted`, there might be more.
    """
    rows = tuple(_rows(model, properties, decided, runs))
    stopped = "" if all(row.verdict is not Verdict.INCOMPLETE for row in rows) else "the solver's limits"
    stopped = INTERRUPTED if interrupted else stopped
    verdict, code = judge(rows, (), stopped_by=stopped, unmet=False)
    empty = Coverage(())
    return Report(
        model, spec, (), verdict, code, 0, 0, 0, seconds, verdict is Verdict.HOLDS, rows, (), (), empty, stopped
    )


def with_rows(report: Report, properties: tuple[str, ...], decided: Decided) -> Report:
    """Return the report of a violation with the verdicts of the other properties."""
    violated = {result.name: result for result in report.properties if result.verdict is Verdict.VIOLATED}
    rows = (violated.get(row.name, row) for row in _rows(report.model, properties, decided, {}))
    return replace(report, properties=tuple(rows))


def tell(
    report: Report,
    outputs: Outputs,
    *,
    quiet: bool,
    command: str,
    summary: str,
    outcome: Outcome | None = None,
    attempt: Attempt | None = None,
) -> int:
    """Write the files and print the report; return the exit code. `summary` says what was looked at."""
    files = write_outputs(report, outputs)
    if quiet or outputs.json == STDOUT:
        click.echo(verdict_line(report, style(sys.stderr)), err=outputs.json == STDOUT)
    elif report.findings:
        say(render_report(report, style(sys.stdout), files=files, command=command))
    else:
        found = outcome or Outcome()
        clauses: list[Clause] = list({c: None for proved in found.proved.values() for c in proved.invariant})
        allowed: list[Allowed] = [one for name, one in found.open.items() if name not in found.proved]
        ranking: list[str] = []
        if attempt is not None:
            clauses += attempt.proof.invariant
            ranking = [rank.says for rank in attempt.proof.ranks]
            allowed += not_excluded(attempt)[:SHOWN]
        shown = style(sys.stdout)
        text = render_solved(report, shown, summary, clauses=clauses, ranking=ranking, allowed=allowed, command=command)
        say(text)
    return report.exit_code


def not_excluded(attempt: Attempt) -> list[Open]:
    """Return the states that show why somebody is not proved to go on, one for each."""
    found: dict[str, Open] = {}
    for item in attempt.open:
        enabled = ", ".join(item.enabled) or "nothing"
        found.setdefault(item.about, replace(item, name=f"{item.name} (enabled there: {enabled})"))
    return list(found.values())


def _rows(model: Model, properties: tuple[str, ...], decided: Decided, runs: Mapping[str, Run]) -> list[PropertyResult]:
    names = [STEPS, *BUILT_IN, *(prop.name for prop in model.properties)]
    kinds = {prop.name: _kind(prop) for prop in model.properties} | {name: name for name in BUILT_IN}
    found = []
    for name in names:
        if properties and name not in properties:
            continue
        verdict, note = decided.get(name, (Verdict.INCOMPLETE, "this command does not decide it"))
        shown, kind = (NO_STEP_FAILS, "assertion, range, ownership") if name == STEPS else (name, kinds[name])
        witness = trace_of(runs[name], broken=lambda *_: True)[0] if name in runs else None
        if witness is not None:
            replay(runs[name].model, witness)
        found.append(PropertyResult(shown, kind, verdict, note, witness=witness))
    return found


def _kind(prop: Property) -> str:
    match prop:
        case Invariant():
            return "invariant"
        case StepProperty():
            return "action property"
        case Sometimes():
            return "sometimes"
        case Progress():
            return "progress"
        case LeadsTo() | Eventually() | AlwaysEventually():
            return demand(prop).kind.value
        case _:
            assert_never(prop)
