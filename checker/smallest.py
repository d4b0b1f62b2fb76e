"""The least values of unbounded parameters for which a search finds a violation."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import product

from checker.api import check_model
from checker.ir.nodes import Model
from checker.options import Options
from checker.passes.instance import instance
from checker.report import Report, Verdict
from checker.symbolic.mining.sampling import least

STATES = 50_000  # searched at each
BEYOND = 3  # how far values together go beyond the least ones


def violated_at(
    model: Model, properties: tuple[str, ...] = (), *, seconds: float, beyond: int = BEYOND
) -> Mapping[str, int] | None:
    """Return values at which a search finds `properties` (all, if none are named) violated; None if it finds none.

    Values of least sum are tried first.
    """
    until = time.monotonic() + seconds
    for values in smallest(model, beyond):
        left = until - time.monotonic()
        if left <= 0:
            return None
        if searched(instance(model, values), properties, seconds=left).verdict is Verdict.VIOLATED:
            return values
    return None


def searched(model: Model, properties: tuple[str, ...] = (), *, seconds: float) -> Report:
    """Search a model of known parameters, a while."""
    return check_model(model, options=Options(properties=properties, max_states=STATES, max_seconds=seconds))


def smallest(model: Model, beyond: int = BEYOND) -> Iterator[dict[str, int]]:
    """Yield values of the unbounded parameters, in the order of their sums."""
    low = least(model)
    steps = product(range(beyond + 1), repeat=len(low))
    for extra in sorted((one for one in steps if sum(one) <= beyond), key=sum):
        yield {name: value + more for (name, value), more in zip(low.items(), extra, strict=True)}
