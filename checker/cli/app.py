"""The command group. Without a subcommand's name, `check SPEC …` checks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from checker.cli.check import check
from checker.cli.crash import ExitCode
from checker.cli.expected import expected
from checker.cli.graph import graph
from checker.cli.listing import list_specs, show
from checker.cli.replay import replay
from checker.cli.simulate import simulate

DEFAULT = "check"


class DefaultGroup(click.Group):
    """A group whose default command needs no name: `check dining --all` is `check check dining --all`.

    A spec named like a subcommand is given as a path.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((arg for arg in args), None)
        if first is None:
            args = ["--help"]
        elif first not in self.commands and first not in ("--help", "-h", "--version"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "SPEC [--set NAME=VALUE]… [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND …", prefix="   or: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of the default command, then the other commands."""
        default = self.commands[DEFAULT]
        default.format_options(click.Context(default, info_name=DEFAULT, parent=ctx), formatter)
        others = [(name, self.commands[name].get_short_help_str(90)) for name in self.commands if name != DEFAULT]
        with formatter.section("Commands (check COMMAND --help)"):
            formatter.write_dl(others)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="knotcheck", prog_name="knotcheck")
def app() -> None:
    """Explore every interleaving of SPEC and say who can never move again, and why.

    SPEC is a name from `check list`, or a file: path.py or path.py:Name.

    \b
    Exit codes: 0 holds · 11 deadlock, orphan, hostage or progress · 12 invariant, assertion or range
    20 incomplete · 150 the spec is wrong · 2 usage · 130 interrupted · 255 our bug
    """


for command in (check, list_specs, expected, show, replay, simulate, graph):
    app.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Run the command line `arguments` and return its exit code; everything it says goes to stdout and stderr."""
    with ExitCode() as outcome:
        result = app.main(args=list(arguments), prog_name="check", standalone_mode=False)
        outcome.code = result if isinstance(result, int) else 0
    return outcome.code


def main() -> NoReturn:
    """Enter the command: `check` on the shell."""
    sys.exit(run(sys.argv[1:]))
