"""Limits of a search: memory in the first place."""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import api
from checker.api import check_model
from checker.backends.text.machine import TextMachine
from checker.engine.limits import Clock, Exhausted, Limits, Update, memory_limit
from checker.engine.memory import free_bytes, parse_size, resident_bytes, size_text
from checker.engine.search import explore
from checker.ir.nodes import TRUE, Sometimes
from checker.options import Options
from checker.report import Verdict
from checker.waits.analysis import WaitAnalysis
from checker.waits.complete import complete
from tests.repo.tree import ROOT
from tests.support.toy_models import counter, philosophers


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2G", 2 << 30),
        ("512M", 512 << 20),
        ("1.5 GiB", 3 << 29),
        ("64kb", 64 << 10),
        ("7", 7),
        ("2X", None),
        ("-1", None),
    ],
)
def test_sizes_are_read_as_users_write_them(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@given(st.integers(1, 1 << 50))
def test_sizes_are_written_as_they_are_read(size: int) -> None:
    assert parse_size(size_text(size)) == size


def test_without_a_limit_most_of_what_is_free_may_be_taken() -> None:
    limit, text = memory_limit(None)
    assert resident_bytes() // 2 < limit < resident_bytes() + free_bytes()
    assert text.startswith("memory: 80% of what was free")
    assert memory_limit(3 << 29) == (3 << 29, "--max-memory 1.5G")


def test_a_limit_ends_complete_detection_too() -> None:
    """Every state has been visited, nobody was proved to be able to move: what the search decided stays decided."""
    model = replace(counter(3), properties=(Sometimes("start", TRUE),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "decide", exhausted)
        report = check_model(model, options=Options(engine="text"))
    assert (report.verdict, report.exit_code, report.complete) == (Verdict.INCOMPLETE, 20, True)
    assert report.stopped_by == "--max-seconds 5"
    verdicts = {result.name: result.verdict for result in report.properties}
    assert verdicts == {"deadlock": Verdict.INCOMPLETE, "orphan": Verdict.INCOMPLETE, "start": Verdict.HOLDS}


def exhausted(*_: object, **__: object) -> None:
    raise Exhausted("--max-seconds 5")


def test_complete_detection_looks_at_the_clock() -> None:
    asked: list[Update] = []
    clock = Clock(Limits(max_seconds=0), asked.append)
    with pytest.raises(Exhausted, match="--max-seconds 0"):
        list(clock.pace(Update(states=1, queue=0, depth=1, phase="complete detection"))(range(3)))
    assert [update.phase for update in asked] == ["complete detection"]
    exploration = explore(TextMachine(philosophers(4)))
    with pytest.raises(Exhausted):
        complete(exploration, WaitAnalysis(TextMachine(philosophers(4))), pace=clock.pace(asked[0]))


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (64 << 20, 64 << 20))


@pytest.mark.slow
def test_a_limit_of_addresses_ends_a_search_as_incomplete() -> None:
    """As under `ulimit -v`: what is free is known beforehand, so no allocation fails."""
    words = ["check", "bench/models/pipeline.py", "--set", "connections=3", "--waits", "off", "--engine", "text"]
    command = [sys.executable, "-m", "checker", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=limited)
    assert done.returncode == 20, done.stderr
    assert "stopped by memory: 80% of what was free" in done.stdout
