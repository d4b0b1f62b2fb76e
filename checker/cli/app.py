"""The command group. Without a subcommand's name, `check SPEC …` checks."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from checker.cli.check import check
from checker.cli.crash import ExitCode
from checker.cli.garbage import look_rarely
from checker.diagnostics import UsageError, nearest

DEFAULT = "check"
WORD = "checker.cli.word"  # the first argument, kept in the context
OTHERS = {  # name -> what it does; the command itself is in the module of that name, loaded when it is called
    "list": "List the catalogue, or the parameters and expected verdicts of SPEC.",
    "expected": "Run the EXPECTED rows of SPEC (default: of every spec) and compare.",
    "show": "Show the actions that SPEC is compiled to.",
    "replay": "Take the steps of a trace again and print them.",
    "simulate": "Walk SPEC at random. Never says that something holds.",
    "graph": "Write the state graph of SPEC, as DOT or JSON.",
    "bmc": "Look for a shortest counterexample of at most so many steps, with z3.",
    "prove": "Prove that nobody hangs and invariants, for all values of unbounded parameters.",
    "certificate": "Check the certificate of a proof, with another solver.",
    "export": "Write SPEC as a TLA+ module.",
}


class DefaultGroup(click.Group):
    """A group whose default command needs no name: `check dining --all` is `check check dining --all`.

    A spec named like a subcommand is given as a path.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((arg for arg in args), None)
        ctx.meta[WORD] = first or ""
        if first is None:
            args = ["--help"]
        elif first not in self.list_commands(ctx) and first not in ("--help", "-h", "--version"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (UsageError, click.UsageError):
            if (meant := misspelt(ctx.meta[WORD])) is not None:
                raise UsageError(f"no command and no spec `{ctx.meta[WORD]}`; did you mean `check {meant}`?") from None
            raise

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "SPEC [--set NAME=VALUE]… [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND …", prefix="   or: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of the default command, then the other commands."""
        default = self.commands[DEFAULT]
        default.format_options(click.Context(default, info_name=DEFAULT, parent=ctx), formatter)
        with formatter.section("Commands (check COMMAND --help)"):
            formatter.write_dl(list(OTHERS.items()))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [DEFAULT, *OTHERS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in OTHERS:
            return super().get_command(ctx, cmd_name)
        found = importlib.import_module(f"checker.cli.commands.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found


def misspelt(word: str) -> str | None:
    """Return the command that `word` is probably meant to be: neither a command nor a spec is called so."""
    meant = nearest(word, (*OTHERS, "--help", "--version"))
    if meant is None or word in OTHERS or Path(f"{word}.py").is_file():
        return None
    known = importlib.import_module("checker.info").catalogue()
    return None if word in known or nearest(word, known) else meant


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="knotcheck", prog_name="knotcheck")
def app() -> None:
    """Explore every interleaving of SPEC and say who can never move again, and why.

    SPEC is a name from `check list`, or a file: path.py or path.py:Name.

    \b
    Exit codes: 0 holds · 11 deadlock, orphan, hostage or progress
    12 safety: invariant, action property, assertion, range, ownership
    13 liveness · 20 incomplete · 150 the spec is wrong · 2 usage · 130 interrupted · 255 our bug
    """


app.add_command(check)


def run(arguments: Sequence[str]) -> int:
    """Run the command line `arguments` and return its exit code; everything it says goes to stdout and stderr."""
    with ExitCode() as outcome:
        result = app.main(args=list(arguments), prog_name="check", standalone_mode=False)
        outcome.code = result if isinstance(result, int) else 0
    return outcome.code


def main() -> int:
    """Run the command line of this process and return its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell: `check … >&-`
            setattr(sys, name, io.StringIO())
    look_rarely()
    return run(sys.argv[1:])
