"""`check show`: what a spec is compiled to."""

from __future__ import annotations

import click

from checker.backends.native.layout import show_layout
from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say
from checker.frontend import load
from checker.ir.text import print_model


@click.command("show")
@spec_argument
@set_option
@click.option("--dump-after", metavar="PASS", help="Show the model as it leaves this pass.")
@click.option("--layout", is_flag=True, help="Show how the native engine packs a state instead.")
@color_option
def command(spec: str, settings: tuple[str, ...], dump_after: str | None, layout: bool) -> int:
    """Show the actions that SPEC is compiled to."""
    model = load(spec, parse_settings(settings), dump_after=dump_after)
    say(show_layout(model) if layout else print_model(model))
    return 0
