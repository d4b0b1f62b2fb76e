"""The models and sizes that are measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MODELS = Path(__file__).resolve().parent / "models"


@dataclass(frozen=True, slots=True)
class Case:
    """One model at one size.

    `sizes` are the spec's parameters, how many there are of what repeats first; in upper case they are in the peers'
    sources too. `dead` is the number of states without successor. `small` cases are for checkers in Python, `big`
    ones are measured only if asked for; `alone`, without the others.
    """

    name: str
    model: str
    sizes: tuple[tuple[str, int], ...]
    states: int  # what everybody must find
    dead: int = 0
    small: bool = False
    big: bool = False
    alone: bool = False

    def source(self, suffix: str) -> str:
        """Return a peer's source with the sizes put in, and `@EACH NAME@` written out: `NAME(0) NAME(1) …`."""
        text = (MODELS / f"{self.model}{suffix}").read_text(encoding="utf-8")
        for name, value in self.sizes:
            text = text.replace(f"@{name.upper()}@", str(value))
        count = self.sizes[0][1]
        return re.sub(r"@EACH (\w+)@", lambda each: " ".join(f"{each[1]}({i})" for i in range(count)), text)


def _philosophers(seats: int, states: int, *, small: bool = False) -> Case:
    return Case(f"philosophers {seats}", "philosophers", (("seats", seats),), states, small=small)


def _forks(seats: int, *, big: bool = False) -> Case:
    return Case(f"deadlocking philosophers {seats}", "forks", (("seats", seats),), 3**seats, dead=2, big=big)


def _two_phase(managers: int, states: int, *, small: bool = False, big: bool = False) -> Case:
    return Case(f"two-phase commit {managers}", "two_phase", (("managers", managers),), states, small=small, big=big)


def _pipeline(
    name: str, requests: int, states: int, *, connections: int = 3, spare: int = 1, small: bool = False
) -> Case:
    sizes = (("connections", connections), ("requests", requests), ("batch", 4), ("window", 5), ("spare", spare))
    big = states > 5_000_000
    return Case(f"pipeline, {name}", "pipeline", sizes, states, small=small, big=big, alone=states > 100_000_000)


CASES = (
    _philosophers(16, 1_136_689),
    _forks(13),
    _two_phase(7, 296_448),
    _two_phase(8, 1_745_408),
    _pipeline("1 M", 4, 105**3),
    _pipeline("1 M, 2 words", 4, 105**3, spare=30),
    _pipeline("1 M, 4 words", 4, 105**3, spare=4_000),
    _philosophers(12, 33_461, small=True),
    _two_phase(6, 50_816, small=True),
    _pipeline("100 000", 6, 322**2, connections=2, small=True),
    _forks(14, big=True),
    _two_phase(9, 10_340_352, big=True),
    _pipeline("33 M", 6, 322**3),
    _pipeline("321 M", 8, 685**3),
)
