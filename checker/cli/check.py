"""`check SPEC`, as click sees it. What it does is loaded when it is done: the start must not pay for the engine."""

from __future__ import annotations

import importlib
from typing import Any

import click

from checker.cli.arguments import color_option, set_option, spec_argument
from checker.options import ENGINES, WAITS


@click.command("check")
@spec_argument
@set_option
@click.option("--all", "go_on", is_flag=True, help="Go on after the first finding; give every property its verdict.")
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Check only this property. Repeatable.")
@click.option("--waits", type=click.Choice(WAITS), default="complete", show_default=True, help="Wait-for analysis.")
@click.option("--oblige", multiple=True, metavar="ACTOR", help="What if ACTOR had to act when it can? Repeatable.")
@click.option("--free", multiple=True, metavar="ACTOR", help="What if ACTOR owed nothing? Repeatable.")
@click.option("--witness", metavar="NAME", help="Print a shortest trace to the `sometimes` property NAME.")
@click.option(
    "--strict", is_flag=True, help="Actions that could fire and never did, and `sometimes` never met, are errors."
)
@click.option(
    "--max-states", type=click.IntRange(min=1), metavar="N", help="Stop at so many distinct states (incomplete)."
)
@click.option(
    "--max-depth", type=click.IntRange(min=1), metavar="N", help="Stop at so many breadth-first levels (incomplete)."
)
@click.option("--max-seconds", type=float, metavar="SECONDS", help="Stop after so many seconds (incomplete).")
@click.option("--max-memory", metavar="SIZE", help="Stop at so much memory: 512M, 8G. [default: 80 % of what is free]")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="Who explores.")
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Threads of the native engine. [default: one a core]"
)
@click.option("--fingerprint", is_flag=True, help="Keep 64 bits of a state: less memory, a small chance to miss some.")
@click.option("--seed", type=int, metavar="N", default=0, show_default=True, help="Another fingerprint function.")
@click.option("--coverage", is_flag=True, help="Print how often each action and each source line was executed.")
@click.option("--json", metavar="FILE", help="Write the report as JSON; `-` for standard output.")
@click.option("--itf", metavar="FILE", help="Write the counterexample in the Informal Trace Format.")
@click.option("--dot", metavar="FILE", help="Write the wait-for graph as DOT.")
@click.option("--pictures", metavar="DIR", help="Where pictures go. [default on a violation: knotcheck-out/SPEC]")
@click.option("--png", is_flag=True, help="Draw PNG as well as SVG.")
@click.option("--no-pictures", is_flag=True, help="Draw nothing.")
@click.option("--quiet", "-q", is_flag=True, help="Print the verdict line only; no pictures unless --pictures.")
@color_option
def check(spec: str, settings: tuple[str, ...], coverage: bool, quiet: bool, **more: Any) -> int:
    """Check SPEC (the default command)."""
    return int(importlib.import_module("checker.cli.checking").run_check(spec, settings, coverage, quiet, more))
