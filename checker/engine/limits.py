"""When a search gives up, and what it tells while it runs."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit. `max_memory` is the resident set of the process in bytes."""

    max_states: int | None = None
    max_depth: int | None = None
    max_seconds: float | None = None
    max_memory: int | None = None


Progress = Callable[[int, int, int], None]
"""Told now and then how far a search has come: states found, states still to be expanded, levels."""


def resident_bytes() -> int:
    """Return the memory of this process that is in RAM; its peak where the system does not say."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * resource.getpagesize()


class Clock:
    """Time and memory of one search, asked now and then."""

    def __init__(self, limits: Limits, progress: Progress | None) -> None:
        self._limits = limits
        self._progress = progress
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start

    def exceeded(self, *, states: int, queue: int, depth: int) -> str:
        """Report progress; return the limit of time or memory that is reached, "" if none is."""
        limits = self._limits
        if self._progress is not None:
            self._progress(states, queue, depth)
        if limits.max_seconds is not None and self.seconds >= limits.max_seconds:
            return f"--max-seconds {limits.max_seconds:g}"
        if limits.max_memory is not None and resident_bytes() >= limits.max_memory:
            return f"--max-memory {limits.max_memory}"
        return ""
