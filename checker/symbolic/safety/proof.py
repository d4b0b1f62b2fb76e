"""What a way to a proof says: plain data that passes between processes and into reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from checker.symbolic.proof import Lemma, Open, Proof
from checker.symbolic.relation import STEPS
from checker.symbolic.safety.bmc import Run


@dataclass(frozen=True, slots=True)
class Proved:
    """The targets `names` cannot be met. `invariant` holds initially, every step keeps it, and it excludes them.

    Of `k-induction` there is no invariant but the targets themselves: what `depth` states in a row do not meet, the
    next does not.
    """

    names: tuple[str, ...]
    method: str
    invariant: tuple[Lemma, ...] = ()
    depth: int = 1

    @property
    def proof(self) -> Proof:
        """What has to be shown for an invariant to be one."""
        return Proof(self.invariant, STEPS in self.names, tuple(name for name in self.names if name != STEPS))


@dataclass(frozen=True, slots=True)
class Met:
    """A run that ends in a target: a violation, once the interpreter has taken it."""

    name: str
    run: Run


Message: TypeAlias = Proved | Met | Open
Say: TypeAlias = Callable[[Message], None]
