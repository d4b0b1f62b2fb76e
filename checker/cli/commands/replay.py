"""`check replay`: take the steps of a trace again, print them, exit with the verdict they lead to."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say
from checker.cli.terminal import style
from checker.cli.walked import judge_from, judge_walks
from checker.diagnostics import UsageError
from checker.engine.replay import NotATrace, Replay
from checker.engine.replay import replay as replay_trace
from checker.engine.select import select, with_duties
from checker.frontend import compile_expression, load
from checker.interp import Interpreter
from checker.ir.domains import show
from checker.ir.nodes import Expr, Model, State
from checker.ir.walk import variables
from checker.liveness.tell import round_of, told, unfairness
from checker.machine import Undefined
from checker.render.text import render_replayed, render_trace
from checker.report import Finding, Report
from checker.trace import Trace
from checker.verdict import exit_code
from checker.waits.analysis import WaitAnalysis

MISMATCH = 255
OTHER = "the trace is of another spec, of other settings, or of an older version"


@click.command("replay")
@spec_argument
@set_option
@click.option("--trace", "code", required=True, metavar="TRACE", help="As printed under a counterexample: 0/3/1.2/4")
@click.option("--eval", "texts", multiple=True, metavar="EXPR", help="Print EXPR in every state. Repeatable.")
@click.option("--exact", is_flag=True, help="Judge the last state by a search from there.")
@click.option("--loop", type=click.IntRange(min=0), metavar="N", help="From the end back to the state after step N.")
@click.option("--oblige", multiple=True, metavar="ACTOR", help="As in the check that printed the trace.")
@click.option("--free", multiple=True, metavar="ACTOR", help="As in the check that printed the trace.")
@color_option
def command(
    spec: str,
    settings: tuple[str, ...],
    code: str,
    texts: tuple[str, ...],
    exact: bool,
    loop: int | None,
    oblige: tuple[str, ...],
    free: tuple[str, ...],
) -> int:
    """Take the steps of TRACE again, print them, and exit with the verdict they lead to."""
    given = parse_settings(settings)
    model = with_duties(load(spec, given), oblige=oblige, free=free)
    try:
        trace = Trace.parse(code)
    except ValueError:
        raise UsageError(f"--trace {code}: a trace looks like 0/3/1.2/4") from None
    expressions = [(text, readable(compile_expression(spec, given, text), model, text)) for text in texts]
    try:
        replayed = replay_trace(model, trace)
    except NotATrace as error:
        click.echo(f"mismatch: {error}\n{OTHER}", err=True)
        return MISMATCH
    report = judge_walks(
        model,
        [(trace, replayed.states, replayed.failure)],
        why="the end of the trace",
        spec=spec,
        go_on=True,
    )
    looped = [] if loop is None else for_ever(model, trace, replayed, loop)
    findings = [
        *looped,
        *at_the_end(report, trace, replayed, exact=exact),
        *(finding for finding in report.findings if not finding.warning),
    ]
    notes = [evaluated(model, expressions, state) for state in replayed.states] if texts else []
    shown = style(sys.stdout)
    found = findings[0] if findings else None
    goes_on = None if found is None else found.loop
    say("\n".join(render_trace(model, trace, replayed.states, shown, loop=goes_on, notes=notes)))
    if loop is not None and not looped and (lazy := unfair(model, trace, replayed, loop)):
        say(f"\nthat is no fair behaviour: {lazy}")
    verdict = 0 if found is None else exit_code(found.kind)
    say("\n" + render_replayed(model, found, shown, code=verdict))
    return verdict


def at_the_end(report: Report, trace: Trace, replayed: Replay, *, exact: bool) -> list[Finding]:
    """Return the findings in the last state; with `exact` those too that only a search from there can show."""
    last = [finding for finding in report.findings if finding.state == replayed.states[-1] and not finding.warning]
    if last or not exact or replayed.failure is not None:
        return last
    found = judge_from(report.model, replayed.states[-1]).findings
    here = (one for one in found if one.level == 1 and not one.warning and not one.kind.is_liveness)
    return [replace(finding, trace=trace) for finding in here]


def for_ever(model: Model, trace: Trace, replayed: Replay, loop: int) -> list[Finding]:
    """Return the liveness properties that the lasso violates; UsageError if the trace does not come back there."""
    states = replayed.states
    if replayed.failure is not None or loop >= len(states) or states[-1] != states[loop]:
        raise UsageError(f"--loop {loop}: the trace does not end in the state after step {loop}")
    analysis = WaitAnalysis(Interpreter(model))
    found = (told(prop, analysis, trace, states, start=loop) for prop in select(model, ()).liveness)
    return [finding for finding in found if finding is not None]


def unfair(model: Model, trace: Trace, replayed: Replay, loop: int) -> str:
    """Say who does not do what fairness demands in the cycle from step `loop` on; "" if everybody does."""
    analysis, states = WaitAnalysis(Interpreter(model)), replayed.states
    return " · ".join(unfairness(analysis, round_of(states, loop), trace.steps[loop:]))


def readable(expr: Expr, model: Model, text: str) -> Expr:
    """Return `expr`; UsageError if it reads what the passes have dropped from the model, because nothing else does."""
    known = {variable.name for variable in model.variables}
    dropped = sorted(variables(expr) - known)
    if dropped:
        raise UsageError(f"--eval {text}: nothing reads `{dropped[0]}`, so it is not part of the state")
    return expr


def evaluated(model: Model, expressions: list[tuple[str, Expr]], state: State) -> str:
    """Return `text = value` of every expression in `state`."""
    machine = Interpreter(model)
    parts = []
    for text, expr in expressions:
        try:
            parts.append(f"{text} = {show(expr.type, machine.evaluate(expr, state))}")
        except Undefined as error:
            parts.append(f"{text} has no value: {error.message}")
    return "   ".join(parts)
