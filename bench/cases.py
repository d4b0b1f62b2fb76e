"""The models and sizes that are measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MODELS = Path(__file__).resolve().parent / "models"


@dataclass(frozen=True, slots=True)
class Case:
    """One model at one size. `sizes` are the spec's parameters; in upper case they are in the peers' sources too."""

    name: str
    model: str
    sizes: tuple[tuple[str, int], ...]
    states: int  # what everybody must find

    def source(self, suffix: str) -> str:
        """Return a peer's source with the sizes put in."""
        text = (MODELS / f"{self.model}{suffix}").read_text(encoding="utf-8")
        for name, value in self.sizes:
            text = text.replace(f"@{name.upper()}@", str(value))
        return text


def _pipeline(connections: int, requests: int, states: int, *, room: int = 2, widest: int = 5) -> Case:
    sizes = (("connections", connections), ("requests", requests), ("batch", room), ("window", room))
    wide = ", wide" if widest > 15 else ""
    return Case(f"pipeline, {connections} connections{wide}", "pipeline", (*sizes, ("widest", widest)), states)


CASES = (
    Case("philosophers 16", "philosophers", (("seats", 16),), 1_136_689),
    Case("two-phase commit 7", "two_phase", (("managers", 7),), 296_448),
    Case("two-phase commit 8", "two_phase", (("managers", 8),), 1_745_408),
    _pipeline(3, 4, 531_441),
    _pipeline(2, 12, 1_311_025, room=4),
    _pipeline(2, 8, 390_625, room=4, widest=1_000),
)
