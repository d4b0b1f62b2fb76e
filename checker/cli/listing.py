"""`check list` and `check show`: what specs there are, and what one is compiled to."""

from __future__ import annotations

import sys

import click

from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say
from checker.cli.specs import render_catalogue, render_info
from checker.cli.terminal import style
from checker.frontend import catalogue, describe, load
from checker.ir.text import print_model


@click.command("list")
@click.argument("spec", required=False)
@color_option
def list_specs(spec: str | None) -> int:
    """List the catalogue, or the parameters and expected verdicts of SPEC."""
    if spec is None:
        say(render_catalogue({name: describe(name) for name in catalogue()}, style(sys.stdout)))
    else:
        say(render_info(describe(spec), style(sys.stdout)))
    return 0


@click.command()
@spec_argument
@set_option
@click.option("--dump-after", metavar="PASS", help="Show the model as it leaves this pass.")
@color_option
def show(spec: str, settings: tuple[str, ...], dump_after: str | None) -> int:
    """Show the actions that SPEC is compiled to."""
    say(print_model(load(spec, parse_settings(settings), dump_after=dump_after)))
    return 0
