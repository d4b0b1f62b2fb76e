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
    `workers` is how many threads the native engine uses, no result depends on it; None: one a core.
    `max_memory` is the resident set of the process in bytes.
    `fingerprint`: the native engine knows states by 64 bits (`seed` chooses which function) and forgets them: less
    memory, and *holds* is said but for a small probability. Deadlock, orphan, progress and liveness are not decided.
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
    workers: int | None = None
    fingerprint: bool = False
    seed: int = 0

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
        if self.fingerprint and self.engine not in ("auto", "native"):
            raise UsageError(f"--fingerprint is the native engine's: leave out --engine {self.engine}")
        if self.engine in ("text", "interpreter") and (self.workers or 1) > 1:
            raise UsageError(f"--engine {self.engine} searches with one worker: leave out --engine or --workers")
        if self.fingerprint and (self.workers or 1) > 1:
            raise UsageError("--fingerprint searches with one worker: leave out --workers")
        if self.seed and not self.fingerprint:
            raise UsageError(f"--seed {self.seed} chooses a fingerprint function: give --fingerprint too")
