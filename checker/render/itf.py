"""A counterexample in the Informal Trace Format (Apalache ADR 015), read by itf-py and the ITF viewer."""

from __future__ import annotations

import json
from typing import Any

from checker.render.document import FORMAT, wait_graph_document
from checker.render.plain import itf_type, itf_value
from checker.render.steps import steps
from checker.render.text import reproduce
from checker.report import Finding, Report


def itf_json(report: Report, finding: Finding) -> str:
    """Return the trace `report.replayed` of `finding` as ITF. Each state's `#meta` names the action that led to it
    (ITF has no place of its own for that), the trace's `#meta` holds the wait-for graph of the last state."""
    return json.dumps(itf_document(report, finding), indent=1, ensure_ascii=False) + "\n"


def itf_document(report: Report, finding: Finding) -> dict[str, Any]:
    model = report.model
    taken = steps(model, finding.trace, report.replayed)
    states: list[dict[str, Any]] = []
    for index, state in enumerate(report.replayed):
        meta: dict[str, Any] = {"index": index}
        if index:
            action = taken[index - 1].action
            meta |= {"action": action.name, "owner": action.owner, "duty": action.duty.value}
        pairs = zip(model.variables, state, strict=True)
        states.append({"#meta": meta, **{v.name: itf_value(v.type, value) for v, value in pairs}})
    return {
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "source": f"{FORMAT} {reproduce(report)}",
            "varTypes": {v.name: itf_type(v.type) for v in model.variables},
            "kind": finding.kind.value,
            "trace": str(finding.trace),
            "waitFor": None if finding.graph is None else wait_graph_document(finding.graph),
        },
        "vars": [v.name for v in model.variables],
        "states": states,
        **({} if finding.loop is None else {"loop": finding.loop.start}),
    }
