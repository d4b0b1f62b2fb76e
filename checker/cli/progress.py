"""The progress line: on a terminal while the search runs, nothing in a pipe."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checker.engine.limits import Progress, Update
from checker.engine.memory import resident_bytes
from checker.render.style import duration, rate, thousands

INTERVAL = 0.1  # seconds between redraws: faster than that nobody reads


@contextmanager
def status_line(first: str, *, quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """Yield what shows a line in place of the one before, or None where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    console = importlib.import_module("rich.console").Console(stderr=True)
    with console.status(first) as line:
        yield line.update


@contextmanager
def progress_line(*, quiet: bool) -> Iterator[Progress | None]:
    """Yield what the search reports to, or None where nobody looks."""
    with status_line("exploring…", quiet=quiet) as line:
        if line is None:
            yield None
            return
        start = last = time.monotonic()
        phase = ""

        def show(update: Update) -> None:
            nonlocal last, phase
            now = time.monotonic()
            if now - last >= INTERVAL or update.phase != phase:  # a phase may be long and say nothing more
                last, phase = now, update.phase
                line(progress_text(update, now - start, resident_bytes()))

        yield show


def progress_text(update: Update, seconds: float, memory: int) -> str:
    """Say how far a search is; `memory` in bytes."""
    load = "" if update.load is None else f", table {update.load:.0%} full"
    return (
        f"{update.phase}: {thousands(update.states)} states, {rate(update.states, seconds)}, "
        f"queue {thousands(update.queue)}, depth {update.depth}, {memory / 2**20:.0f} MiB{load}, "
        f"{duration(seconds)}, {update.engine}"
    )
