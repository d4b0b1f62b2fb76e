"""What tools read: JSON against its schema, ITF through itf-py, the state graph through networkx."""

from __future__ import annotations

import json
from typing import Any

import itf_py
import jsonschema
import networkx
import pytest

from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, RecordT, SeqT, SetT, Type, Value
from checker.render.document import report_document, report_json, schema
from checker.render.itf import itf_json
from checker.render.plain import itf_value, plain
from checker.render.stategraph import StateFacts, StateGraph, graph_dot, graph_json
from checker.trace import Trace
from tests.render.samples import SAMPLES, deadlock, hostage

PAIR = RecordT("Pair", (("left", IntT(0, 3)), ("right", OptionT(IntT(0, 3)))))
VALUES: tuple[tuple[Type, Value, Any, Any], ...] = (
    (BoolT(), True, True, True),
    (IntT(-5, 5), -3, -3, -3),
    (EnumT("", ("a", "b")), "b", "b", "b"),
    (OptionT(IntT(0, 3)), None, None, []),
    (OptionT(IntT(0, 3)), 2, 2, [2]),
    (PAIR, (1, None), {"left": 1, "right": None}, {"left": 1, "right": []}),
    (MapT(BoolT(), IntT(0, 3)), (1, 2), {"False": 1, "True": 2}, {False: 1, True: 2}),
    (MapT(EnumT("", ("a",)), IntT(0, 3)), (1,), {"a": 1}, {"a": 1}),
    (SetT(IntT(0, 3)), frozenset({2, 1}), [1, 2], {1, 2}),
    (SeqT(IntT(0, 3), 2), (3, 0), [3, 0], [3, 0]),
)


@pytest.mark.parametrize("name", SAMPLES)
def test_json_follows_its_schema(name: str) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    validator.validate(json.loads(report_json(SAMPLES[name]())))


def test_schema_refuses_what_the_format_does_not_know() -> None:
    document = report_document(deadlock())
    validator = jsonschema.Draft202012Validator(schema())
    for change in ({"verdict": "passed"}, {"format": "knotcheck/2"}, {"extra": 1}):
        assert not validator.is_valid({**document, **change})


def test_json_says_who_waits_for_whom() -> None:
    violation = report_document(deadlock())["violation"]
    assert violation["kind"] == "deadlock"
    assert violation["cycle"] == ["stop", "tenant_shutdown", "timeline_shutdown", "executor"]
    waiting = {edge["waiter"] for edge in violation["edges"]}
    assert waiting == {wait["actor"] for wait in violation["waits"]}
    assert Trace.parse(violation["trace"]["code"]) == deadlock().findings[0].trace


def test_json_changes_rebuild_the_last_state() -> None:
    violation = report_document(deadlock())["violation"]
    state = dict(violation["trace"]["initial"])
    for step in violation["trace"]["steps"]:
        state |= step["changes"]
    assert state == violation["state"]


def test_violation_is_null_where_nothing_is_violated() -> None:
    assert report_document(SAMPLES["holds"]())["violation"] is None


@pytest.mark.parametrize(("domain", "value", "expected", "_"), VALUES)
def test_plain_values(domain: Type, value: Value, expected: Any, _: Any) -> None:
    assert plain(domain, value) == expected
    assert json.loads(json.dumps(plain(domain, value))) == expected


@pytest.mark.parametrize(("domain", "value", "_", "expected"), VALUES)
def test_itf_values_are_read_by_itf_py(domain: Type, value: Value, _: Any, expected: Any) -> None:
    read = itf_py.value_from_json(json.loads(json.dumps(itf_value(domain, value))))
    if isinstance(expected, dict) and isinstance(domain, RecordT):
        read = read._asdict()
    assert read == expected


@pytest.mark.parametrize("make", [deadlock, hostage])
def test_itf_is_read_by_itf_py(make: Any) -> None:
    report = make()
    trace = itf_py.trace_from_json(json.loads(itf_json(report, report.findings[0])))
    assert trace.vars == [variable.name for variable in report.model.variables]
    assert len(trace.states) == len(report.findings[0].trace.steps) + 1
    assert trace.states[1].meta["action"] == "compute.send"
    assert trace.states[0].values["sent"] == 0
    assert trace.states[-1].values["batcher.handle"][0].shard == 0
    assert trace.meta["waitFor"]["waits"][0]["resource"]


def small_graph() -> StateGraph:
    report = deadlock()
    states = report.replayed
    edges = tuple((i, i + 1, label.action) for i, label in enumerate(report.findings[0].trace.steps))
    quiet = StateFacts(("stop",), ("executor",), (), (), (), ())
    last = StateFacts((), (), (), ("stop", "executor"), ("stop",), ("stop",))
    facts = (*(quiet for _ in states[1:]), last)
    return StateGraph(report.model, states, 1, edges, facts, {len(states) - 1: "deadlock"}, True)


def test_state_graph_json_loads_into_networkx() -> None:
    document = json.loads(graph_json(small_graph()))
    loaded = networkx.node_link_graph(
        {"nodes": document["states"], "edges": document["edges"], "directed": True, "multigraph": True}, edges="edges"
    )
    last = len(document["states"]) - 1
    assert networkx.has_path(loaded, 0, last)
    assert loaded.nodes[last]["dead"] == ["stop"]
    owners = {edge["owner"] for edge in document["edges"]}
    assert owners == {"compute", "batcher", "executor", "stop", "tenant_shutdown", "timeline_shutdown"}
    assert {edge["duty"] for edge in document["edges"] if edge["owner"] == "compute"} == {"may"}


def test_state_graph_dot_stops_at_the_limit_and_says_so() -> None:
    graph = small_graph()
    text = graph_dot(graph, max_nodes=5)
    assert f"5 states, {len(graph.states) - 5} more are left out" in text
    assert text.count("->") == 4
    assert "dead: stop" in graph_dot(graph, max_nodes=100)


def test_parallel_edges_are_kept() -> None:
    graph = small_graph()
    twice = StateGraph(graph.model, graph.states, 1, ((0, 1, 3), (0, 1, 4)), graph.facts, {}, True)
    assert graph_dot(twice, max_nodes=9).count("->") == 2
