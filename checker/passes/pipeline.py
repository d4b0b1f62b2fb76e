"""The passes in order: what each is for, and how to look at the model after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from checker.diagnostics import InternalError
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
    """Return the model after all passes, or after the one named `after` (`elaborate`: before any).

    The result is verified; what is malformed was made so by the first pass after which it is.
    """
    stages = [("elaborate", model)]
    for name, function in passes:
        if after == stages[-1][0]:
            break
        stages.append((name, function(stages[-1][1])))
    try:
        return verify(stages[-1][1])
    except InternalError:
        for name, stage in stages:
            verify(stage, after=name)
        raise
