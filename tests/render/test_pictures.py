"""The pictures: that both drawers accept them, that nobody is left out, and what their colours say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from checker.api import check_model
from checker.interp import Interpreter
from checker.ir.nodes import Actor, Duty
from checker.models import load
from checker.render.draw import draw
from checker.render.lanes import lane, lane_names, lanes_dot
from checker.render.palette import CORE_FILL
from checker.render.steps import Stand, standings, steps
from checker.render.waitfor import waitfor_dot
from checker.report import Report
from tests.render.samples import deadlock, hostage, invariant, orphan

SVG = "{http://www.w3.org/2000/svg}"


def lanes(report: Report) -> str:
    return lanes_dot(report, report.findings[0], Interpreter(report.model).evaluate)


def svg_texts(path: Path) -> str:
    return " ".join(node.text or "" for node in ElementTree.parse(path).iter(f"{SVG}text"))


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_wait_for_graph_is_drawn(tmp_path: Path, suffix: str) -> None:
    report = deadlock()
    path = draw(waitfor_dot(report, report.findings[0]), tmp_path / f"w{suffix}").path
    if suffix == ".png":
        assert path.read_bytes().startswith(b"\x89PNG")
    else:
        text = svg_texts(path)
        assert all(actor.name in text for actor in report.model.actors)
        assert "connection_cancel.fired or" in text


@pytest.mark.parametrize("suffix", [".svg", ".png"])
@pytest.mark.parametrize("make", [deadlock, hostage, orphan, invariant])
def test_lanes_are_drawn(tmp_path: Path, suffix: str, make: object) -> None:
    assert callable(make)
    report = make()
    path = draw(lanes(report), tmp_path / f"l{suffix}").path
    if suffix == ".svg":
        for step in steps(report.model, report.findings[0].trace, report.replayed):
            assert step.action.owner in svg_texts(path)
    else:
        assert path.stat().st_size > 10_000


def test_lanes_fit_a_wide_window(tmp_path: Path) -> None:
    root = ElementTree.parse(draw(lanes(deadlock()), tmp_path / "l.svg").path).getroot()
    match = re.fullmatch(r"(\d+)pt", root.attrib["width"])
    assert match is not None
    assert int(match[1]) * 96 / 72 <= 1600


def red_nodes(report: Report) -> set[str]:
    lines = waitfor_dot(report, report.findings[0]).splitlines()
    return {line.split()[0] for line in lines if f'BGCOLOR="{CORE_FILL}"><TR>' in line and "->" not in line} - {"graph"}


def test_only_the_core_is_red() -> None:
    assert red_nodes(deadlock()) == {"stop", "tenant_shutdown", "timeline_shutdown", "executor"}
    assert red_nodes(hostage()) == set()


def test_a_wait_that_nobody_can_end_says_so() -> None:
    report = orphan()
    assert "nobody can make" in waitfor_dot(report, report.findings[0])
    assert "nobody can make" not in waitfor_dot(deadlock(), deadlock().findings[0])


def test_a_lane_covers_every_row_once() -> None:
    report = deadlock()
    taken = steps(report.model, report.findings[0].trace, report.replayed)
    evaluate = Interpreter(report.model).evaluate
    by_state = [standings(report.model, state, evaluate) for state in report.replayed]
    for name in lane_names(report, report.findings[0], taken):
        rows = [row for bar in lane(name, taken, by_state) for row in range(bar.top, bar.top + bar.rows)]
        assert rows == list(range(len(taken)))


def test_standing_tells_waiting_from_resting_and_able() -> None:
    report = deadlock()
    last = standings(report.model, report.replayed[-1], Interpreter(report.model).evaluate)
    assert last["executor"].stand is Stand.WAITING
    assert last["executor"].waits == ("socket.write_end", "connection cancel")
    assert last["compute"].stand is Stand.ENABLED
    first = standings(report.model, report.replayed[0], Interpreter(report.model).evaluate)
    assert first["executor"].stand is Stand.RESTING


def test_names_with_markup_and_colons_are_drawn(tmp_path: Path) -> None:
    report = deadlock()
    finding = report.findings[0]
    assert finding.graph is not None
    strange = replace(finding.graph.waits[3], conjunct='a < "b" & c > 1', resource="<pipe>:x")
    graph = replace(finding.graph, waits=(*finding.graph.waits[:3], strange, *finding.graph.waits[4:]))
    path = draw(waitfor_dot(report, replace(finding, graph=graph)), tmp_path / "w.svg").path
    assert "<pipe>:x" in svg_texts(path)


def test_who_never_moves_gets_no_lane_but_a_remark() -> None:
    report = deadlock()
    model = replace(report.model, actors=(*report.model.actors, Actor("bystander", Duty.OBLIGED)))
    text = lanes(replace(report, model=model))
    assert "not shown, they never move: bystander" in text


def test_without_a_drawer_the_source_is_written_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = draw("digraph {}", tmp_path / "w.svg")
    assert result.path == tmp_path / "w.dot"
    assert result.path.read_text() == "digraph {}"
    assert "pip install pygraphviz" in result.hint


def test_who_has_finished_is_said_to_have() -> None:
    report = check_model(load("lost_notification", {}))
    dot = waitfor_dot(report, report.findings[0])
    assert "has finished" in dot
    lanes = lanes_dot(report, report.findings[0], Interpreter(report.model).evaluate)
    assert "at the end: cannot move" in lanes and "core" not in lanes
