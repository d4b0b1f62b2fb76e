"""Findings made of what a search saw: each replayed by the interpreter before anybody hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from checker.engine.conditions import why_not
from checker.engine.exact import Lost, inevitable_from
from checker.engine.exploration import BadStep, Explored, FailedStep
from checker.engine.goals import leading
from checker.engine.replay import confirm
from checker.engine.select import Selection
from checker.engine.watch import Knots, Sighting
from checker.interp import Interpreter
from checker.ir.nodes import Expr, Fault, Invariant, State, StepProperty
from checker.ir.text import print_expr
from checker.machine import Failure, Label
from checker.reading import Reader
from checker.report import Finding, Kind
from checker.trace import Trace
from checker.waits.analysis import WaitAnalysis
from checker.waits.findings import finding, waiting
from checker.waits.graph import enabler_of

KINDS = {Fault.ASSERTION: Kind.ASSERTION, Fault.RANGE: Kind.RANGE, Fault.OWNERSHIP: Kind.OWNERSHIP}
_RANK = {Kind.DEADLOCK: 1, Kind.ORPHAN: 2, Kind.HOSTAGE: 3}

TELLING = 200  # letters of a compiled condition that still tell something


def order(found: Finding) -> tuple[bool, bool, int, int, Trace]:
    """Key of the order in which findings are reported: level; safety, deadlock, orphan, hostage; list of choices.

    Goals out of reach and liveness come last: what one state shows is simpler than what all that may follow shows.
    """
    return (
        found.kind.is_liveness,
        found.kind is Kind.PROGRESS,
        found.level,
        _RANK.get(found.kind, 0),
        found.trace,
    )


class Teller:
    """Turns what an exploration saw into findings."""

    def __init__(self, exploration: Explored) -> None:
        self._exploration = exploration
        self._model = exploration.model
        self._interpreter = Interpreter(exploration.model)

    def failure(self, step: FailedStep) -> Finding:
        """Return the finding of a step that could not be completed."""
        failure = step.failure
        trace, states = self._path(step.source, step.label, failure=failure)
        return Finding(
            KINDS[failure.fault],
            self._model.actions[step.label.action].name,
            failure.message,
            trace,
            states[-1],
            len(trace.steps) + 1,
            failure.loc,
        )

    def bad_steps(self, step: BadStep, selection: Selection) -> Iterator[Finding]:
        """Yield a finding for each step property that a step breaks."""
        target = step.target
        trace, states = self._path(step.source, step.label, target=target)
        action = self._model.actions[step.label.action].name
        for place, prop in enumerate(selection.steps):
            if step.broken >> place & 1:
                reason = why_not(self._interpreter, prop.expr, target, states[-2])
                message = f"`{action}` breaks it: {_untrue(prop, reason)}"
                yield Finding(Kind.STEP, prop.name, message, trace, target, len(trace.steps) + 1, prop.loc)

    def invariant(self, prop: Invariant, number: int) -> Finding:
        """Return the finding of an invariant that does not hold in a state."""
        trace, states = self._path(number)
        reader = Reader(self._model, self._interpreter.evaluate)
        reason = why_not(self._interpreter, prop.expr, states[-1])
        message = _untrue(prop, reason) + reader.where(prop.expr, states[-1])
        kind = Kind.INVARIANT
        if prop.fault is not None:
            kind, message = KINDS[prop.fault], _left_full(reader, prop.expr, states[-1])
        return Finding(kind, prop.name, message, trace, states[-1], len(trace.steps) + 1, prop.loc)

    def knot(self, sighting: Sighting, knots: Knots) -> Finding:
        """Return the finding of actors that can never move again."""
        partial = sighting.partial
        trace, states = self._path(sighting.number)
        focus = partial.problem.core or partial.actors[:1]
        doomed = None
        if not partial.warning:
            doomed = inevitable_from(knots.analysis, states, focus, partial.problem.level)
        return finding(partial, trace=trace, state=states[-1], level=len(trace.steps) + 1, doomed_at=doomed)

    def lost(self, lost: Lost, analysis: WaitAnalysis) -> Finding:
        """Return the finding of a goal that can no longer be reached, with who waits for whom there."""
        trace, states = self._path(lost.number)
        assert lost.prop.to is not None
        ever, more = ("ever ", "") if not trace.steps else ("", " any more")
        goal = lost.prop.text or print_expr(lost.prop.to)
        message = f"nothing that is owed {ever}leads `{lost.prop.actor}` to `{goal}`{more}"
        undone = leading(self._interpreter, states[-1], lost.prop.to)
        return Finding(
            Kind.PROGRESS,
            lost.prop.name,
            message,
            trace,
            states[-1],
            len(trace.steps) + 1,
            lost.prop.loc,
            actors=(lost.prop.actor,),
            graph=waiting(analysis, states[-1]),
            undone_by=tuple(map(enabler_of, undone)),
        )

    def _path(
        self, number: int, *more: Label, target: State | None = None, failure: Failure | None = None
    ) -> tuple[Trace, tuple[State, ...]]:
        """Return the trace to a state (and one step more), and the states on it, confirmed by replay."""
        numbers = self._exploration.path(number)
        states = [self._exploration.states[place] for place in numbers]
        if target is not None:
            states.append(target)
        trace = self._exploration.trace(number, *more)
        return trace, confirm(self._model, trace, states, failure).states


def _untrue(prop: Invariant | StepProperty, reason: str | None) -> str:
    """Say that a property is false, or for which reason it has no value, in the words of the spec."""
    said = prop.text or print_expr(prop.expr)
    if not prop.text and len(said) > TELLING:
        said = prop.name  # of several statements, or of the whole language: a reader looks it up
    return f"`{said}` {f'has no value: {reason}' if reason else 'is false'}"


def _left_full(reader: Reader, rule: Expr, state: State) -> str:
    """Name the slots that break the rule that each full slot is in reach of somebody who has not finished."""
    slots = " and ".join(f"`{slot}`" for slot in reader.holding(rule, state))
    return f"{slots} left full: who could empty it has finished"
