"""`check bmc` and `check prove`: exit codes, what they print, the files they leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.cli import run

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
MOVES, JOBS = str(CORPUS / "own_moves.py"), str(CORPUS / "param_unbounded.py")

WINDOW = '''"""One more than the window is sent."""

from model import Int, Spec, action, actor, invariant, param, require


class Window(Spec):
    most = param(Int(1, 9), default=2, unbounded=True)
    sent = Int(0, 20)
    sender = actor()

    @action(sender)
    def send(self):
        require(self.sent <= self.most)
        self.sent += 1

    @invariant
    def inside(self):
        return self.sent <= self.most
'''


def test_bounded_search_finds_a_shortest_counterexample(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    itf = tmp_path / "trace.itf.json"
    assert run(["bmc", "counter", "--no-pictures", "--itf", str(itf)]) == 12
    out = capsys.readouterr().out
    assert "✗ invariant  `self.total == self.done` is false where total=" in out
    assert "reached in 4 steps" in out
    assert "reproduce: check bmc counter --depth 20" in out
    assert len(json.loads(itf.read_text())["states"]) == 5


def test_its_trace_can_be_replayed(capsys: pytest.CaptureFixture[str]) -> None:
    run(["bmc", "counter", "--no-pictures"])
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "replay: check replay" in line)
    assert run(line.partition("check ")[2].split()) == 12


def test_nothing_found_within_a_depth_is_incomplete(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bmc", "counter", "--depth", "3", "--property", "nothing_is_lost"]) == 20
    out = capsys.readouterr().out
    assert "no violation within 3 steps" in out
    assert "✓" not in out


def test_runs_that_all_end_are_all_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bmc", MOVES, "--property", "ownership"]) == 0
    assert "no run has more than 4 steps" in capsys.readouterr().out


def test_a_proof_prints_its_invariant(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", MOVES, "--property", "one_ring"]) == 0
    out = capsys.readouterr().out
    assert "✓ HOLDS" in out
    assert "one_ring" in out


def test_what_is_not_decided_is_incomplete(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", str(CORPUS / "prop_progress_to.py"), "--property", "finishes"]) == 20
    assert "this command does not decide it" in capsys.readouterr().out


def test_a_violation_found_on_the_way_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "counter", "--no-pictures", "--property", "nothing_is_lost"]) == 12
    assert "reached in 4 steps" in capsys.readouterr().out


def test_unknown_parameters_are_proved_for_all_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", JOBS, "--property", "ownership", "--property", "counted"]) == 0
    assert "for all values of jobs, room" in capsys.readouterr().out


def test_a_violation_is_one_of_the_spec_compiled_at_its_values(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    spec = tmp_path / "window.py"
    spec.write_text(WINDOW, encoding="utf-8")
    assert run(["prove", str(spec), "--no-pictures"]) == 12
    out = capsys.readouterr().out
    assert "--set most=1" in out
    (line,) = (line for line in out.splitlines() if "replay: check replay" in line)
    assert run(line.partition("check ")[2].split()) == 12


def test_a_parameter_that_cannot_be_unknown_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", str(CORPUS / "errors" / "unbounded_seq_of_colours.py")]) == 150
    assert "fix it: --set room=3" in capsys.readouterr().err


def test_an_unknown_property_is_named() -> None:
    assert run(["prove", MOVES, "--property", "no_such"]) == 2


def test_that_nobody_hangs_is_proved_and_certified(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "window.smt2"
    assert run(["prove", "window", "--certificate", str(file)]) == 0
    out = capsys.readouterr().out
    assert "for all values of requests, window" in out
    assert "✓  deadlock" in out
    assert "ranking" in out
    assert run(["certificate", str(file)]) == 0
    out = capsys.readouterr().out
    assert "✓ proved  shutdown_ends" in out
    file.write_text(
        file.read_text().replace("|server.flush fires| () Bool (", "|server.flush fires| () Bool (and false ")
    )
    assert run(["certificate", str(file)]) == 20
    assert "✗ refused" in capsys.readouterr().out


def test_least_values_that_hang_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "window", "--set", "client=greedy", "--no-pictures"]) == 11
    out = capsys.readouterr().out
    assert "reproduce: check window --set client=greedy --set requests=4 --set window=1" in out
    assert "✗ deadlock" in out


def test_no_certificate_is_a_usage_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["certificate", str(tmp_path / "none.smt2")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_what_breaks_a_proof_of_progress_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", JOBS, "--property", "ends"]) == 20
    out = capsys.readouterr().out
    assert "no proof: the facts found allow this state, which may be unreachable" in out
    assert "(enabled there: " in out
