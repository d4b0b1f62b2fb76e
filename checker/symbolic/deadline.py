"""When to give up, and solvers that do."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

BY_KEY = "interrupted from keyboard"  # says z3


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


def answered(solver: Any, answer: Any) -> Any:
    """Return `answer` of `solver`; KeyboardInterrupt if an interrupt ended it, which z3 takes for itself."""
    if BY_KEY in solver.reason_unknown():
        raise KeyboardInterrupt
    return answer


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it, an interrupt is a KeyboardInterrupt even where `ctypes` makes an error of arguments of it."""
    try:
        yield
    except ctypes.ArgumentError as error:
        if KeyboardInterrupt.__name__ not in str(error):
            raise
        raise KeyboardInterrupt from error
