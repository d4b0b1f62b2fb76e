"""When to give up, and solvers that do."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any


class NoAnswer(Exception):
    """A solver gave up."""


class TimeIsUp(NoAnswer):
    """The time given is over."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When to give up, on the clock of `time.monotonic`; None: never."""

    at: float | None = None

    @staticmethod
    def after(seconds: float) -> Deadline:
        """Return the deadline in so many seconds."""
        return Deadline(time.monotonic() + seconds)

    def left(self) -> float | None:
        """Return how many seconds are left, None if that does not matter; TimeIsUp if none are."""
        left = None if self.at is None else self.at - time.monotonic()
        if left is not None and left <= 0:
            raise TimeIsUp
        return left

    @property
    def passed(self) -> bool:
        return self.at is not None and time.monotonic() >= self.at

    def bind(self, solver: Any) -> Any:
        """Return `solver`, which gives up when the time is over. Raises TimeIsUp."""
        left = self.left()
        if left is not None:
            solver.set("timeout", max(1, int(left * 1000)))
        return solver
