"""`check SPEC`: one check, its report, its files."""

from __future__ import annotations

import sys
from typing import Any

import click

from checker.api import check_model
from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import STDOUT, say, write_outputs
from checker.cli.progress import progress_line
from checker.cli.terminal import style
from checker.frontend import load
from checker.render.text import render_report, render_witness, verdict_line


@click.command("check")
@spec_argument
@set_option
@click.option("--all", "go_on", is_flag=True, help="Go on after the first finding; give every property its verdict.")
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Check only this property. Repeatable.")
@click.option(
    "--waits",
    type=click.Choice(["off", "structural", "complete"]),
    default="complete",
    show_default=True,
    help="Wait-for analysis: off; certificates only; certificates and exact detection.",
)
@click.option("--oblige", multiple=True, metavar="ACTOR", help="What if ACTOR had to act when it can? Repeatable.")
@click.option("--free", multiple=True, metavar="ACTOR", help="What if ACTOR owed nothing? Repeatable.")
@click.option("--witness", metavar="NAME", help="Print a shortest trace to the `sometimes` property NAME.")
@click.option("--strict", is_flag=True, help="Actions that never fired and `sometimes` never met are errors.")
@click.option("--max-states", type=click.IntRange(min=1), help="Stop after so many distinct states (incomplete).")
@click.option("--max-depth", type=click.IntRange(min=1), help="Stop after so many breadth-first levels (incomplete).")
@click.option("--max-seconds", type=click.FloatRange(min=0), help="Stop after so many seconds (incomplete).")
@click.option("--max-memory", metavar="SIZE", help="Stop at so much memory: 512M, 8G (incomplete).")
@click.option("--engine", default="auto", show_default=True, help="Which engine explores.")
@click.option("--coverage", is_flag=True, help="Print how often each action and each source line was executed.")
@click.option("--json", metavar="FILE", help="Write the report as JSON; `-` for standard output.")
@click.option("--itf", metavar="FILE", help="Write the counterexample in the Informal Trace Format.")
@click.option("--dot", metavar="FILE", help="Write the wait-for graph as DOT.")
@click.option("--pictures", metavar="DIR", help="Where pictures go. [default: knotcheck-out/SPEC, on a violation]")
@click.option("--png", is_flag=True, help="Draw PNG as well as SVG.")
@click.option("--no-pictures", is_flag=True, help="Draw nothing, write no trace.")
@click.option("--quiet", "-q", is_flag=True, help="Print the verdict line only; no pictures unless --pictures.")
@color_option
def check(spec: str, settings: tuple[str, ...], witness: str | None, coverage: bool, quiet: bool, **more: Any) -> int:
    """Check SPEC (the default command)."""
    model = load(spec, parse_settings(settings))
    with progress_line(quiet=quiet) as progress:
        report = check_model(model, options=make_options(more), progress=progress)
    outputs = make_outputs(more, quiet=quiet)
    names = write_outputs(report, outputs)
    if outputs.json == STDOUT or quiet:
        click.echo(verdict_line(report, style(sys.stderr)), err=outputs.json == STDOUT)
    elif witness is not None:
        say(render_witness(report, witness, style(sys.stdout)))
    else:
        say(render_report(report, style(sys.stdout), files=names, coverage=coverage))
    return report.exit_code
