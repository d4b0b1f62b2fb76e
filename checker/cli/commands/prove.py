"""`check prove`: invariants and the absence of failing steps, for all values of the parameters left unknown."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import click

from checker.cli.arguments import color_option, output_options, parse_settings, set_option, spec_argument
from checker.cli.checking import take_outputs
from checker.cli.solved import found_violation, report_of, selected, tell, with_rows
from checker.diagnostics import InternalError
from checker.frontend import load
from checker.frontend.settings import ANY
from checker.ir.nodes import Model
from checker.models import describe
from checker.render.style import plural
from checker.report import Report, Verdict
from checker.symbolic.safety.bmc import Run, search
from checker.symbolic.safety.portfolio import Outcome, prove
from checker.symbolic.safety.proof import Met, Proved
from checker.symbolic.safety.relation import STEPS, safety

COMMAND = "check prove"


@click.command("prove")
@spec_argument
@set_option
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Prove only this property. Repeatable.")
@click.option("--seconds", type=click.FloatRange(min=0), default=120, show_default=True, help="Give up after so long.")
@output_options
@color_option
def command(
    spec: str, settings: tuple[str, ...], properties: tuple[str, ...], seconds: float, quiet: bool, **more: Any
) -> int:
    """Prove that invariants and action properties of SPEC hold and that no step fails.

    Parameters that SPEC marks `unbounded` stay unknown unless --set gives them: what is proved holds for all values.
    """
    given = parse_settings(settings)
    outputs = take_outputs(more, quiet=quiet)
    free = {p.name: ANY for p in describe(spec).parameters if p.unbounded and p.name not in given}
    model = load(spec, {**given, **free}, unbounded=True)
    names = selected(model, properties)
    began = time.monotonic()
    sought = tuple(name for name in (*safety(model), STEPS) if not names or name in names)
    outcome = prove(model, names, sought, seconds=seconds) if sought else Outcome()
    report = _report(model, names, outcome, spec, given)
    flags = tuple(word for name in properties for word in ("--property", name))
    report = replace(report, flags=flags, seconds=time.monotonic() - began)
    return tell(report, outputs, quiet=quiet, command=COMMAND, summary=_summary(model), outcome=outcome)


def _report(model: Model, names: tuple[str, ...], outcome: Outcome, spec: str, given: dict[str, str]) -> Report:
    decided: dict[str, tuple[Verdict, str]] = {}
    for name in (*safety(model), STEPS):
        if name in outcome.proved:
            decided[name] = Verdict.HOLDS, _how(outcome.proved[name])
        else:
            decided[name] = Verdict.INCOMPLETE, "neither proved nor refuted"
    if outcome.met is None:
        report = report_of(model, names, decided, spec=spec, seconds=outcome.seconds, runs={})
        return replace(report, settings=tuple(given.items()))
    run, values = _bounded(outcome.met, model, spec, given)
    decided[outcome.met.name] = Verdict.VIOLATED, ""
    report = found_violation(run, outcome.met.name, spec=spec, why="a counterexample to what was to be proved")
    return replace(with_rows(report, names, decided), settings=tuple({**given, **values}.items()))


def _how(proved: Proved) -> str:
    if proved.invariant:
        return f"{proved.method}, {plural(len(proved.invariant), 'clause')}"
    return f"{proved.method} over {plural(proved.depth, 'state')}"


def _bounded(met: Met, model: Model, spec: str, given: dict[str, str]) -> tuple[Run, dict[str, str]]:
    """Return a run that meets the target at values that a user can set, and these values: the spec compiled at them."""
    values = {name: str(value) for name, value in met.run.model.params if name in model.unbounded}
    if not values:
        return met.run, {}
    compiled = load(spec, {**given, **values})
    found = search(compiled, depth=len(met.run.states), names=(met.name,), meet=False)
    if found.violated != met.name:
        raise InternalError(f"`{met.name}` is violated for {values} by the solver, and is not in the spec compiled so")
    return found.found[met.name], values


def _summary(model: Model) -> str:
    if not model.unbounded:
        return "for these parameters"
    return f"for all values of {', '.join(model.unbounded)}"
