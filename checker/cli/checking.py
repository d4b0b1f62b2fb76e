"""What `check SPEC` does: one check, its report, its files."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import Any

import click

from checker.api import check_model
from checker.cli.arguments import parse_settings
from checker.cli.output import STDOUT, Outputs, say, write_outputs
from checker.cli.progress import progress_line
from checker.cli.terminal import style
from checker.diagnostics import UsageError
from checker.engine.memory import parse_size
from checker.engine.replay import replay
from checker.ir.nodes import State
from checker.models import load
from checker.options import Options
from checker.render.text import render_report, render_witness, verdict_line, witness_line
from checker.report import Report

SMALLEST = 1 << 20  # bytes: who asks for less has left out the unit


def run_check(spec: str, settings: tuple[str, ...], coverage: bool, quiet: bool, more: dict[str, Any]) -> int:
    """Check `spec`, print its report, write its files; return the exit code. `more` are the command's other options."""
    given = parse_settings(settings)
    outputs = take_outputs(more, quiet=quiet)
    more["max_memory"] = memory_size(more["max_memory"])
    options = Options(**more)
    model = load(spec, given)
    with progress_line(quiet=quiet) as progress:
        report = check_model(model, options=options, progress=progress, verified=True)
    report = replace(report, spec=spec, settings=tuple(given.items()))
    names = write_outputs(report, outputs)
    if quiet or outputs.json == STDOUT:
        # With JSON on standard output, the verdict is for the eyes on standard error.
        last = verdict_line if options.witness is None else partial(witness_line, name=options.witness)
        click.echo(last(report, style=style(sys.stderr)), err=outputs.json == STDOUT)
    elif options.witness is not None:
        say(render_witness(report, options.witness, witness_states(report, options.witness), style(sys.stdout)))
    else:
        say(render_report(report, style(sys.stdout), files=names, coverage=coverage))
    return report.exit_code


def witness_states(report: Report, name: str) -> tuple[State, ...]:
    """Return the states along the witness of a `sometimes`; none if it was not met."""
    trace = next(result.witness for result in report.properties if result.name == name)
    return () if trace is None else replay(report.model, trace).states


def take_outputs(more: dict[str, Any], *, quiet: bool) -> Outputs:
    """Take what is about files out of the options; UsageError for combinations without meaning."""
    pictures, none = more.pop("pictures"), more.pop("no_pictures")
    if pictures is not None and none:
        raise UsageError("--pictures and --no-pictures exclude each other")
    wanted = None if none else pictures if pictures is not None else None if quiet else ""
    return Outputs(more.pop("json"), more.pop("itf"), more.pop("dot", None), wanted, more.pop("png"))


def memory_size(text: str | None) -> int | None:
    """Read `512M` as bytes (powers of 1024); UsageError for anything else, and for less than any search takes."""
    size = None if text is None else parse_size(text)
    if text is not None and size is None:
        raise UsageError(f"--max-memory {text}: write a size such as 512M or 8G")
    if size is not None and size < SMALLEST:
        raise UsageError(f"--max-memory {text}: that is less than a megabyte; give a unit, as in 512M or 8G")
    return size
