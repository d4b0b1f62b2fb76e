"""What a proof consists of: lemmas, rankings, strategies. Whoever found them, `obligations` says what they must
meet. All of it is plain data that passes between processes: terms are text, in SMT-LIB (`System.parse`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.ir.nodes import Duty, State

LEVELS: Mapping[str, tuple[Duty, ...]] = {"obliged": (Duty.OBLIGED,), "may": (Duty.OBLIGED, Duty.MAY)}


@dataclass(frozen=True, slots=True)
class Lemma:
    """A part of the invariant: a truth value over the scalars of the state, and what it says in the spec's words.

    When all of `when` holds, `then` does; `variables` are those it talks about.
    """

    when: tuple[str, ...]
    then: str
    variables: tuple[str, ...]
    smt: str

    @property
    def says(self) -> str:
        return f"{' and '.join(self.when)} ⇒ {self.then}" if self.when else self.then


@dataclass(frozen=True, slots=True)
class Rank:
    """A component of a ranking: a number over the scalars of the state, and how a reader would write it."""

    says: str
    smt: str


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


@dataclass(frozen=True, slots=True)
class Open:
    """What is lacking: a state, perhaps unreachable, that the invariant found so far allows and that `name`, a
    property or an obligation, does not."""

    name: str
    state: State
    matter: tuple[str, ...] = ()  # variables to look at
    about: str = ""  # the actor that is not shown to go on
    enabled: tuple[str, ...] = ()  # actions that could be taken there
