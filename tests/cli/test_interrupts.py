"""Ctrl-C and limits of time, in processes of their own: each phase ends soon, with what was found, and its code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOON = 6.0  # seconds, on a busy machine
PHILOSOPHERS = str(ROOT / "bench/models/philosophers.py")


Start: TypeAlias = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start commands that heed interrupts, even where these tests run in the background, which may ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with ExitStack() as started:

        def command(*words: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "checker", *words],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield command
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("words", "kept", "seconds", "told"),
    [
        ([PHILOSOPHERS, "--set", "seats=16", "--engine", "text"], "models/*.model", 0.7, True),
        ([PHILOSOPHERS, "--set", "seats=20", "--engine", "native", "--workers", "1"], "native/*.o", 1.5, True),
        (["page_service", "--engine", "native"], "native/*.o", 0.0, True),  # other modules follow
        (["simulate", "page_service", "--walks", "1000000"], "models/*.model", 1.0, True),
        (["bmc", "page_service", "--depth", "99"], "models/*.model", 1.0, False),
        (["expected", "page_service"], "models/*.model", 0.7, False),
    ],
    ids=["text", "native", "compilation", "simulate", "bmc", "expected"],
)
def test_an_interrupt_ends_each_phase(
    words: list[str], kept: str, seconds: float, told: bool, tmp_path: Path, start: Start
) -> None:
    process = start(*words)
    while not list(tmp_path.rglob(kept)):  # how far the check is
        assert process.poll() is None
        time.sleep(0.02)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err and "internal error" not in err
    assert process.returncode == 130
    assert time.monotonic() - began < SOON
    if told:
        assert "? INCOMPLETE: no violation so far, which proves nothing (exit 130)" in out
    assert not list(tmp_path.glob("knotcheck-*"))


@pytest.mark.parametrize("engine", ["native", "text"])
def test_a_limit_of_time_ends_compilation_too(engine: str, start: Start) -> None:
    began = time.monotonic()
    process = start("page_service", "--engine", engine, "--max-seconds", "0.2")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 20
    assert "stopped by --max-seconds 0.2" in out
    assert time.monotonic() - began < SOON + 2  # to read the spec takes a second
