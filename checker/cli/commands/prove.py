"""`check prove`: what holds, and that nobody hangs, for all values of the parameters left unknown."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from checker.api import check_model
from checker.certificate import make
from checker.cli.arguments import (
    color_option,
    output_options,
    parse_settings,
    seconds_option,
    set_option,
    solver_flags,
    spec_argument,
)
from checker.cli.checking import take_outputs
from checker.cli.output import write_text
from checker.cli.solved import found_violation, report_of, selected, tell, with_rows
from checker.diagnostics import InternalError, UsageError
from checker.engine.exploration import INTERRUPTED
from checker.engine.select import BUILT_IN
from checker.frontend import load
from checker.frontend.load import compiled
from checker.frontend.settings import ANY
from checker.ir.nodes import Model, Progress
from checker.models import describe
from checker.options import Options
from checker.render.style import plural
from checker.report import Report, Verdict
from checker.smallest import violated_at
from checker.symbolic.claims import claims
from checker.symbolic.deadline import Deadline, interruptible
from checker.symbolic.progress import Attempt, prove_progress
from checker.symbolic.proof import Proof
from checker.symbolic.relation import STEPS, safety
from checker.symbolic.safety.bmc import Run, search
from checker.symbolic.safety.mined import run_to
from checker.symbolic.safety.portfolio import Outcome, prove
from checker.symbolic.safety.proof import Met, Proved, joined
from checker.symbolic.system import translate
from checker.verdict import INTERRUPT

COMMAND = "check prove"
NOT_PROVED = Verdict.INCOMPLETE, "neither proved nor refuted"


@click.command("prove")
@spec_argument
@set_option
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Prove only this property. Repeatable.")
@seconds_option
@click.option("--certificate", metavar="FILE", help="Write the proof in SMT-LIB; `check certificate` checks it.")
@output_options
@color_option
def command(
    spec: str,
    settings: tuple[str, ...],
    properties: tuple[str, ...],
    seconds: float,
    certificate: str | None,
    quiet: bool,
    **more: Any,
) -> int:
    """Prove that no step of SPEC fails, that its invariants and action properties hold, and that nobody hangs.

    Parameters that SPEC marks `unbounded` stay unknown unless --set gives them: what is proved holds for all values.
    """
    given = parse_settings(settings)
    outputs = take_outputs(more, quiet=quiet)
    free = {p.name: ANY for p in describe(spec).parameters if p.unbounded and p.name not in given}
    model, sources = compiled(spec, {**given, **free}, unbounded=True)
    names = selected(model, properties)
    clock = Clock(seconds)
    hangs = [name for name in waits_of(model) if not names or name in names]
    checked = tuple(name for name in names if name != STEPS)  # of a failing step a search always tells
    values: Mapping[str, int] | None = None
    attempt, outcome = None, Outcome()
    with clock.stage():
        values = violated_at(model, checked, seconds=clock.left / 4, beyond=0) if hangs else None
    if values is not None:
        _say_uncertified(certificate)
        return tell(_searched(spec, given, values, checked, clock), outputs, quiet=quiet, command="check", summary="")
    with clock.stage():
        attempt = prove_progress(model, Deadline.after(clock.left)) if hangs or certificate else None
    proved = _proved(model, attempt)
    sought = tuple(name for name in (*safety(model), STEPS) if (not names or name in names) and name not in proved)
    with clock.stage():
        outcome = prove(model, names, sought, seconds=clock.left) if sought and clock.left else outcome
    clock.interrupted |= outcome.interrupted
    if clock.left and outcome.met is None and not proved.keys() >= set(hangs):
        with clock.stage():
            values = violated_at(model, checked, seconds=clock.left) if model.unbounded else None
        if values is not None:
            _say_uncertified(certificate)
            return tell(
                _searched(spec, given, values, checked, clock), outputs, quiet=quiet, command="check", summary=""
            )
    report = _report(model, names, outcome, spec, given, {**dict.fromkeys(hangs, NOT_PROVED), **proved})
    report = replace(report, flags=solver_flags(properties, seconds), seconds=clock.passed)
    if certificate is not None:
        _certify(certificate, model, attempt, outcome, spec, sources)
    summary = _summary(model)
    if clock.interrupted and report.verdict is Verdict.INCOMPLETE:
        report = replace(report, exit_code=INTERRUPT, stopped_by=INTERRUPTED)
    return tell(report, outputs, quiet=quiet, command=COMMAND, summary=summary, outcome=outcome, attempt=attempt)


class Clock:
    """How long a command has run, and has left."""

    def __init__(self, seconds: float) -> None:
        self.began, self.seconds, self.interrupted = time.monotonic(), seconds, False

    @contextmanager
    def stage(self) -> Iterator[None]:
        """An interrupt of what is done within it leaves no time for what comes after."""
        try:
            with interruptible():
                yield
        except KeyboardInterrupt:
            self.seconds, self.interrupted = 0.0, True

    @property
    def passed(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.passed)


def waits_of(model: Model) -> tuple[str, ...]:
    """Return the properties that say that somebody never hangs."""
    return (*BUILT_IN, *(p.name for p in model.properties if isinstance(p, Progress) and p.to is None))


def _proved(model: Model, attempt: Attempt | None) -> dict[str, tuple[Verdict, str]]:
    if attempt is None:
        return {}
    proof = attempt.proof
    ranked = f"; ranking, {plural(len(proof.ranks), 'sum')}" if proof.ranks else ""
    how = f"mined invariant, {plural(len(proof.invariant), 'clause')}{ranked}"
    return dict.fromkeys(claims(model, proof), (Verdict.HOLDS, how))


def _certify(
    file: str, model: Model, attempt: Attempt | None, outcome: Outcome, spec: str, sources: Mapping[str, str]
) -> None:
    """Write all that is proved by an invariant, and say what is not."""
    if outcome.met is not None:
        _say_uncertified(file)
        return
    proof, left = joined(Proof(()) if attempt is None else attempt.proof, dict.fromkeys(outcome.proved.values()))
    if not claims(model, proof):
        raise UsageError("there is no proof to write: the time was over, or nothing was proved by an invariant")
    system = translate(model) if attempt is None else attempt.system
    write_text(file, make(system, proof, spec=spec, sources=sources))
    for name in left:
        click.echo(f"{file} does not have the proof of {name}: by k-induction, not by an invariant", err=True)


def _say_uncertified(file: str | None) -> None:
    if file is not None:
        click.echo(f"{file} was not written: there is a violation, so there is no proof", err=True)


def _searched(
    spec: str, given: dict[str, str], values: Mapping[str, int], properties: tuple[str, ...], clock: Clock
) -> Report:
    """Return the report of a search at values of the unbounded parameters at which it finds a violation."""
    settings = {**given, **{name: str(value) for name, value in values.items()}}
    options = Options(properties=properties)
    report = check_model(load(spec, settings), options=options, spec=spec, settings=tuple(settings.items()))
    if report.verdict is not Verdict.VIOLATED:
        raise InternalError(
            f"a search of the model finds a violation for {values}, one of the spec compiled so does not"
        )
    return replace(report, seconds=clock.passed)


def _report(
    model: Model,
    names: tuple[str, ...],
    outcome: Outcome,
    spec: str,
    given: dict[str, str],
    before: Mapping[str, tuple[Verdict, str]],
) -> Report:
    decided = dict(before)
    for name in (*safety(model), STEPS):
        if name in before:
            continue
        if name in outcome.proved:
            decided[name] = Verdict.HOLDS, _how(outcome.proved[name])
        else:
            decided[name] = Verdict.INCOMPLETE, "neither proved nor refuted"
    if outcome.met is None:
        report = report_of(model, names, decided, spec=spec, seconds=outcome.seconds, runs={})
        return replace(report, settings=tuple(given.items()))
    run, values = _bounded(outcome.met, model, spec, given)
    decided[outcome.met.name] = Verdict.VIOLATED, ""
    report = found_violation(run, outcome.met.name, spec=spec, why="a counterexample to what was to be proved")
    return replace(with_rows(report, names, decided), settings=tuple({**given, **values}.items()))


def _how(proved: Proved) -> str:
    if proved.invariant:
        return f"{proved.method}, {plural(len(proved.invariant), 'clause')}"
    return f"{proved.method} over {plural(proved.depth, 'state')}"


def _bounded(met: Met, model: Model, spec: str, given: dict[str, str]) -> tuple[Run, dict[str, str]]:
    """Return a run that meets the target at values that a user can set, and these values: the spec compiled at them."""
    values = {name: str(value) for name, value in met.run.model.params if name in model.unbounded}
    if not values:
        return met.run, {}
    bounded = load(spec, {**given, **values})
    run = run_to(bounded, met.name)
    if run is not None:
        return run, values
    found = search(bounded, depth=len(met.run.states), names=(met.name,), meet=False)
    if found.violated != met.name:
        raise InternalError(f"`{met.name}` is violated for {values} by the solver, and is not in the spec compiled so")
    return found.found[met.name], values


def _summary(model: Model) -> str:
    if not model.unbounded:
        return "for these parameters (none is unbounded: `check` alone would explore every state)"
    return f"for all values of {', '.join(model.unbounded)}"
