"""The progress line: on a terminal while the search runs, nothing in a pipe."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from checker.engine.limits import Progress, Status
from checker.render.style import duration, rate, thousands

INTERVAL = 0.1  # seconds between redraws: faster than that nobody reads


@contextmanager
def progress_line(*, quiet: bool) -> Iterator[Progress | None]:
    """Yield what the search reports to, or None where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    console = importlib.import_module("rich.console").Console(stderr=True)
    last = 0.0
    with console.status("exploring…") as line:

        def update(status: Status) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= INTERVAL:
                last = now
                line.update(progress_text(status))

        yield update


def progress_text(status: Status) -> str:
    """Say how far a search is."""
    return (
        f"{thousands(status.states)} states, {rate(status.states, status.seconds)}, queue {thousands(status.queue)}, "
        f"depth {status.depth}, {status.memory / 2**20:.0f} MiB, {duration(status.seconds)}"
    )
