"""`check show`: what a spec is compiled to."""

from __future__ import annotations

import click

from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say
from checker.frontend import load
from checker.ir.text import print_model


@click.command("show")
@spec_argument
@set_option
@click.option("--dump-after", metavar="PASS", help="Show the model as it leaves this pass.")
@color_option
def command(spec: str, settings: tuple[str, ...], dump_after: str | None) -> int:
    """Show the actions that SPEC is compiled to."""
    say(print_model(load(spec, parse_settings(settings), dump_after=dump_after)))
    return 0
