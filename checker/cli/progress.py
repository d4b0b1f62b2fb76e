"""The progress line: on a terminal while the search runs, nothing in a pipe."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from checker.engine.limits import Progress, resident_bytes
from checker.render.style import duration, rate, thousands

INTERVAL = 0.1  # seconds between redraws: faster than that nobody reads


@contextmanager
def progress_line(*, quiet: bool) -> Iterator[Progress | None]:
    """Yield what the search reports to, or None where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    console = importlib.import_module("rich.console").Console(stderr=True)
    start = last = time.monotonic()
    with console.status("exploring…") as line:

        def update(states: int, queue: int, depth: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= INTERVAL:
                last = now
                line.update(progress_text(states, queue, depth, now - start, resident_bytes()))

        yield update


def progress_text(states: int, queue: int, depth: int, seconds: float, memory: int) -> str:
    """Say how far a search is; `memory` in bytes."""
    return (
        f"{thousands(states)} states, {rate(states, seconds)}, queue {thousands(queue)}, depth {depth}, "
        f"{memory / 2**20:.0f} MiB, {duration(seconds)}"
    )
