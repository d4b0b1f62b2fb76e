"""The report as JSON. The format is versioned and described by `report.schema.json` and docs/json.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from checker.ir.nodes import Model, State
from checker.loc import Loc
from checker.render.plain import plain, plain_state
from checker.render.steps import steps
from checker.render.text import reproduce
from checker.report import Coverage, Enabler, Finding, Loop, PropertyResult, Report, Wait, WaitGraph
from checker.trace import Trace

FORMAT = "knotcheck/1"


def report_json(report: Report) -> str:
    """Return the report as JSON text that `report.schema.json` describes."""
    return json.dumps(report_document(report), indent=2, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON schema of `report_json`."""
    text = files("checker.render").joinpath("report.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def report_document(report: Report) -> dict[str, Any]:
    """Return the report as plain data. Only the first finding has its trace's states; of the others, replay."""
    first = next((finding for finding in report.findings if not finding.warning), None)
    replayed = report.replayed if report.findings and first is report.findings[0] else ()
    return {
        "format": FORMAT,
        "spec": report.spec,
        "settings": dict(report.settings),
        "parameters": {name: _parameter(value) for name, value in report.model.params},
        "reproduce": reproduce(report),
        "verdict": report.verdict.value,
        "exit_code": report.exit_code,
        "states": report.states,
        "transitions": report.transitions,
        "depth": report.depth,
        "seconds": round(report.seconds, 6),
        "complete": report.complete,
        "stopped_by": report.stopped_by or None,
        "engine": report.engine,
        "engine_note": report.engine_note or None,
        "memory": None if report.memory is None else asdict(report.memory),
        "fingerprints": None if report.fingerprints is None else asdict(report.fingerprints),
        "properties": [_property(result) for result in report.properties],
        "violation": None if first is None else _finding(first, report.model, replayed),
        "findings": [_finding(f, report.model, replayed if f is first else ()) for f in report.findings],
        "warnings": list(report.warnings),
        "coverage": _coverage(report.coverage),
    }


def _parameter(value: object) -> Any:
    return value if isinstance(value, (bool, int, str)) or value is None else str(value)


def _property(result: PropertyResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "kind": result.kind,
        "verdict": result.verdict.value,
        "note": result.note,
        "trace": _code(result.finding.trace if result.finding is not None else result.witness),
    }


def _code(trace: Trace | None) -> str | None:
    return None if trace is None else str(trace)


def _finding(finding: Finding, model: Model, states: Sequence[State]) -> dict[str, Any]:
    graph = finding.graph or WaitGraph((), (), (), (), (), ())
    return {
        "kind": finding.kind.value,
        "name": finding.name,
        "message": finding.message,
        "warning": finding.warning,
        "location": _loc(finding.loc),
        "level": finding.level,
        "actors": list(finding.actors),
        "dead": list(finding.dead),
        "blocked": list(finding.blocked),
        **wait_graph_document(graph),
        "undone_by": [_enabler(enabler) for enabler in finding.undone_by],
        "oblige": list(finding.oblige),
        "doomed_at": finding.doomed_at,
        "certified": finding.certified,
        "loop": None if finding.loop is None else _loop(finding.loop),
        "state": plain_state(model, finding.state),
        "trace": trace_document(model, finding.trace, states),
    }


def _loop(loop: Loop) -> dict[str, Any]:
    return {
        "start": loop.start,
        "since": loop.since,
        "moving": list(loop.moving),
        "starved": [_enabler(enabler) for enabler in loop.starved],
        "unowed": [_enabler(enabler) for enabler in loop.unowed],
    }


def trace_document(model: Model, trace: Trace, states: Sequence[State]) -> dict[str, Any]:
    """Return a trace: `code` for `check replay --trace`, and, where its states are known, every step."""
    if not states:
        return {"code": str(trace), "length": len(trace.steps), "initial": None, "steps": []}
    return {
        "code": str(trace),
        "length": len(trace.steps),
        "initial": plain_state(model, states[0]),
        "steps": [
            {
                "index": step.index,
                "action": step.action.name,
                "owner": step.action.owner,
                "participants": list(step.action.participants),
                "duty": step.action.duty.value,
                "choices": list(step.label.choices),
                "location": _loc(step.action.loc),
                "changes": {
                    v.name: plain(v.type, new)
                    for v, old, new in zip(model.variables, step.before, step.after, strict=True)
                    if old != new
                },
            }
            for step in steps(model, trace, states)
        ],
    }


def wait_graph_document(graph: WaitGraph) -> dict[str, Any]:
    """Return a wait-for graph as plain data, in the names that the report uses."""
    return {
        "core": list(graph.core),
        "tail": list(graph.tail),
        "free": list(graph.free),
        "cycle": list(graph.cycle),
        "waits": [_wait(wait) for wait in graph.waits],
        "edges": [{"waiter": a, "enabler": b, "wait": index} for a, b, index in graph.edges],
    }


def _wait(wait: Wait) -> dict[str, Any]:
    return {
        "actor": wait.actor,
        "action": wait.action,
        "point": wait.point,
        "resource": wait.resource,
        "held_in": wait.held_in,
        "conjunct": wait.conjunct,
        "text": wait.text or None,
        "values": {reading.place: plain(reading.type, reading.value) for reading in wait.values},
        "constants": dict(wait.constants),
        "location": _loc(wait.loc),
        "enablers": [_enabler(enabler) for enabler in wait.enablers],
    }


def _enabler(enabler: Enabler) -> dict[str, Any]:
    return {
        "actor": enabler.actor,
        "action": enabler.action,
        "duty": enabler.duty.value,
        "location": _loc(enabler.loc),
    }


def _loc(loc: Loc) -> dict[str, Any] | None:
    return {"file": loc.file, "line": loc.line, "column": loc.column + 1} if loc.line else None


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "actions": [
            {"action": name, "new_states": new, "transitions": total, "location": _loc(loc)}
            for name, new, total, loc in coverage.actions
        ],
        "lines": [{"file": file, "line": line, "transitions": count} for file, line, count in coverage.lines],
    }
