"""The models and sizes that are measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

ENDS = 1  # or more: everybody has finished or rests
MODELS = Path(__file__).resolve().parent / "models"


class Beside(Enum):
    """Who is measured beside us."""

    CHECKERS = "SPIN and Rumur"
    LIBRARIES = "checkers that are Python libraries: for small sizes"
    TEXT = "our own generated Python, as there is no model for others"
    NOBODY = "nobody: others would take hours, or more memory than there is"
    ONCE = "nobody, and ours only on all workers"


@dataclass(frozen=True, slots=True)
class Case:
    """One model at one size.

    `sizes` are the spec's parameters, how many there are of what repeats first; in upper case they are in the others'
    sources too. `dead` is the number of states without successor, `deadlock` whether they are one. `big` cases are
    measured only if asked for, the one of a billion states only by name.
    """

    name: str
    model: str
    sizes: tuple[tuple[str, int | str], ...]
    states: int  # what everybody must find
    dead: int = 0
    deadlock: bool = False
    beside: Beside = Beside.CHECKERS
    big: bool = False
    live: bool = False  # with `live=on` there is a liveness property, which holds
    wide: bool = False  # a state takes several words

    def source(self, suffix: str) -> str:
        """Return a peer's source with the sizes put in, and `@EACH NAME@` written out: `NAME(0) NAME(1) …`."""
        text = (MODELS / f"{self.model}{suffix}").read_text(encoding="utf-8")
        for name, value in self.sizes:
            text = text.replace(f"@{name.upper()}@", str(value))
        count = int(self.sizes[0][1])
        return re.sub(r"@EACH (\w+)@", lambda each: " ".join(f"{each[1]}({i})" for i in range(count)), text)


def _philosophers(seats: int, states: int, beside: Beside = Beside.CHECKERS) -> Case:
    return Case(f"philosophers {seats}", "philosophers", (("seats", seats),), states, beside=beside, live=True)


def _forks(seats: int, *, big: bool = False) -> Case:
    name = f"deadlocking philosophers {seats}"
    return Case(name, "forks", (("seats", seats),), 3**seats, dead=2, deadlock=True, big=big)


def _two_phase(managers: int, states: int, beside: Beside = Beside.CHECKERS, *, big: bool = False) -> Case:
    return Case(f"two-phase commit {managers}", "two_phase", (("managers", managers),), states, beside=beside, big=big)


def _pipeline(
    name: str,
    requests: int,
    states: int,
    beside: Beside = Beside.CHECKERS,
    *,
    connections: int = 3,
    batch: int = 4,
    spare: int = 1,
) -> Case:
    sizes = (("connections", connections), ("requests", requests), ("batch", batch), ("window", 5), ("spare", spare))
    big = states > 5_000_000
    return Case(f"pipeline, {name}", "pipeline", sizes, states, beside=beside, big=big, live=spare == 1, wide=spare > 1)


def _page_service(requests: int, states: int, *, big: bool = False) -> Case:
    sizes = (("shards", 2), ("requests", requests), ("max_batch", 2))
    name = f"page_service, {requests} requests"
    return Case(name, "page_service", sizes, states, dead=ENDS, beside=Beside.TEXT, big=big, wide=True)


CASES = (
    _philosophers(16, 1_136_689),
    _forks(12),
    _two_phase(7, 296_448),
    _two_phase(8, 1_745_408),
    _pipeline("1 M", 4, 105**3),
    _pipeline("1 M, 2 words", 4, 105**3, spare=30),
    _pipeline("1 M, 4 words", 4, 105**3, spare=4_000),
    _page_service(2, 682_040),
    _philosophers(12, 33_461, Beside.LIBRARIES),
    _two_phase(6, 50_816, Beside.LIBRARIES),
    _pipeline("100 000", 6, 322**2, Beside.LIBRARIES, connections=2),
    _page_service(3, 16_669_376, big=True),
    _forks(14, big=True),
    _two_phase(9, 10_340_352, big=True),
    _pipeline("33 M", 6, 322**3),
    _pipeline("321 M", 8, 685**3, Beside.NOBODY),
    _pipeline("1 billion", 9, 1010**3, Beside.ONCE, batch=5),
)
