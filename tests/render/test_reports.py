"""What a person reads: whole reports against goldens, and what every report must say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest

from checker.diagnostics import Diagnostic
from checker.loc import Loc
from checker.render.explain import cycle_chain, headline, merged_alternatives
from checker.render.problems import render_diagnostics
from checker.render.style import Style
from checker.render.text import render_report
from tests.render.samples import SAMPLES, deadlock, graph, holds, incomplete, orphan

WIDE = Style(120)


@pytest.mark.parametrize("name", SAMPLES)
def test_report(name: str, golden: Callable[..., None]) -> None:
    golden(render_report(SAMPLES[name](), WIDE, coverage=name == "holds") + "\n")


def test_report_in_a_narrow_window(golden: Callable[..., None]) -> None:
    golden(render_report(deadlock(), Style(72)) + "\n")


@pytest.mark.parametrize("name", SAMPLES)
def test_colour_changes_nothing_but_colour(name: str) -> None:
    report = SAMPLES[name]()
    assert click.unstyle(render_report(report, Style(120, color=True))) == render_report(report, WIDE)
    assert "\x1b[" in render_report(report, Style(120, color=True))


@pytest.mark.parametrize("name", SAMPLES)
def test_last_line_is_the_verdict(name: str) -> None:
    report = SAMPLES[name]()
    last = render_report(report, WIDE).splitlines()[-1]
    assert report.verdict.value.upper() in last
    assert f"(exit {report.exit_code})" in last


def test_incomplete_never_reads_as_success() -> None:
    text = render_report(incomplete(), WIDE)
    assert "stopped by --max-states 1000" in text
    assert "HOLDS" not in text
    assert "search complete" not in text


def test_never_again_is_said_of_the_dead_only() -> None:
    stuck = deadlock()
    assert "never move again" not in render_report(stuck, WIDE)
    assert "never move again" in render_report(orphan(), WIDE)
    some_dead = replace(stuck.findings[0], dead=("stop",))
    assert "never" not in headline(some_dead, stuck.model)


def test_cycle_names_resources_and_returns_to_its_start() -> None:
    chain = cycle_chain(graph()).split(" → ")
    assert chain[0] == chain[-1] == "stop"
    assert "[gate `timeline`, held in `batches.value`]" in chain


def test_alternatives_that_wait_for_the_same_are_said_once() -> None:
    waits = [wait for wait in graph().waits if wait.actor == "executor"]
    twin = replace(waits[0], action="executor.flush.wrote(n=1)")
    assert len(merged_alternatives([waits[0], twin, waits[1]])) == 2


def test_reproduce_line_is_quoted_for_a_shell() -> None:
    report = replace(holds(), spec="my specs/x.py", settings=(("text", "a b"),))
    assert "reproduce: check 'my specs/x.py' --set 'text=a b'" in render_report(report, WIDE)


def test_diagnostic_shows_the_line_and_a_caret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.py").write_text("x = 1\nü = lambda: self.gaet.close()\n", encoding="utf-8")
    start = len("ü = lambda: ".encode())
    loc = Loc("bad.py", 2, start, 2, start + len("self.gaet"))
    text = render_diagnostics((Diagnostic("K021", "`gaet` is unknown", loc, "did you mean `gate`?"),), WIDE)
    assert text.splitlines()[:4] == [
        f"bad.py:2:{start + 1}: K021 `gaet` is unknown",
        "    2 | ü = lambda: self.gaet.close()",
        "      |             ^^^^^^^^^",
        "  fix: did you mean `gate`?",
    ]
    assert text.splitlines()[-1] == "✗ the spec is wrong: 1 mistake (exit 150)"


def test_diagnostic_of_a_missing_file_has_no_excerpt() -> None:
    text = render_diagnostics((Diagnostic("K001", "not Python", Loc("absent.py", 3)),), WIDE)
    assert "|" not in text
