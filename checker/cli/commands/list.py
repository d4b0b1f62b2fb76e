"""`check list`: what specs there are, and what can be set in one."""

from __future__ import annotations

import sys

import click

from checker.cli.arguments import color_option
from checker.cli.output import say
from checker.cli.specs import render_catalogue, render_info
from checker.cli.terminal import style
from checker.info import catalogue
from checker.models import describe


@click.command("list")
@click.argument("spec", required=False)
@color_option
def command(spec: str | None) -> int:
    """List the catalogue, or the parameters and expected verdicts of SPEC."""
    if spec is None:
        say(render_catalogue({name: describe(name) for name in catalogue()}, style(sys.stdout)))
    else:
        say(render_info(describe(spec), style(sys.stdout)))
    return 0
