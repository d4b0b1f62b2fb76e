"""The commands beside `check`, on small specs written for the purpose, front end and engine included."""

from __future__ import annotations

import json
from pathlib import Path

import networkx
import pytest

from checker.cli import run

TABLE = '''"""Two forks, `n` philosophers who each take the left one first."""

from model import Expect, Int, Map, Spec, param, sometimes, task
from model.mutex import Mutex


class Table(Spec):
    """Dining philosophers."""

    n = param(Int(2, 3), default=2)
    Seat = Int(0, n - 1)
    forks = Map(Seat, Mutex())

    @task(over=Seat)
    async def philosopher(self, me):
        first = await self.forks[me].lock()
        second = await self.forks[(me + 1) % self.n].lock()

    @sometimes
    def fed(self):
        return self.philosopher[0].finished

    EXPECTED = (
        Expect("deadlock"),
        Expect("deadlock", n=3, states=7),
    )
'''
PERMITS = '''"""A waits for both permits, C takes and gives one back for ever: A is dead, no single state shows it."""

from model import Int, Spec, action, actor, require


class Permits(Spec):
    free = Int(0, 2, init=1)
    held = Int(0, 1, init=1)
    got = Int(0, 1)
    a = actor(finished=lambda self: self.got == 1)
    c = actor()

    @action(a)
    def take_both(self):
        require(self.got == 0)
        require(self.free == 2)
        self.got = 1

    @action(c)
    def take(self):
        require(self.held == 1)
        require(self.free >= 1)
        self.free -= 1
        self.held = 0

    @action(c)
    def give(self):
        require(self.held == 0)
        self.free += 1
        self.held = 1
'''


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("table.py").write_text(TABLE, encoding="utf-8")
    Path("permits.py").write_text(PERMITS, encoding="utf-8")
    return tmp_path


def out(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def counterexample(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the trace of the violation that `check WORDS` finds."""
    run([*words, "--json", "-", "--no-pictures"])
    return str(json.loads(out(capsys))["violation"]["trace"]["code"])


def test_list_shows_parameters_and_expectations(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "table.py"]) == 0
    shown = out(capsys)
    assert "n  2  2..3" in shown
    assert "deadlock  n=3         7" in shown


def test_list_names_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == 0
    assert "page_service" in out(capsys)


def test_show_prints_the_compiled_actions(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "table.py"]) == 0
    assert "action philosopher[0].forks[0].lock of philosopher[0] (obliged)" in out(capsys)


def test_show_refuses_an_unknown_pass(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "table.py", "--dump-after", "nonsense"]) == 2
    assert "no pass `nonsense`" in capsys.readouterr().err


def test_replay_reproduces_the_verdict(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = counterexample(capsys, "table.py")
    words = ["replay", "table.py", "--trace", trace, "--eval", "self.philosopher[0].at('start')"]
    assert run(words) == 11
    shown = out(capsys)
    assert "self.philosopher[0].at('start') = True" in shown
    assert "self.philosopher[0].at('start') = False" in shown
    assert shown.splitlines()[-1] == "✗ REPLAYED: deadlock (exit 11)"


def test_replay_of_a_harmless_trace_is_no_verdict_on_the_spec(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = counterexample(capsys, "table.py").split("/")[:2]
    assert run(["replay", "table.py", "--trace", "/".join(first)]) == 0
    assert "HOLDS" not in out(capsys)


def test_replay_of_a_trace_that_does_not_fit_is_a_mismatch(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", "table.py", "--trace", "0/99"]) == 255
    assert "mismatch: step 1" in capsys.readouterr().err
    assert run(["replay", "table.py", "--trace", "zero"]) == 2


def test_replay_without_certificate_needs_the_search(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["permits.py", "--no-pictures"])
    report = out(capsys)
    assert code == 11
    assert "no local certificate" in report
    line = next(line for line in report.splitlines() if "replay: check" in line)
    words = line.split("replay: check ")[1].split()
    assert words[-1] == "--exact"
    assert run(words) == 11
    assert run(words[:-1]) == 0


def test_bad_expression_is_a_usage_error(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", "table.py", "--trace", "0", "--eval", "self.nobody"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_simulation_finds_and_never_proves(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", "table.py", "--walks", "50", "--seed", "1"]) == 11
    found = out(capsys)
    assert "reproduce: check simulate table.py --walks 50 --depth 100 --seed 1" in found
    # One step is too short for any finding, and must not read as success.
    assert run(["simulate", "table.py", "--walks", "1", "--depth", "1"]) == 20
    nothing = out(capsys)
    assert "INCOMPLETE" in nothing
    assert "holds" not in nothing
    assert "never met" not in nothing


def test_simulation_is_the_same_for_the_same_seed(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for _ in range(2):
        run(["simulate", "table.py", "--walks", "3", "--depth", "2", "--seed", "5", "--coverage"])
        shown.append([line for line in out(capsys).splitlines() if "states/s" not in line])
    assert shown[0] == shown[1]


def test_graph_is_judged_alike_by_networkx(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "table.py", "--format", "json"]) == 0
    document = json.loads(out(capsys))
    graph: networkx.MultiDiGraph[int] = networkx.MultiDiGraph()
    graph.add_nodes_from(state["id"] for state in document["states"])
    graph.add_edges_from((edge["source"], edge["target"], edge) for edge in document["edges"])
    actors = {actor["name"] for actor in document["actors"]}
    for state in document["states"]:
        reachable = {state["id"], *networkx.descendants(graph, state["id"])}
        moving = {edge["owner"] for edge in document["edges"] if edge["source"] in reachable}
        assert set(state["dead"]) == actors - moving - set(state["finished"]) - set(state["resting"])
    ends = [state for state in document["states"] if not graph.out_degree(state["id"])]
    assert {bool(state["violation"]) for state in ends} == {True, False}


def test_graph_of_a_cut_search_does_not_claim_who_is_stuck(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "table.py", "--format", "json", "--max-states", "3"]) == 20
    document = json.loads(out(capsys))
    assert document["complete"] is False
    assert {state["stuck"] for state in document["states"]} == {None}


def test_graph_as_dot_goes_to_a_file(specs: Path) -> None:
    assert run(["graph", "table.py", "--max-nodes", "4", "-o", "g.dot"]) == 0
    assert "4 states, " in Path("g.dot").read_text(encoding="utf-8")


def test_expected_compares_and_pins(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["expected", "table.py", "--jobs", "1"]) == 12
    shown = out(capsys)
    assert "states 7 expected" in shown
    assert shown.splitlines()[-1] == "✗ 1 of 2 rows differ (exit 12)"
    assert run(["expected", "table.py", "--jobs", "1", "--update-expected"]) == 0
    assert run(["expected", "table.py", "--jobs", "1"]) == 0
    assert "states=7" not in Path("table.py").read_text(encoding="utf-8")


def test_pinning_keeps_the_rest_of_a_file(specs: Path) -> None:
    lines = ["from model import Expect, Spec, param, step, task", "", "", "class U(Spec):"]
    lines += [
        '    mode = param("ä", "ö", default="ä")',
        "",
        "    @task",
        "    async def run(self):",
        "        await step()",
    ]
    source = "\r\n".join([*lines, "", ""])
    rows = '    EXPECTED = (Expect("holds", mode="ä"{}), Expect("holds", mode="ö"{}))  # ü\r\n'
    Path("u.py").write_bytes((source + rows.format("", "")).encode())
    assert run(["expected", "u.py", "--jobs", "1", "--update-expected"]) == 0
    pinned = ", states=2, transitions=1, depth=2"
    assert Path("u.py").read_bytes() == (source + rows.format(pinned, pinned)).encode()


def test_expected_never_rewrites_a_verdict(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.py").write_text(TABLE.replace('Expect("deadlock"),', 'Expect("holds"),'), encoding="utf-8")
    assert run(["expected", "wrong.py", "--jobs", "1", "--update-expected"]) == 12
    assert 'Expect("holds"),' in Path("wrong.py").read_text(encoding="utf-8")
    assert "verdict holds expected" in out(capsys)


def test_expected_runs_rows_side_by_side(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["expected", "table.py", "--jobs", "2"]) == 12
    assert "1 of 2 rows differ" in out(capsys)


def test_expected_without_rows_is_a_usage_error(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["expected", "permits.py"]) == 2
    assert "no EXPECTED rows in permits.py" in capsys.readouterr().err


def test_replay_is_judged_by_the_duties_of_the_check(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["permits.py", "--free", "c", "--no-pictures"])
    line = next(line for line in out(capsys).splitlines() if "replay: check" in line)
    assert "--free c" in line
    assert run(line.split("replay: check ")[1].split()) == 11


def test_what_if_is_part_of_the_line_to_reproduce(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["permits.py", "--oblige", "c", "--all", "--no-pictures"])
    assert "reproduce: check permits.py --oblige c --all" in out(capsys)


def test_limits_are_part_of_the_line_to_reproduce(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["permits.py", "--max-states", "2", "--max-seconds", "60", "--no-pictures"]) == 20
    assert "reproduce: check permits.py --max-states 2 --max-seconds 60\n" in out(capsys)
