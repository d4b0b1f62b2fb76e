"""How to check: everything that is not part of the spec."""

from __future__ import annotations

from dataclasses import dataclass

from checker.diagnostics import UsageError

WAITS = ("off", "structural", "complete")
ENGINES = ("auto", "interpreter", "text", "native")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of one check. UsageError for a value that none of them has.

    `waits`: `complete` finds by certificates and decides exactly; `structural` uses certificates only: it can say
    *violated*, never *holds*; `off` leaves deadlock, orphan and progress without a verdict.
    `properties`: check these only (`deadlock` and `orphan` are names too). Empty: all.
    `witness`: look for a trace to this `sometimes` and for nothing else, until it is met.
    `oblige`, `free`: actors whose actions are all obliged, or all free (may), whatever the spec says.
    `go_on`: do not stop at the first finding; give every property its verdict.
    `workers` is how many threads the native engine uses, no result depends on it.
    `max_memory` is the resident set of the process in bytes.
    """

    waits: str = "complete"
    properties: tuple[str, ...] = ()
    witness: str | None = None
    oblige: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    go_on: bool = False
    strict: bool = False
    max_states: int | None = None
    max_depth: int | None = None
    max_seconds: float | None = None
    max_memory: int | None = None
    engine: str = "auto"
    workers: int = 1

    def __post_init__(self) -> None:
        if self.waits not in WAITS:
            raise UsageError(f"waits={self.waits!r} is none of {', '.join(WAITS)}")
        if self.engine not in ENGINES:
            raise UsageError(f"engine={self.engine!r} is none of {', '.join(ENGINES)}")
        if self.max_seconds is not None and self.max_seconds < 0:
            raise UsageError(f"max_seconds={self.max_seconds!r}: write no negative number")
        for name in ("max_states", "max_depth", "max_memory", "workers"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise UsageError(f"{name}={value!r}: write a positive number")
        both = [name for name in self.oblige if name in self.free]
        if both:
            raise UsageError(f"actor `{both[0]}` is both obliged and freed")
