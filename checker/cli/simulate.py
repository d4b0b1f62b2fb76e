"""`check simulate`: seeded random walks. They find what they come across and prove nothing."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from checker.api import simulate_model
from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say
from checker.cli.terminal import style
from checker.frontend import load
from checker.options import Options
from checker.render.text import render_report


@click.command()
@spec_argument
@set_option
@click.option("--walks", type=click.IntRange(min=1), default=1000, show_default=True, help="How many walks.")
@click.option("--depth", type=click.IntRange(min=1), default=200, show_default=True, help="Most steps of a walk.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed walks the same walks.")
@click.option("--coverage", is_flag=True, help="Print how often each action and each source line was executed.")
@color_option
def simulate(spec: str, settings: tuple[str, ...], walks: int, depth: int, seed: int, coverage: bool) -> int:
    """Walk SPEC at random. Never says that something holds."""
    given = parse_settings(settings)
    model = load(spec, given)
    report = simulate_model(model, walks=walks, depth=depth, options=Options(seed=seed))
    report = replace(report, spec=spec, settings=tuple(given.items()))
    say(render_report(report, style(sys.stdout), coverage=coverage))
    return report.exit_code
