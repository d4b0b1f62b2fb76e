"""What a branch has given is taken before anything else of its select happens (docs/adr/0021-a-result-is-not-lost.md).

A branch that is a helper ends in a step of its own, and who awaits it goes on in a later one. In between the select
is decided: no other branch moves, none is chosen. A branch waits in turn while an awaitable written before it is
ready, but not in the middle of what code does without waiting: at `step()`, or with what a branch of its own gave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from checker.frontend.flow import Alternative
from checker.frontend.guards import missing
from checker.ir.nodes import Conjunct, Duty

RANK = {duty: rank for rank, duty in enumerate(Duty)}


@dataclass(frozen=True, eq=False, slots=True)
class Result:
    """What a branch has given, until its parent goes on with it. `none`: there is none; `duty`: of going on."""

    none: Conjunct
    duty: Duty

    def holds_up(self, duty: Duty) -> bool:
        """Tell whether it comes before a step of this duty: what only may be taken holds up nothing that must be."""
        return RANK[self.duty] <= RANK[duty]


@dataclass(frozen=True, eq=False, slots=True)
class Earlier:
    """An awaitable written before a branch of a biased select. `unready`: it is not ready; `duty`: of leaving by it."""

    unready: Conjunct
    duty: Duty

    def overtakes(self, alternative: Alternative) -> bool:
        return not alternative.goes_on or RANK[alternative.duty] > RANK[self.duty]


@dataclass(frozen=True, eq=False, slots=True)
class Hold:
    """What holds back a branch, and all within it, while its select may be decided elsewhere."""

    earlier: tuple[Earlier, ...]
    results: tuple[Result, ...]  # of the other branches

    def on(self, alternative: Alternative) -> Iterator[Conjunct]:
        yield from (it.unready for it in self.earlier if it.overtakes(alternative))
        yield from (it.none for it in self.results if it.holds_up(alternative.duty))


def held_back(guard: Iterable[Conjunct], alternative: Alternative, holds: Iterable[Hold]) -> tuple[Conjunct, ...]:
    """Return a guard with what holds the alternative back, each conjunct once."""
    return tuple(dict.fromkeys((*guard, *(part for hold in holds for part in hold.on(alternative)))))


def decide(
    alternatives: Iterable[Alternative], results: Mapping[str, tuple[Result, ...]], *, biased: bool
) -> tuple[list[Alternative], dict[str, Hold]]:
    """Return the alternatives of a select with what must not be, and what holds back each branch that is a helper.

    `results`: of each helper what it, or a branch within it, may have given.
    """
    found: list[Alternative] = []
    holds: dict[str, Hold] = {}
    lost: list[Earlier] = []  # to those written before
    arms: list[Earlier] = []  # those of them that are awaitables
    for it in alternatives:
        others = tuple(part for name, given in results.items() if name != it.name for part in given)
        before = [one for one in lost if one not in arms or it.name not in results or one.overtakes(it)]
        if it.name in results:
            holds[it.name] = Hold(tuple(arms), others)
        guard = held_back((*it.guard, *(one.unready for one in before)), it, (Hold((), others),))
        found.append(replace(it, guard=guard))
        if biased:
            lost.append(Earlier(missing(it.guard, it.name, it.loc), it.duty))
            arms += () if it.name in results else (lost[-1],)
    return found, holds
