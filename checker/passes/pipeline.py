"""The passes in order: what each is for, and how to look at the model after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from checker.ir.nodes import Model
from checker.ir.verify import verify
from checker.passes.simplify import simplify
from checker.passes.start import start
from checker.passes.temps import temps

Pass = Callable[[Model], Model]

PIPELINE: Final[tuple[tuple[str, Pass], ...]] = (
    ("temps", temps),  # locals that never outlive a step leave the state
    ("start", start),  # first steps that only set their own locals to constants are taken at once
    ("simplify", simplify),  # constants carried forward within a step, decided branches cut
)


def run(model: Model, *, passes: tuple[tuple[str, Pass], ...] = PIPELINE, after: str | None = None) -> Model:
    """Return the model after all passes, or after the one named `after` (`elaborate`: before any)."""
    verify(model, after="elaborate")
    if after == "elaborate":
        return model
    for name, function in passes:
        model = verify(function(model), after=name)
        if name == after:
            return model
    return model
