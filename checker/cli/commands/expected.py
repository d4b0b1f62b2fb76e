"""`check expected`: run the EXPECTED rows of specs side by side and compare verdicts and pinned counts."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import click

from checker.api import check_model
from checker.cli.arguments import color_option
from checker.cli.garbage import look_rarely
from checker.cli.output import say
from checker.cli.specs import settings_text
from checker.cli.terminal import style
from checker.diagnostics import SpecError, UsageError
from checker.engine.select import select
from checker.info import ExpectedRow, catalogue
from checker.ir.nodes import Model
from checker.models import describe, load
from checker.options import Options
from checker.render.style import GREEN, RED, YELLOW, Style, duration, plural, table, thousands
from checker.report import Report, Verdict

DIFFERS = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one row gave: `row` holds the verdict and the counts that were found, `problem` why there are none."""

    spec: str
    expected: ExpectedRow
    row: ExpectedRow
    seconds: float
    problem: str = ""
    fired: frozenset[str] = frozenset()  # actions
    idle: frozenset[str] = frozenset()  # that never fired

    @property
    def differences(self) -> tuple[str, ...]:
        """Name what differs: the verdict, or a count that is pinned."""
        if self.problem:
            return (self.problem,)
        pairs = ((name, getattr(self.expected, name), getattr(self.row, name)) for name in COMPARED)
        return tuple(f"{name} {shown(wanted)} expected" for name, wanted, got in pairs if wanted not in (None, got))


COMPARED = ("verdict", "states", "transitions", "depth", "violated")


def shown(pinned: object) -> str:
    return (", ".join(pinned) or "nothing") if isinstance(pinned, tuple) else str(pinned)


@click.command("expected")
@click.argument("specs", nargs=-1, metavar="[SPEC]…")
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), metavar="N", help="How many rows run at once. [default: all cores]"
)
@click.option("--update-expected", "update", is_flag=True, help="Rewrite the pinned counts in the specs' source.")
@color_option
def command(specs: tuple[str, ...], jobs: int | None, update: bool) -> int:
    """Run the EXPECTED rows of SPEC (default: of every spec in the catalogue) and compare."""
    names = specs or tuple(catalogue())
    outcomes = run_rows(names, jobs=jobs or len(os.sched_getaffinity(0)))
    if update:
        outcomes = rewrite(outcomes)
    say(render_outcomes(outcomes, style(sys.stdout)))
    return DIFFERS if any(outcome.differences for outcome in outcomes) else 0


def rewrite(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Pin the counts that were found, in the source of the specs. A verdict that differs is never rewritten: it is
    for a person to decide which of the two is wrong."""
    agree = [outcome for outcome in outcomes if outcome.row.verdict == outcome.expected.verdict]
    for spec in dict.fromkeys(outcome.spec for outcome in agree):
        importlib.import_module("checker.frontend").update_expected(
            describe(spec).path, [outcome.row for outcome in agree if outcome.spec == spec]
        )
    return [replace(outcome, expected=outcome.row) if outcome in agree else outcome for outcome in outcomes]


def run_rows(names: Sequence[str], *, jobs: int) -> list[Outcome]:
    """Run every row of the named specs, `jobs` at a time; UsageError if there is none."""
    rows = [(name, row) for name in names for row in describe(name).expected]
    if not rows:
        raise UsageError(f"no EXPECTED rows in {', '.join(names)}")
    workers = min(jobs, len(rows))
    if workers == 1:
        return [run_row(*row) for row in rows]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin) as pool:
        outcomes = [pool.submit(run_row, *row) for row in rows]
        try:
            return [outcome.result() for outcome in outcomes]
        except KeyboardInterrupt:
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def begin() -> None:
    """Begin a process of the pool: who started it ends it, not the terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    look_rarely()


def run_row(spec: str, expected: ExpectedRow) -> Outcome:
    """Check one row. A spec that is wrong, or cannot have these settings, is a result too."""
    try:
        model = load(spec, dict(expected.settings))
    except (SpecError, UsageError) as error:
        return Outcome(spec, expected, replace(expected, verdict="error"), 0.0, str(error))
    report = check_model(model, options=Options(workers=1), verified=True)  # rows run side by side: each has a core
    found = replace(
        expected,
        verdict=verdict_of(report),
        states=report.states,
        transitions=report.transitions,
        depth=report.depth,
        violated=None if expected.violated is None else never_happening(model, report.engine),
    )
    total = {name: total for name, _, total, _ in report.coverage.actions}
    fired = frozenset(name for name, count in total.items() if count)
    return Outcome(spec, expected, found, report.seconds, fired=fired, idle=frozenset(total) - fired)


def never_happening(model: Model, engine: str) -> tuple[str, ...]:
    """Return the names of the liveness properties that do not hold, by a search that stops at nothing.

    `engine` is where a search that may have stopped earlier has ended: this one, which is no shorter, begins there.
    """
    names = tuple(prop.name for prop in select(model, ()).liveness)
    if not names:
        return ()
    options = Options(properties=names, go_on=True, workers=1, engine="native" if engine == "native" else "auto")
    report = check_model(model, options=options, verified=True)
    return tuple(result.name for result in report.properties if result.verdict is not Verdict.HOLDS)


def verdict_of(report: Report) -> str:
    """Return a report's verdict as EXPECTED says it: `holds`, `incomplete`, or the kind of the first finding."""
    if report.verdict is Verdict.VIOLATED:
        first = next(finding for finding in report.findings if not finding.warning)
        return str(first.kind.value)
    return str(report.verdict.value)


def render_outcomes(outcomes: Sequence[Outcome], style: Style) -> str:
    """Return the table of rows and the verdict over all of them."""
    rows = [
        (
            style.paint("differs", RED) if outcome.differences else style.paint("ok", GREEN),
            outcome.spec,
            outcome.row.verdict,
            *(thousands(getattr(outcome.row, name) or 0) for name in COMPARED[1:-1]),
            duration(outcome.seconds),
            settings_text(outcome.expected),
            style.paint(", ".join(outcome.differences), RED),
        )
        for outcome in outcomes
    ]
    head = tuple(style.dim(word) for word in ("", "spec", "verdict", "states", "transitions", "depth", "time", "", ""))
    wrong = [outcome for outcome in outcomes if outcome.differences]
    if wrong:
        last = style.paint(f"✗ {len(wrong)} of {plural(len(outcomes), 'row')} differ (exit {DIFFERS})", RED, bold=True)
    else:
        last = style.paint(f"✓ {plural(len(outcomes), 'row')} as expected", GREEN, bold=True)
    unused = [style.paint(f"warning: {text}", YELLOW) for text in never_fired(outcomes)]
    return "\n".join([*table([head, *rows], indent="", right=frozenset({3, 4, 5, 6})), *unused, "", last])


def never_fired(outcomes: Sequence[Outcome]) -> list[str]:
    """Name the actions of each spec that fire in none of its rows."""
    found = []
    for spec in dict.fromkeys(outcome.spec for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.spec == spec]
        idle = frozenset[str]().union(*(outcome.idle for outcome in mine))
        fired = frozenset[str]().union(*(outcome.fired for outcome in mine))
        found += [f"{spec}: action `{name}` fires in no row" for name in sorted(idle - fired)]
    return found
