"""The pagestream spec: its verdicts, and that each tells the story it should."""

from __future__ import annotations

import pytest

from checker import Options, Report, check
from checker.info import ExpectedRow
from checker.report import Finding, Kind, Verdict
from tests.support.expected import ROOT, checked, rows_of, run

SPEC = ROOT.parent / "specs" / "page_service" / "spec.py"
STOPPED = ("tenants.tenant_shutdown[0]", "tenants.timeline_shutdown[0]", "connection.executor")
IN_THE_QUEUE = "connection.spsc_fold.value.queued.handle.guard"


def first(report: Report, kind: Kind) -> Finding:
    found = report.findings[0]
    assert found.kind is kind
    assert found.graph is not None
    return found


def edges(found: Finding) -> set[tuple[str, str, str, str]]:
    """Return the wait-for graph as (waiter, enabler, await point, slot)."""
    assert found.graph is not None
    waits = found.graph.waits
    return {(one, other, waits[place].point, waits[place].held_in) for one, other, place in found.graph.edges}


def verdicts(report: Report) -> dict[str, Verdict]:
    return {result.name: result.verdict for result in report.properties}


def actions(found: Finding, report: Report) -> list[str]:
    return [report.model.actions[step.action].name for step in found.trace.steps]


def report_of(**settings: str) -> Report:
    """Return the report of the row of EXPECTED with these settings."""
    (row,) = (row for row in rows_of(SPEC) if dict(row.settings) == settings)
    return checked(SPEC, row.settings)


def shown(row: ExpectedRow) -> str:
    return " ".join("=".join(setting) for setting in row.settings) or "defaults"


@pytest.mark.slow
@pytest.mark.parametrize("row", rows_of(SPEC), ids=shown)
def test_row(row: ExpectedRow) -> None:
    """What holds has been through the state that hung before the fix; `run` asserts that every `sometimes` is met."""
    report = run(SPEC, row)
    settings = dict(row.settings)
    shutdown = settings.get("scenario", "detach") in ("detach", "stop")
    if row.verdict == "holds" and shutdown and settings.get("mode") != "serial":
        named = {result.name for result in report.properties if result.kind == "sometimes"}
        assert {"hung_before_fix", "decoupled"} <= named
        assert ("shard_0_gone_while_flushing" in named) == (settings.get("shards") == "2")


def test_stop_deadlocks_with_itself() -> None:
    """C1: the flush would end by connection cancel, which is fired after the tenants."""
    found = first(report_of(handle="strong", scenario="stop"), Kind.DEADLOCK)
    assert found.graph is not None
    assert found.graph.cycle == ("stop", *STOPPED)
    assert ("tenants.timeline_shutdown[0]", "connection.executor", "gate", IN_THE_QUEUE) in edges(found)
    assert ("connection.executor", "stop", "flush", "") in edges(found)
    assert {enabler.actor for enabler in found.undone_by} == {"compute", "network"}
    assert found.oblige == ("compute",)


def test_detach_is_a_hostage_of_the_compute() -> None:
    """H1: the same state, but nobody fires connection cancel for a detach; steps (1) to (4) of the incident."""
    report = report_of(handle="strong")
    found = first(report, Kind.HOSTAGE)
    assert set(found.actors) == {"detach", *STOPPED}
    assert ("tenants.timeline_shutdown[0]", "connection.executor", "gate", IN_THE_QUEUE) in edges(found)
    assert ("connection.executor", "compute", "flush", "") in edges(found)
    steps = actions(found, report)
    assert steps.count("compute.sending.sent") == 3
    assert "compute.sending.page" not in steps
    assert steps.count("connection.executor.flush.wrote") == 1
    assert steps.count("connection.batcher.send") == 3
    assert steps.index("tenants.timeline_shutdown[0].cancelled") < len(steps)


@pytest.mark.parametrize(("name", "last"), [("step5", "timed_out"), ("released", "gate")])
def test_the_incident_is_told_to_its_end(name: str, last: str) -> None:
    """Steps (5), and (6) to (8): ten minutes pass, the reader's error cannot be sent; a reset ends it all."""
    report = check("page_service", options=Options(witness=name), handle="strong", timeout="on")
    (result,) = (result for result in report.properties if result.name == name)
    assert result.witness is not None
    steps = [report.model.actions[step.action].name for step in result.witness.steps]
    assert steps[-1].endswith(last)
    told = ["connection.reader.ten_minutes.expire", "connection.batcher.read.timed_out"]
    if name == "released":
        told += ["network.cut", "connection.executor.flush.wrote", "tenants.timeline_shutdown[0].gate"]
    assert [step for step in steps if step in told][-len(told) :] == told


@pytest.mark.parametrize(
    ("client", "through"), [("lock", ("compute", "compute.lock_holder")), ("wal", ("compute",))], ids=["C4", "C5"]
)
def test_reattach_deadlocks_through_the_compute(client: str, through: tuple[str, ...]) -> None:
    found = first(report_of(handle="strong", scenario="reattach", client=client), Kind.DEADLOCK)
    assert found.graph is not None
    assert found.graph.cycle == ("reattach", *STOPPED, *through)
    assert {enabler.actor for enabler in found.undone_by} == {"network"}


@pytest.mark.parametrize("handle", ["strong", "weak"])
def test_blocking_client_deadlocks_without_any_shutdown(handle: str) -> None:
    """C2: back-pressure in both directions, inherent to bounded pipelining."""
    report = check("page_service", handle=handle, client="blocking", scenario="none", requests=8)
    found = first(report, Kind.DEADLOCK)
    assert found.graph is not None
    assert set(found.graph.core) == {"compute", "connection.batcher", "connection.executor"}


def test_blocking_client_does_not_hold_up_a_shutdown() -> None:
    report = check("page_service", options=Options(go_on=True), client="blocking", requests=8)
    found = verdicts(report)
    assert found["deadlock"] is Verdict.VIOLATED
    assert {found[name] for name in found if "_ends" in name} == {Verdict.HOLDS}
    assert any(
        finding.kind is Kind.DEADLOCK and finding.graph and len(finding.graph.core) == 3 for finding in report.findings
    )


@pytest.mark.parametrize(
    ("compare", "mixed"), [("id", Verdict.VIOLATED), ("identity", Verdict.HOLDS)], ids=["id", "identity"]
)
def test_mixed_batches_are_never_answered(compare: str, mixed: Verdict) -> None:
    report = check("page_service", options=Options(go_on=True), compare=compare, scenario="reattach")
    found = verdicts(report)
    assert found["a_batch_is_of_one_incarnation"] is mixed
    assert found["no_response_across_incarnations"] is Verdict.HOLDS


def test_peeking_cuts_the_connection_for_the_other_shard() -> None:
    report = report_of(handle="peek", shards="2")
    found = report.findings[0]
    assert (found.kind, found.name) == (Kind.STEP, "flush_is_left_for_its_own_reasons")
    assert actions(found, report)[-1] == "connection.executor.flush.peeked"


def test_throttle_that_does_not_listen_is_a_hostage_of_the_token_bucket() -> None:
    found = first(report_of(throttle="deaf"), Kind.HOSTAGE)
    assert found.graph is not None
    assert ("connection.batcher", "bucket", "throttle", "") in edges(found)
    assert [enabler.actor for enabler in found.undone_by] == ["bucket"]


@pytest.mark.parametrize(("scenario", "kind"), [({}, Kind.HOSTAGE), ({"scenario": "stop"}, Kind.DEADLOCK)])
def test_rcu_guard_in_the_queue_brings_the_hang_back(scenario: dict[str, str], kind: Kind) -> None:
    """H11: the gate closes, but the GC loop waits for the guard, and the tenant's shutdown joins it."""
    found = first(report_of(rcu="queued", **scenario), kind)
    guard = "connection.spsc_fold.value.cutoff"
    assert ("tenants.gc[0]", "connection.executor", "readers", guard) in edges(found)
    assert ("tenants.tenant_shutdown[0]", "tenants.gc[0]", "gc", "") in edges(found)
    assert "tenants.timeline_shutdown[0]" not in found.actors
