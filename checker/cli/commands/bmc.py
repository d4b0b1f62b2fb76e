"""`check bmc`: bounded model checking. It finds a shortest counterexample; that it finds none proves nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import click

from checker.cli.arguments import (
    color_option,
    output_options,
    parse_settings,
    seconds_option,
    set_option,
    solver_flags,
    spec_argument,
)
from checker.cli.checking import take_outputs
from checker.cli.progress import status_line
from checker.cli.solved import found_violation, report_of, selected, tell, with_rows
from checker.ir.nodes import Model
from checker.models import load
from checker.render.style import duration, plural
from checker.report import Report, Verdict
from checker.symbolic.deadline import Deadline
from checker.symbolic.relation import STEPS, safety
from checker.symbolic.safety.bmc import Searched, search

COMMAND = "check bmc"


@click.command("bmc")
@spec_argument
@set_option
@click.option(
    "--depth", type=click.IntRange(min=0), metavar="N", default=20, show_default=True, help="Most steps of a run."
)
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Check only this property. Repeatable.")
@seconds_option
@output_options
@color_option
def command(
    spec: str,
    settings: tuple[str, ...],
    depth: int,
    properties: tuple[str, ...],
    seconds: float,
    quiet: bool,
    **more: Any,
) -> int:
    """Look for a shortest run of SPEC to a violation of an invariant or action property, or to a step that fails."""
    given = parse_settings(settings)
    outputs = take_outputs(more, quiet=quiet)
    model = load(spec, given)
    names = selected(model, properties)
    began = time.monotonic()
    with status_line("translating…", quiet=quiet) as line:

        def show(length: int) -> None:
            if line is not None:
                line(f"no violation within {plural(length, 'step')}, {duration(time.monotonic() - began)}")

        found = search(model, depth=depth, names=names, deadline=Deadline.after(seconds), heard=show)
    report = _report(model, names, found, spec, time.monotonic() - began)
    flags = "--depth", str(depth), *solver_flags(properties, seconds)
    report = replace(report, settings=tuple(given.items()), flags=flags)
    return tell(report, outputs, quiet=quiet, command=COMMAND, summary=_summary(found))


def _report(model: Model, names: tuple[str, ...], found: Searched, spec: str, seconds: float) -> Report:
    """Return the report: of the violation if there is one, otherwise of how far the search came."""
    decided: dict[str, tuple[Verdict, str]] = {}
    for name in (*safety(model), STEPS):
        if found.exhausted:
            decided[name] = Verdict.HOLDS, f"no run has more than {plural(found.depth, 'step')}"
        else:
            decided[name] = Verdict.INCOMPLETE, _within(found)
    decided |= dict.fromkeys(found.found, (Verdict.HOLDS, ""))  # `sometimes` that are met
    if found.violated:
        decided[found.violated] = Verdict.VIOLATED, ""
        report = found_violation(found.found[found.violated], found.violated, spec=spec, why="bounded search")
        return replace(with_rows(report, names, decided), seconds=seconds)
    return report_of(model, names, decided, spec=spec, seconds=seconds, runs=found.found, interrupted=found.interrupted)


def _within(found: Searched) -> str:
    return f"no violation within {plural(found.depth, 'step')}" if found.depth >= 0 else "nothing was tried"


def _summary(found: Searched) -> str:
    if found.exhausted:
        return f"every run ends within {plural(found.depth, 'step')}: there is nothing longer to look for"
    stopped = f"; stopped by {found.stopped_by}" if found.stopped_by else ""
    return f"{_within(found)}{stopped}. Longer runs were not looked at"
