"""What a way to a proof says: plain data that passes between processes and into reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from checker.symbolic.proof import Lemma, Open, Proof
from checker.symbolic.relation import STEPS
from checker.symbolic.safety.bmc import Run

INDUCTION = "k-induction"


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


def joined(proof: Proof, found: Iterable[Proved]) -> tuple[Proof, tuple[str, ...]]:
    """Return a proof that proves also what was `found` by an invariant, and the targets of which there is none.

    Two invariants together are one: each step keeps each.
    """
    lemmas = {lemma.smt: lemma for lemma in proof.invariant}
    safe, names, left = proof.safe, dict.fromkeys(proof.properties), list[str]()
    for one in found:
        if one.method == INDUCTION:
            left += one.names
            continue
        lemmas = {lemma.smt: lemma for lemma in one.invariant} | lemmas
        safe = safe or one.proof.safe
        names |= dict.fromkeys(one.proof.properties)
    return replace(proof, invariant=tuple(lemmas.values()), safe=safe, properties=tuple(names)), tuple(left)


@dataclass(frozen=True, slots=True)
class Met:
    """A run that ends in a target: a violation, once the interpreter has taken it."""

    name: str
    run: Run


Message: TypeAlias = Proved | Met | Open
Say: TypeAlias = Callable[[Message], None]
