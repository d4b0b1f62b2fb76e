"""The report of a check, as text for a terminal or a log. Its last line is the verdict."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import PurePath
from typing import assert_never

from checker.ir.domains import default
from checker.ir.nodes import Model, State
from checker.render.brief import brief
from checker.render.explain import back, explain, headline
from checker.render.steps import Step, steps
from checker.render.style import BLUE, GREEN, RED, YELLOW, Style, duration, megabytes, plural, rate, table, thousands
from checker.report import Finding, Kind, Loop, PropertyResult, Report, Verdict
from checker.trace import Trace

MANY_VARIABLES = 20  # a state of more is told by what is not at its first value
WORTH_SAYING = 64 << 20  # bytes: the memory of a smaller search is in the JSON report only
COLORS = {Verdict.HOLDS: GREEN, Verdict.VIOLATED: RED, Verdict.INCOMPLETE: YELLOW}
MARKS = {Verdict.HOLDS: "✓", Verdict.VIOLATED: "✗", Verdict.INCOMPLETE: "?"}


def render_report(
    report: Report, style: Style, *, files: Sequence[str] = (), coverage: bool = False, command: str = "check"
) -> str:
    """Return the whole report. `files` are the names of the pictures and traces written beside it, `command` is what
    the line to reproduce it begins with."""
    blocks = _first_finding(report, style, files) if report.findings else []
    blocks += [_others(report, style), property_rows(report, style), _warnings(report, style)]
    if coverage:
        blocks.append(_coverage(report, style))
    blocks.append([*figures(report, style, command=command), verdict_line(report, style)])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def setting_words(report: Report) -> list[str]:
    """Return the words that name this check on a command line: spec and settings."""
    return [report.spec, *(word for name, value in report.settings for word in ("--set", f"{name}={value}"))]


def reproduce(report: Report, command: str = "check") -> str:
    """Return the command line that repeats this check."""
    return f"{command} {shlex.join([*setting_words(report), *report.flags])}"


def replay_line(report: Report, trace: Trace, *, exact: bool = False, loop: Loop | None = None) -> str:
    """Return the command line that replays `trace`; `exact` where no single state shows what was found."""
    pairs = zip(report.flags, report.flags[1:], strict=False)
    duties = [word for pair in pairs if pair[0] in ("--oblige", "--free") for word in pair]
    words = [*setting_words(report), *duties, "--trace", str(trace), *(["--exact"] if exact else [])]
    words += [] if loop is None else ["--loop", str(loop.start)]
    return f"check replay {shlex.join(words)}"


def verdict_line(report: Report, style: Style) -> str:
    """Return the last line: verdict, kind, exit code."""
    match report.verdict:
        case Verdict.HOLDS:
            text = f"HOLDS: every property holds in every reachable state{_unless(report)}"
        case Verdict.VIOLATED:
            kinds = dict.fromkeys(f.kind.value for f in report.findings if not f.warning)
            text = f"VIOLATED: {', '.join(kinds) or 'see warnings (--strict)'}"
        case Verdict.INCOMPLETE:
            held = [
                found for found in report.properties if found.verdict is Verdict.HOLDS and found.kind != "sometimes"
            ]
            some = f"{len(held)} of {len(report.properties)} properties hold, the rest is open"
            text = f"INCOMPLETE: {some if held else 'no violation so far, which proves nothing'}"
        case _:
            assert_never(report.verdict)
    return style.paint(f"{MARKS[report.verdict]} {text} (exit {report.exit_code})", COLORS[report.verdict], bold=True)


def figures(report: Report, style: Style, *, command: str = "check", search: str = "") -> list[str]:
    """Return the line of figures and the line to reproduce the run. `search` says how it ended, if not as usual."""
    counts = (
        plural(report.states, "distinct state"),
        plural(report.transitions, "transition"),
        f"depth {report.depth}",
        duration(report.seconds),
        rate(report.states, report.seconds),
    )
    how = "explored as Python text: " if report.engine == "text" else ""
    note = [style.dim(how + report.engine_note)] if report.engine_note else []
    note += _missed(report, style)
    if report.memory is not None and report.memory.states + report.memory.detection >= WORTH_SAYING:
        found = f"memory: {megabytes(report.memory.states)} for states"
        detection = f", {megabytes(report.memory.detection)} for complete detection" if report.memory.detection else ""
        note.append(style.dim(found + detection))
    return [
        *style.wrap(" · ".join(counts), rest="  "),
        search or _search(report),
        *note,
        style.dim(f"reproduce: {reproduce(report, command)}"),
    ]


def _search(report: Report) -> str:
    """Say whether every state was visited, and if not, why."""
    if not report.complete:
        return f"search not complete: {_why_incomplete(report)}"
    if report.stopped_by:
        return f"search complete, what it means for waits and liveness not: {_why_incomplete(report)}"
    return "search complete"


def _unless(report: Report) -> str:
    found = report.fingerprints
    if found is None:
        return ""
    return f", unless two of them have the same fingerprint (p ≈ {max(found.calculated, found.actual):.1g})"


def _missed(report: Report, style: Style) -> list[str]:
    """Say how probable it is that states were missed, in TLC's words."""
    found = report.fingerprints
    if found is None:
        return []
    text = "probability that states were missed, because two had the same fingerprint: "
    text += f"calculated (optimistic) {found.calculated:.2g}, based on the actual fingerprints {found.actual:.2g}"
    return style.wrap(f"{text} (--seed {found.seed})", rest="  ")


def _why_incomplete(report: Report) -> str:
    if report.stopped_by:
        return "interrupted" if report.stopped_by == "interrupted" else f"stopped by {report.stopped_by}"
    if report.findings:
        return "stopped at the first finding; --all goes on"
    return "see the properties"


def _first_finding(report: Report, style: Style, files: Sequence[str]) -> list[list[str]]:
    """The trace comes first, so that what it led to stands just above the verdict, where a terminal ends."""
    finding = report.findings[0]
    lines = render_finding(report.model, finding, style)
    written = f": {_together(files)}" if files else ""
    lines += style.wrap(f"reached in {plural(len(finding.trace.steps), 'step')}{written}", first="  ", rest="    ")
    exact = not finding.certified or finding.kind is Kind.PROGRESS
    lines.append(style.dim(f"  replay: {replay_line(report, finding.trace, exact=exact, loop=finding.loop)}"))
    if not report.replayed:
        return [lines]
    trace = render_trace(
        report.model, finding.trace, report.replayed, style, doomed=finding.doomed_at, loop=finding.loop
    )
    return [trace, lines]


def _together(files: Sequence[str]) -> str:
    """List files, their folder once where they share it."""
    folders = {str(PurePath(file).parent) for file in files}
    if len(files) == 1 or len(folders) > 1 or folders == {"."}:
        return ", ".join(files)
    return f"{', '.join(PurePath(file).name for file in files)} in {folders.pop()}"


def render_finding(model: Model, finding: Finding, style: Style) -> list[str]:
    """Return the headline of a finding and its explanation."""
    color, mark = (YELLOW, "!") if finding.warning else (RED, "✗")
    lines = style.wrap(f"{mark} {finding.kind.value}  {headline(finding, model)}", rest="    ")
    title = f"{mark} {finding.kind.value}"
    lines[0] = style.paint(title, color, bold=True) + lines[0][len(title) :]
    return lines + _about(finding, model, style) + explain(finding, model, style)


def _about(finding: Finding, model: Model, style: Style) -> list[str]:
    """Say which property or actor a finding is about, where its name is not the kind itself."""
    if finding.name in (finding.kind.value, ""):
        return [] if finding.graph is None or not finding.message else _message(finding, model, style)
    lines = [style.spread(f"  {finding.name}", str(finding.loc) if finding.loc.line else "")]
    return lines + _message(finding, model, style)


def _message(finding: Finding, model: Model, style: Style) -> list[str]:
    if not finding.message or finding.message == headline(finding, model):
        return []
    return style.wrap(finding.message, first="  ", rest="    ")


def render_trace(
    model: Model,
    trace: Trace,
    states: Sequence[State],
    style: Style,
    *,
    doomed: int | None = None,
    loop: Loop | None = None,
    notes: Sequence[str] = (),
) -> list[str]:
    """Print a trace: the first and last state in full, in between per step the action and what it changed.

    `notes` are texts to print beside the states, one a state.
    """
    note = dict(enumerate(notes))
    lines = [style.bold("trace") + style.dim("  (only what changes is shown)")]
    lines += render_state(model, states[0], style, title="   0  initial state") + _note(note.get(0), style)
    for step in steps(model, trace, states):
        if loop is not None and step.index == loop.start + 1:
            lines.append(style.paint("      ↻ what follows repeats for ever", RED))
        lines += _step(step, style) + _note(note.get(step.index), style)
        if doomed == step.index:
            lines.append(style.paint("      ── inevitable from here ──", BLUE))
    if loop is not None:
        lines.append(style.paint(f"      ↻ {back(loop, len(trace.steps))}", RED, bold=True))
    title = "      final state" if loop is None else f"      the state after step {len(trace.steps)}"
    return lines + (render_state(model, states[-1], style, title=title) if trace.steps else [])


def _note(text: str | None, style: Style) -> list[str]:
    return [] if text is None else [style.paint(line, GREEN) for line in style.wrap(text, first=" " * 8, rest=" " * 12)]


def render_replayed(model: Model, finding: Finding | None, style: Style, *, code: int = 0) -> str:
    """Return what a replayed trace leads to, and the verdict."""
    if finding is None:
        return style.paint("✓ REPLAYED: nothing along this trace shows a violation (exit 0)", GREEN, bold=True)
    last = style.paint(f"✗ REPLAYED: {finding.kind.value} (exit {code})", RED, bold=True)
    return "\n".join([*render_finding(model, finding, style), "", last])


def render_witness(report: Report, name: str, states: Sequence[State], style: Style) -> str:
    """Return a shortest trace to the `sometimes` property `name`, if the search met it, and the verdict."""
    result = _named(report, name)
    blocks, search = [], ""
    if result.witness is not None:
        blocks.append(render_trace(report.model, result.witness, states, style))
        blocks.append([style.dim(f"replay: {replay_line(report, result.witness)}")])
        search = "" if report.complete else f"search ended at the first state that meets `{name}`"
    blocks.append([*figures(report, style, search=search), witness_line(report, name, style)])
    return "\n\n".join("\n".join(block) for block in blocks)


def witness_line(report: Report, name: str, style: Style) -> str:
    """Return the last line of a search for the `sometimes` property `name`."""
    result = _named(report, name)
    text = f"{MARKS[result.verdict]} sometimes `{name}`: {verdict_word(result)} (exit {report.exit_code})"
    return style.paint(text, COLORS[result.verdict], bold=True)


def _named(report: Report, name: str) -> PropertyResult:
    return next(result for result in report.properties if result.name == name)


def render_state(model: Model, state: State, style: Style, *, title: str) -> list[str]:
    """Print a state as `name=value` pairs under `title`; of a large one, only what is not at its first value."""
    pairs = list(zip(model.variables, state, strict=True))
    shown = [(v, value) for v, value in pairs if len(pairs) <= MANY_VARIABLES or value != default(v.type)]
    left_out = len(pairs) - len(shown)
    note = style.dim(f"  ({left_out} variables are at their first value: False, 0, None, empty)") if left_out else ""
    texts = [f"{v.name}={brief(v.type, value)}" for v, value in shown]
    return [title + note, *(style.dim(line) for line in style.flow(texts, indent=" " * 8))]


def _step(step: Step, style: Style) -> list[str]:
    action = step.action
    name = style.paint(action.owner, BLUE, bold=True) + action.name[len(action.owner) :]
    name = name if action.name.startswith(action.owner) else f"{style.paint(action.owner, BLUE)}: {action.name}"
    if action.participants:
        name += f" with {', '.join(action.participants)}"
    lines = [style.spread(f"{step.index:4}  {name}", str(action.loc))]
    lines += style.flow([str(change) for change in step.changes], indent=" " * 8)
    return lines


def _others(report: Report, style: Style) -> list[str]:
    rest = report.findings[1:]
    if not rest:
        return []
    rows = [
        (
            style.paint("!" if f.warning else "✗", YELLOW if f.warning else RED),
            f.kind.value,
            f.name if f.name != f.kind.value else ", ".join(f.actors),
            plural(len(f.trace.steps), "step"),
            str(f.trace),
        )
        for f in rest
    ]
    return [style.bold("also found"), *table(rows)]


def property_rows(report: Report, style: Style) -> list[str]:
    """Return the table of properties and their verdicts."""
    if not report.properties:
        return []
    rows = [
        (
            style.paint(MARKS[result.verdict], COLORS[result.verdict]),
            result.name,
            style.dim(result.kind),
            verdict_word(result),
            style.dim(result.note),
        )
        for result in report.properties
    ]
    return [style.bold("properties"), *table(rows)]


def verdict_word(result: PropertyResult) -> str:
    """Say how a property fared; of a `sometimes`: met, never met, not met so far."""
    if result.kind == "sometimes":
        words = {Verdict.HOLDS: "met", Verdict.VIOLATED: "never met", Verdict.INCOMPLETE: "not met so far"}
        step = f" in {plural(len(result.witness.steps), 'step')}" if result.witness is not None else ""
        return words[result.verdict] + step
    return result.verdict.value


def _warnings(report: Report, style: Style) -> list[str]:
    lines = []
    for warning in report.warnings:
        lines += style.wrap(warning, first="warning: ", rest="    ")
    return [style.paint(line, YELLOW) for line in lines]


def _coverage(report: Report, style: Style) -> list[str]:
    """Print TLC's two numbers per action, distinct : generated, and how often each line ran."""
    rows = [
        (
            style.paint("✗", RED) if total == 0 else " ",
            name,
            f"{'–' if new is None else thousands(new)} : {thousands(total)}",
            style.dim(str(loc)),
        )
        for name, new, total, loc in report.coverage.actions
    ]
    lines = [style.bold("coverage") + style.dim("  (new states : transitions)"), *table(rows, right=frozenset({2}))]
    if report.coverage.lines:
        counted = [(f"{file}:{line}", thousands(count)) for file, line, count in report.coverage.lines]
        lines += ["", style.bold("lines") + style.dim("  (transitions that executed them)")]
        lines += table(counted, right=frozenset({1}))
    return lines
