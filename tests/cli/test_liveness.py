"""Liveness as the command shows it: exit code 13, the lasso in text, JSON, ITF and the state graph, and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import itf_py
import jsonschema
import pytest

from checker.cli import run
from checker.render.document import schema

SPEC = '''"""Two clients of a server that may serve the same one for ever; one of them asks at will."""

from model import Bool, Enum, Expect, Int, Map, Spec, action, actor, eventually, leads_to, may, require


class Served(Spec):
    Client = Int(0, 1)
    asked = Map(Client, Bool())
    client = actor(over=Client, duty=may)
    server = actor()

    @action(client)
    def ask(self, me):
        require(not self.asked[me])
        self.asked[me] = True

    @action(server)
    def serve(self, c: Client):
        require(self.asked[c])
        self.asked[c] = False

    served = leads_to(lambda self, c: self.asked[c], lambda self, c: not self.asked[c], over=Client)

    EXPECTED = (Expect("leads_to", states=4, violated=("served[0]", "served[1]")),)
'''
TRACE = "0/0/1/3"


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "served.py"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


def test_the_lasso_is_told_and_the_exit_code_is_13(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([spec, "--no-pictures"]) == 13
    said = capsys.readouterr().out
    for text in (
        "↻ what follows repeats for ever",
        "↻ back to step 1: steps 2 to 3 repeat for ever",
        "disabled throughout the cycle\n    client[0]  waits for asked",
        "for ever: steps 2 to 3 repeat, taken by client[1], server",
        "starved: server.serve(c=0) (enabled, but its actor takes other steps)",
        f"--trace {TRACE} --loop 1",
        "✗ VIOLATED: leads_to (exit 13)",
    ):
        assert text in said


def test_json_and_itf_have_the_loop(spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    itf = tmp_path / "trace.itf.json"
    assert run([spec, "--no-pictures", "--json", "-", "--itf", str(itf)]) == 13
    document = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(document)
    loop = document["violation"]["loop"]
    assert (loop["start"], loop["since"], loop["moving"]) == (1, 1, ["client[1]", "server"])
    trace = itf_py.trace_from_json(json.loads(itf.read_text(encoding="utf-8")))
    assert trace.loop == 1
    assert trace.states[-1].values == trace.states[1].values


def test_a_replay_goes_back_and_violates_it_again(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", spec, "--trace", TRACE, "--loop", "1"]) == 13
    assert "✗ REPLAYED: leads_to (exit 13)" in capsys.readouterr().out
    assert run(["replay", spec, "--trace", TRACE]) == 0
    assert run(["replay", spec, "--trace", TRACE, "--loop", "2"]) == 2
    assert "the trace does not end in the state after step 2" in capsys.readouterr().err


def test_a_replay_says_of_a_cycle_that_is_none_why(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", spec, "--trace", "0/0", "--loop", "1"]) == 0
    assert "that is no fair behaviour: server could act all the time and never does" in capsys.readouterr().out


def test_the_state_graph_shows_lassos(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", spec, "--format", "json"]) == 0
    graph = json.loads(capsys.readouterr().out)
    marked = {(edge["source"], edge["target"]) for edge in graph["edges"] if edge["lasso"]}
    assert len(marked) == 4
    assert sum("for ever here" in (state["violation"] or "") for state in graph["states"]) == 3
    assert run(["graph", spec]) == 0
    assert "penwidth=2.2" in capsys.readouterr().out


def test_rows_pin_what_does_not_hold(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["expected", spec, "-j", "1"]) == 0
    path = Path(spec)
    path.write_text(SPEC.replace('("served[0]", "served[1]")', '("served[0]",)'), encoding="utf-8")
    assert run(["expected", spec, "-j", "1"]) == 12
    assert "violated served[0] expected" in capsys.readouterr().out


def test_walks_and_limits_leave_liveness_open(spec: str) -> None:
    assert run(["simulate", spec, "--walks", "3"]) == 20
    assert run([spec, "-q", "--max-states", "2"]) == 20
    assert run([spec, "-q", "--max-depth", "1"]) == 20
