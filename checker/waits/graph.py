"""Wait-for and blame graphs of one state (DESIGN: what is drawn, and what decides)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checker.ir.domains import OwnT
from checker.ir.nodes import Action, Conjunct, State
from checker.ir.text import print_expr
from checker.reading import Reader
from checker.report import Enabler, Wait
from checker.waits.analysis import WaitAnalysis
from checker.waits.conditions import LEVEL, Support
from checker.waits.digraph import Digraph


@dataclass(frozen=True, slots=True)
class Lack:
    """A false conjunct of an alternative of `actor`, and who could first change what it reads."""

    actor: str
    action: Action
    conjunct: Conjunct
    support: Support
    alternative: int  # number of the alternative: index of the action

    def enablers(self, analysis: WaitAnalysis, level: int) -> frozenset[str]:
        """Return the actors that could change what it reads, by level."""
        return frozenset(action.owner for action in self._actions(analysis) if LEVEL[action.duty] <= level)

    def wait(self, analysis: WaitAnalysis, state: State) -> Wait:
        """Return what a report says of it in `state`."""
        reader = Reader(analysis.model, analysis.machine.evaluate)
        held_in = self.conjunct.held_in
        slots = () if held_in else reader.holding(self.conjunct.expr, state)
        values = () if held_in else reader.readings(self.conjunct.expr, state)
        return Wait(
            actor=self.actor,
            action=self.action.name,
            point=reader.point(self.action, state),
            resource=reader.resource(self.conjunct, state),
            held_in=held_in or ", ".join(slots),
            conjunct=print_expr(self.conjunct.expr),
            loc=self.conjunct.loc if self.conjunct.loc.line else self.action.loc,
            enablers=self._enablers(analysis, state),
            text=self.conjunct.text,
            values=tuple(reading for reading in values if not isinstance(reading.type, OwnT)),
            constants=self.conjunct.constants,
            slots=(reader.slot(self.conjunct),) if held_in else slots,
        )

    def _enablers(self, analysis: WaitAnalysis, state: State) -> tuple[Enabler, ...]:
        over = set(analysis.names(analysis.finished(state)))
        asleep = set(analysis.names(analysis.resting(state) & ~analysis.enabled(state)))
        return tuple(
            enabler_of(action, finished=action.owner in over, resting=action.owner in asleep)
            for action in self._actions(analysis)
        )

    def _actions(self, analysis: WaitAnalysis) -> list[Action]:
        """Return the actions that count; what the waiter alone has fixed keeps while it waits."""
        actions = analysis.model.actions
        return [
            actions[place]
            for place in sorted(all_actions(self.support))
            if actions[place].owner != self.actor or not analysis.enabling.only_fixed(place, self.conjunct.expr)
        ]


def enabler_of(action: Action, *, finished: bool = False, resting: bool = False) -> Enabler:
    """Return `action` as an enabler."""
    return Enabler(action.owner, action.name, action.duty, action.loc, finished, resting)


def all_actions(support: Support) -> frozenset[int]:
    """Return the actions that could change what the conjunct reads, those of the elements of a count included."""
    elements = support.count.elements if support.count else ()
    return frozenset(support.actions).union(*map(all_actions, elements))


def lacks(analysis: WaitAnalysis, state: State, actors: Iterable[str]) -> list[Lack]:
    """Return every false conjunct of every alternative (of any duty) of `actors`, by actor, then by action."""
    wanted = set(actors)
    return [
        lack
        for index, actor in enumerate(analysis.model.actors)
        if actor.name in wanted
        for alternative in analysis.alternatives(index, state)
        for lack in _lacks_of(analysis, state, alternative.action)
    ]


def _lacks_of(analysis: WaitAnalysis, state: State, place: int) -> Iterator[Lack]:
    action = analysis.model.actions[place]
    for conjunct in action.guard:
        condition = analysis.condition(conjunct.expr)
        if not conjunct.location and not condition.holds(state):
            yield Lack(action.owner, action, conjunct, condition.support(state), place)


def counted(waiter: str, enablers: frozenset[str]) -> frozenset[str]:
    """Return the enablers to which an edge is drawn: the waiter itself only if nobody else could help."""
    return enablers if enablers == {waiter} else enablers - {waiter}


def blame_graph(
    analysis: WaitAnalysis, found: Iterable[Lack], level: int, nodes: frozenset[str], live: int | None
) -> Digraph:
    """Return the blame graph at `level` among `nodes`.

    With `live`, only conjuncts that have no enabler in it blame, and nobody in it is blamed; None (the nodes are
    known to be stuck by exact search, not by certificate): every enabler among the nodes is blamed.
    """
    graph = Digraph()
    for node in sorted(nodes):
        graph.add_node(node)
    for lack in found:
        if lack.actor not in nodes or (live is not None and lack.support.lives(level, live)):
            continue
        enablers = counted(lack.actor, lack.enablers(analysis, level))
        for enabler in sorted(enablers & nodes):
            graph.add_edge(lack.actor, enabler)
    return graph
