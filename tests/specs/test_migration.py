"""The migration spec: its verdicts, and that the hang travels the way it did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from checker import Options, Report, check, replay
from checker.info import ExpectedRow
from checker.report import Finding, Kind, Verdict
from checker.trace import Trace
from tests.support.expected import ROOT, rows_of, run

SPEC = ROOT.parent / "specs" / "migration" / "spec.py"
SPREAD = (
    "source.upsert.requests",  # the source shuts down
    "source.upsert.step",  # and waits for its gate
    "controller.put#2.late",  # 25 s
    "controller.retry#2",  # 409
    "controller.next reconcile",  # a new generation
    "target.upsert.requests",  # shuts the healthy target down
)


def shown(row: ExpectedRow) -> str:
    return " ".join("=".join(setting) for setting in row.settings) or "defaults"


@pytest.mark.slow
@pytest.mark.parametrize("row", rows_of(SPEC), ids=shown)
def test_row(row: ExpectedRow) -> None:
    run(SPEC, row)


def actions(report: Report, trace: Trace) -> list[str]:
    return [report.model.actions[step.action].name for step in trace.steps]


def in_order(expected: Sequence[str], names: Sequence[str]) -> bool:
    rest = iter(names)
    return all(name in rest for name in expected)


@cache
def hostage(location: str) -> tuple[Report, Finding]:
    options = Options(properties=(f"{location}_put_ends",))
    report = check("migration", handle="strong", timeout="hung", options=options)
    found = report.findings[0]
    assert found.kind is Kind.HOSTAGE
    return report, found


@pytest.mark.parametrize("location", ["source", "target"])
def test_queued_handle_keeps_the_gate_open(location: str) -> None:
    _, found = hostage(location)
    assert found.graph is not None
    assert f"{location}_connection.spsc_fold.value.handle.guard" in {wait.held_in for wait in found.graph.waits}
    assert found.oblige == (f"{location}_connection.backend",)


def test_target_hangs_because_the_source_did() -> None:
    report, found = hostage("target")
    assert in_order(SPREAD, actions(report, found.trace))


def test_witness_ends_with_both_in_shutdown() -> None:
    settings = {"handle": "strong", "timeout": "hung"}
    report = check("migration", options=Options(witness="spread"), **settings)
    (spread,) = [result for result in report.properties if result.name == "spread"]
    assert spread.witness is not None
    assert in_order(SPREAD, actions(report, spread.witness))
    last = replay("migration", spread.witness, **settings).states[-1]
    state = dict(zip((variable.name for variable in report.model.variables), last, strict=True))
    assert state["source.in_progress"] and state["target.in_progress"]


def test_controller_goes_on_for_ever_and_gets_nowhere() -> None:
    report = check("migration", handle="strong", timeout="hung", options=Options(properties=("migrates",)))
    assert report.findings[0].kind is Kind.PROGRESS


def test_backends_that_must_read_would_be_a_cure() -> None:
    obliged = ("source_connection.backend", "target_connection.backend")
    report = check("migration", handle="strong", timeout="hung", options=Options(oblige=obliged))
    assert {result.verdict for result in report.properties if result.kind == "progress"} == {Verdict.HOLDS}
