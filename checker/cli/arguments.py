"""Arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeVar

import click

from checker.diagnostics import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])
SECONDS = 120  # after which a solver's command gives up


def spec_argument(command: Command) -> Command:
    return click.argument("spec")(command)


def set_option(command: Command) -> Command:
    return click.option(
        "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter of the spec. Repeatable."
    )(command)


def seconds_option(command: Command) -> Command:
    return click.option(
        "--seconds",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        default=SECONDS,
        show_default=True,
        help="Give up after so long.",
    )(command)


def solver_flags(properties: tuple[str, ...], seconds: float) -> tuple[str, ...]:
    """Return the words that give a solver's command the same properties and time again, if that is not the default."""
    limit = () if seconds == SECONDS else ("--seconds", f"{seconds:g}")
    return (*(word for name in properties for word in ("--property", name)), *limit)


def color_option(command: Command) -> Command:
    def apply(context: click.Context, _: click.Parameter, plain: bool) -> None:
        if plain:
            context.color = False

    return click.option(
        "--no-color", is_flag=True, expose_value=False, callback=apply, help="No colour (as with NO_COLOR set)."
    )(command)


def output_options(command: Command) -> Command:
    """Where the report and its pictures go, as for `check SPEC`."""
    options = (
        click.option("--json", metavar="FILE", help="Write the report as JSON; `-` for standard output."),
        click.option("--itf", metavar="FILE", help="Write the counterexample in the Informal Trace Format."),
        click.option("--pictures", metavar="DIR", help="Where pictures go. [default: knotcheck-out/SPEC]"),
        click.option("--png", is_flag=True, help="Draw PNG as well as SVG."),
        click.option("--no-pictures", is_flag=True, help="Draw nothing."),
        click.option("--quiet", "-q", is_flag=True, help="Print the verdict line only; no pictures."),
    )
    return reduce(lambda inner, option: option(inner), reversed(options), command)


def parse_settings(settings: Sequence[str]) -> dict[str, str]:
    """Read `name=value` words; UsageError for a word without `=` and for a name set twice to different values."""
    result: dict[str, str] = {}
    for word in settings:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {word}: write --set name=value")
        if result.setdefault(name, value) != value:
            raise UsageError(f"--set {name} is given twice: {result[name]} and {value}")
    return result
