"""When a search in generated text gives way to machine code, under `--engine auto`.

Both engines give the same result, so what is decided here is only time. What machine code costs before its first state
is known about; how many states there are is not. So the search moves when it has taken as long as moving costs (the
rule for renting skis: never much more than twice the best), a little later if almost everything found so far has been
expanded already and the end may be near. Where the same question made another run move, it is known that moving pays,
and machine code is kept: then there is nothing to wait for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from checker.diagnostics import UsageError
from checker.engine.limits import Update

COST = 1.0  # seconds of the processor until machine code is compiled
PATIENCE = 3  # times as long, where few states are left to expand
FEW = 0.05  # of the states found: so few are left at the end, and in models that are deep and narrow

HANDED_OVER = "handed over"  # why such a search ended


@dataclass(slots=True)
class Handover:
    """Asked now and then by a search in text: whether to end it, because another engine is ready.

    `prepare`, told how far the search has come, gets that engine ready; UsageError if it cannot take the model: then
    the search goes on to its end, and `refusal` says why.
    """

    prepare: Callable[[Update], None]
    begun: float = field(default_factory=time.process_time)
    refusal: str = field(default="", init=False)
    ready: bool = field(default=False, init=False)

    def __call__(self, update: Update) -> bool:
        """Tell whether to hand over now."""
        return not self.refusal and self.pays(time.process_time() - self.begun, update) and self.move(update)

    def move(self, update: Update) -> bool:
        """Get the other engine ready, if it can take the model; tell whether it is."""
        try:
            self.prepare(update)
            self.ready = True
        except UsageError as error:
            self.refusal = str(error)
        return self.ready

    def pays(self, seconds: float, update: Update) -> bool:
        """Tell whether moving is likely to pay, judged by what the search has taken so far."""
        near_the_end = update.queue < FEW * update.states
        return seconds >= (COST * PATIENCE if near_the_end else COST)
