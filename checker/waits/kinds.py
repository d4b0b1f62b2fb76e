"""What is wrong in one state: deadlock, orphan, hostage (the definitions: `docs/semantics.md`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from checker.ir.nodes import State
from checker.report import Kind
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.conditions import MAY, OBLIGED
from checker.waits.digraph import Digraph
from checker.waits.graph import Lack, blame_graph, lacks
from checker.waits.undo import live_with


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: who is in it, and by what it is known."""

    kind: Kind
    level: int  # OBLIGED or MAY: what the actors are held against
    focus: str  # whom it is told of: an actor of whom progress is demanded, if there is one
    core: tuple[str, ...]
    tail: tuple[str, ...]  # who waits for the core; without a core, who cannot move, the focus first
    warning: bool = False


class Snapshot:
    """One state, and who is stuck in it: by certificate, or (`exact`) because a complete search says so."""

    def __init__(self, analysis: WaitAnalysis, state: State, exact: Certificates | None = None) -> None:
        self.analysis = analysis
        self.state = state
        self.certified = exact is None
        masks = analysis.certificates(state) if exact is None else exact
        self.stuck = frozenset(analysis.names(masks.stuck))
        self.blocked = frozenset(analysis.names(masks.blocked))
        self.dead = frozenset(analysis.names(masks.dead))

    @cached_property
    def lacks(self) -> list[Lack]:
        """Every false conjunct of the alternatives of the stuck actors."""
        return lacks(self.analysis, self.state, self.stuck)

    @cached_property
    def blame_stuck(self) -> Digraph:
        """The blame graph of the stuck actors, at the obliged level."""
        return self._blame(OBLIGED, self.stuck)

    @cached_property
    def blame_blocked(self) -> Digraph:
        """The blame graph of the blocked actors, at the level of obliged and may-actions."""
        return self._blame(MAY, self.blocked)

    @cached_property
    def blame(self) -> Digraph:
        """Both: who waits for whom in vain."""
        return self.blame_stuck.joined(self.blame_blocked)

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return `names` in the model's order."""
        wanted = set(names)
        return tuple(actor.name for actor in self.analysis.model.actors if actor.name in wanted)

    def _blame(self, level: int, nodes: frozenset[str]) -> Digraph:
        live = live_with(self.analysis, self.state, level) if self.certified else None
        return blame_graph(self.analysis, self.lacks, level, nodes, live)


def problems(snapshot: Snapshot, demanded: frozenset[str]) -> list[Problem]:
    """Return what is wrong, in the order in which it is reported; warnings last."""
    if not snapshot.stuck:
        return []
    errors, warnings = _deadlocks(snapshot, demanded)
    known = frozenset(name for problem in errors for name in (*problem.core, *problem.tail))
    return [*errors, *_orphans(snapshot, demanded), *_hostages(snapshot, demanded - known), *warnings]


def _deadlocks(snapshot: Snapshot, demanded: frozenset[str]) -> tuple[list[Problem], list[Problem]]:
    certain = snapshot.blame_blocked.parts_with_an_edge()
    errors = [_deadlock(snapshot, core, MAY, demanded) for core in certain]
    warnings = []
    among_certain = frozenset[str]().union(*certain)
    for core in snapshot.blame_stuck.parts_with_an_edge():
        if core & among_certain:
            continue
        waiting = core | snapshot.blame.reaching(core)
        if waiting & demanded:
            errors.append(_deadlock(snapshot, core, OBLIGED, demanded))
        else:
            warnings.append(_deadlock(snapshot, core, OBLIGED, demanded, warning=True))
    return errors, warnings


def _deadlock(
    snapshot: Snapshot, core: frozenset[str], level: int, demanded: frozenset[str], *, warning: bool = False
) -> Problem:
    tail = snapshot.blame.reaching(core)
    focus = _first_of(snapshot, core, tail, demanded)
    return Problem(Kind.DEADLOCK, level, focus, snapshot.ordered(core), snapshot.ordered(tail), warning)


def _first_of(snapshot: Snapshot, core: frozenset[str], tail: frozenset[str], demanded: frozenset[str]) -> str:
    """Return where the cycle is told from: the demanded member, else where the chain of a demanded waiter enters."""
    members = snapshot.ordered(core & demanded) or snapshot.ordered(core)
    waiters = snapshot.ordered(tail & demanded)
    if core & demanded or not waiters:
        return members[0]
    distances = snapshot.blame.distances(waiters[0])
    return min(members, key=lambda name: (distances.get(name, len(distances)), members.index(name)))


def _orphans(snapshot: Snapshot, demanded: frozenset[str]) -> list[Problem]:
    """Find the blocked whose blame reaches no deadlock of the blocked: one problem for all of them."""
    graph = snapshot.blame_blocked
    cores = frozenset[str]().union(*graph.parts_with_an_edge())
    found = snapshot.ordered(snapshot.blocked - cores - graph.reaching(cores))
    if not found:
        return []
    ends = [name for name in found if not graph.targets(name)]
    focus = next((name for name in found if name in demanded), ends[0])
    return [Problem(Kind.ORPHAN, MAY, focus, (), (focus, *(name for name in found if name != focus)))]


def _hostages(snapshot: Snapshot, demanded: frozenset[str]) -> list[Problem]:
    """Find the demanded who are stuck, not blocked and in no deadlock: their chains end at somebody who is free."""
    found = []
    for name in snapshot.ordered((snapshot.stuck - snapshot.blocked) & demanded):
        chain = snapshot.ordered(snapshot.blame_stuck.distances(name).keys() - {name})
        found.append(Problem(Kind.HOSTAGE, OBLIGED, name, (), (name, *chain)))
    return found


def free_among(snapshot: Snapshot, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of `names` who have an enabled action or rest where they stand."""
    analysis, state = snapshot.analysis, snapshot.state
    return snapshot.ordered(set(names) & set(analysis.names(analysis.enabled(state) | analysis.resting(state))))
