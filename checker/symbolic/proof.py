"""What a proof consists of: lemmas, rankings, strategies. Whoever found them, `obligations` says what they must
meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.ir.nodes import Duty

LEVELS: Mapping[str, tuple[Duty, ...]] = {"obliged": (Duty.OBLIGED,), "may": (Duty.OBLIGED, Duty.MAY)}


@dataclass(frozen=True, slots=True, eq=False)
class Lemma:
    """A part of the invariant: a term over the scalars of the state, and what it says in the spec's words.

    When all of `when` holds, `then` does; `variables` are those it talks about.
    """

    when: tuple[str, ...]
    then: str
    variables: tuple[str, ...]
    term: Any

    @property
    def says(self) -> str:
        return f"{' and '.join(self.when)} ⇒ {self.then}" if self.when else self.then


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """A component of a ranking: a number over the scalars of the state, and how a reader would write it."""

    says: str
    term: Any


@dataclass(frozen=True, slots=True)
class Strategy:
    """Who is shown never to hang at a level, and the ranking that tells which steps lead there."""

    level: str  # of LEVELS
    ranking: tuple[int, ...]  # places in Proof.ranks, the weightiest first
    actors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that had to be found. It proves the safety `properties`, what `strategies` say, and if `safe` that no
    step fails, on which the strategies rest."""

    invariant: tuple[Lemma, ...]
    safe: bool = False
    properties: tuple[str, ...] = ()
    ranks: tuple[Rank, ...] = ()
    strategies: tuple[Strategy, ...] = ()
