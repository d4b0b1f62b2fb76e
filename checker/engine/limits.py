"""When a search gives up, and what it tells while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from checker.engine.memory import SHARE, free_bytes, is_resident, resident_bytes, size_text
from checker.waits.complete import Pace

_PAUSE = 1 << 12  # items between two looks at the clock
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit. `max_memory` is the resident set of the process in bytes; `memory_text` is said when it is
    reached. The seconds count from `since` (of `time.monotonic`), by default from when the search starts."""

    max_states: int | None = None
    max_depth: int | None = None
    max_seconds: float | None = None
    max_memory: int | None = None
    memory_text: str = ""
    since: float | None = None

    @property
    def out_of_memory(self) -> str:
        """What is said where there is no more memory."""
        return self.memory_text or (f"--max-memory {size_text(self.max_memory)}" if self.max_memory else "memory")


def memory_limit(asked: int | None) -> tuple[int, str]:
    """Return the limit of memory in bytes and what is said when it is reached; not `asked`: SHARE of what is free."""
    if asked is not None:
        return asked, f"--max-memory {size_text(asked)}"
    limit = resident_bytes() + int(SHARE * free_bytes())
    return limit, f"memory: {SHARE:.0%} of what was free, {limit / 2**30:.3g} GiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """How far a search has come: states found, states still to be expanded, levels, part of the table in use."""

    states: int
    queue: int
    depth: int
    load: float | None = None  # None: the engine has no table of its own
    engine: str = "text"
    phase: str = "exploring"


Progress: TypeAlias = Callable[[Update], None]
"""Told now and then how far a search has come."""


class Exhausted(Exception):
    """A limit is reached where there is nothing partial to return; its text names the limit."""


@dataclass(slots=True)
class Clock:
    """Time and memory of one search, asked now and then."""

    limits: Limits
    progress: Progress | None
    start: float = field(init=False)

    def __post_init__(self) -> None:
        self.start = time.monotonic() if self.limits.since is None else self.limits.since

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.start

    def exceeded(self, update: Update) -> str:
        """Report progress; return the limit of time or memory that is reached, "" if none is."""
        limits = self.limits
        if self.progress is not None:
            self.progress(update)
        if limits.max_seconds is not None and self.seconds >= limits.max_seconds:
            return f"--max-seconds {limits.max_seconds:g}"
        if limits.max_memory is not None and is_resident(limits.max_memory):
            return limits.out_of_memory
        return ""

    def reserve(self, size: int, update: Update) -> None:
        """Report progress; raise Exhausted if a limit is reached, or would be with `size` more bytes."""
        most = self.limits.max_memory
        if limit := self.exceeded(update):
            raise Exhausted(limit)
        if most is not None and is_resident(most - size + 1):
            raise Exhausted(self.limits.out_of_memory)

    def pace(self, update: Update) -> Pace:
        """Return how to go through many items: Exhausted where a limit of time or memory is reached."""

        def go(items: Iterable[Item], /) -> Iterator[Item]:
            for place, item in enumerate(items):
                if place % _PAUSE == 0 and (limit := self.exceeded(update)):
                    raise Exhausted(limit)
                yield item

        return go
