"""`check simulate`: seeded random walks. They find what they come across and prove nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace

import click

from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import say
from checker.cli.terminal import style
from checker.cli.walked import judge_walks
from checker.engine.simulate import Walk
from checker.engine.simulate import walks as random_walks
from checker.interp import Interpreter
from checker.models import load
from checker.render.style import plural
from checker.render.text import render_report
from checker.verdict import INTERRUPT


@click.command("simulate")
@spec_argument
@set_option
@click.option(
    "--walks", type=click.IntRange(min=1), metavar="N", default=100, show_default=True, help="How many walks."
)
@click.option(
    "--depth", type=click.IntRange(min=1), metavar="N", default=100, show_default=True, help="Most steps of a walk."
)
@click.option("--seed", type=int, metavar="N", default=0, show_default=True, help="The same seed walks the same walks.")
@click.option("--coverage", is_flag=True, help="Print how often each action was walked.")
@color_option
def command(spec: str, settings: tuple[str, ...], walks: int, depth: int, seed: int, coverage: bool) -> int:
    """Walk SPEC at random. What is found is real; that nothing is found proves nothing (exit 20)."""
    given = parse_settings(settings)
    model = load(spec, given)
    walked, interrupted = until_interrupted(random_walks(Interpreter(model), count=walks, depth=depth, seed=seed))
    report = judge_walks(
        model,
        ((walk.trace, walk.states, walk.failure) for walk in walked),
        why=f"{plural(len(walked), 'random walk')} (--seed {seed}) instead of a search",
        spec=spec,
    )
    if interrupted:
        report = replace(report, exit_code=INTERRUPT)
    flags = ("--walks", str(walks), "--depth", str(depth), "--seed", str(seed))
    report = replace(report, settings=tuple(given.items()), flags=flags)
    say(render_report(report, style(sys.stdout), coverage=coverage, command="check simulate"))
    return report.exit_code


def until_interrupted(walks: Iterable[Walk]) -> tuple[list[Walk], bool]:
    """Return the walks taken until all are, or until an interrupt; and whether there was one."""
    walked: list[Walk] = []
    try:
        walked.extend(walks)
    except KeyboardInterrupt:
        return walked, True
    return walked, False
