"""Findings of one state: classified first (cheap, for every state that has a certificate), told when reported."""

from __future__ import annotations

from dataclasses import dataclass, field

from checker.ir.nodes import State
from checker.loc import Loc
from checker.report import Finding, Kind, WaitGraph
from checker.trace import Trace
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.conditions import OBLIGED
from checker.waits.graph import Lack, counted, enabler_of, lacks
from checker.waits.kinds import Problem, Snapshot, free_among, problems
from checker.waits.undo import obligations, undoing


@dataclass(frozen=True, slots=True)
class PartialFinding:
    """What is wrong in a state, before it is known how the state is reached."""

    kind: Kind
    name: str  # `deadlock`, `orphan`, `progress(stop)`
    actors: tuple[str, ...]  # who cannot move
    certified: bool
    warning: bool
    problem: Problem = field(repr=False)
    snapshot: Snapshot = field(repr=False, compare=False)


def from_state(
    analysis: WaitAnalysis, state: State, *, demanded: frozenset[str], exact: Certificates | None = None
) -> list[PartialFinding]:
    """Return what is wrong in `state`, most serious first, warnings last; [] if nothing is.

    `demanded`: actors of whom progress is demanded. Who is stuck is decided by certificates or, if they are given,
    by the `exact` masks of complete detection; such findings have no local certificate.
    """
    snapshot = Snapshot(analysis, state, exact)
    return [
        PartialFinding(
            problem.kind,
            _name(problem),
            (*problem.core, *problem.tail),
            snapshot.certified,
            problem.warning,
            problem,
            snapshot,
        )
        for problem in problems(snapshot, demanded)
    ]


def _name(problem: Problem) -> str:
    return f"progress({problem.focus})" if problem.kind is Kind.HOSTAGE else problem.kind.value


def finding(
    partial: PartialFinding, *, trace: Trace, state: State, level: int, doomed_at: int | None = None
) -> Finding:
    """Tell `partial`: its graph, its cycle, and what would undo it. `level`: breadth-first level of `state`."""
    snapshot, problem = partial.snapshot, partial.problem
    focus = problem.core or (problem.focus,)
    undone = undoing(snapshot.analysis, state, problem.level, focus)
    oblige = obligations(snapshot.analysis, state, focus) if problem.level == OBLIGED else ()
    graph = _graph(snapshot, problem)
    return Finding(
        kind=partial.kind,
        name=partial.name,
        message=_message(snapshot, problem, graph),
        trace=trace,
        state=state,
        level=level,
        loc=_loc(snapshot, problem, graph),
        actors=partial.actors,
        dead=snapshot.ordered(snapshot.dead.intersection(partial.actors)),
        blocked=snapshot.ordered(snapshot.blocked.intersection(partial.actors)),
        graph=graph,
        undone_by=tuple(map(enabler_of, undone)),
        oblige=oblige,
        doomed_at=doomed_at,
        certified=partial.certified,
        warning=partial.warning,
    )


# --- the graph that is drawn -------------------------------------------------------------------


def _graph(snapshot: Snapshot, problem: Problem) -> WaitGraph:
    """Draw every wait of the actors of `problem`: all alternatives, all false conjuncts, everybody who could help."""
    names = {*problem.core, *problem.tail}
    found = [lack for lack in snapshot.lacks if lack.actor in names]
    return _drawn(snapshot, found, problem.core, problem.tail, _cycle(snapshot, problem))


def drawn(analysis: WaitAnalysis, state: State, names: tuple[str, ...]) -> WaitGraph:
    """Draw every wait of `names`, who cannot act in `state`; the core is that of a deadlock among them, if any."""
    snapshot = Snapshot(analysis, state)
    among = frozenset(names)
    knots = (problem for problem in problems(snapshot, among) if problem.core and among.issuperset(problem.core))
    knot = next(knots, None)
    core = () if knot is None else knot.core
    tail = tuple(name for name in names if name not in core)
    return _drawn(snapshot, lacks(analysis, state, names), core, tail, () if knot is None else _cycle(snapshot, knot))


def waiting(analysis: WaitAnalysis, state: State) -> WaitGraph | None:
    """Draw every wait of who can neither act in `state` nor rests nor has finished; None if there is nobody."""
    others = analysis.enabled(state) | analysis.finished(state) | analysis.resting(state)
    names = tuple(name for name, bit in analysis.bits.items() if not others & bit)
    return drawn(analysis, state, names) if names else None


def _drawn(
    snapshot: Snapshot, found: list[Lack], core: tuple[str, ...], tail: tuple[str, ...], cycle: tuple[str, ...]
) -> WaitGraph:
    edges = [(lack.actor, name, index) for index, lack in enumerate(found) for name in _shown(snapshot, lack)]
    helpers = {name for _, name, _ in edges} - {*core, *tail}
    waits = tuple(lack.wait(snapshot.analysis, snapshot.state) for lack in found)
    return WaitGraph(core, tail, free_among(snapshot, helpers), cycle, waits, tuple(edges))


def _shown(snapshot: Snapshot, lack: Lack) -> tuple[str, ...]:
    everybody = frozenset(snapshot.analysis.bits)
    return snapshot.ordered(counted(lack.actor, lack.enablers(snapshot.analysis, 2)) & everybody)


def _cycle(snapshot: Snapshot, problem: Problem) -> tuple[str, ...]:
    if not problem.core:
        return ()
    graph = snapshot.blame_stuck if problem.level == OBLIGED else snapshot.blame_blocked
    return graph.shortest_cycle(frozenset(problem.core), problem.focus)


# --- words -------------------------------------------------------------------------------------


def _message(snapshot: Snapshot, problem: Problem, graph: WaitGraph) -> str:
    match problem.kind:
        case Kind.DEADLOCK if problem.warning:
            cutters = " or ".join(f"`{name}`" for name in graph.free) or "a fault"
            return f"only {cutters} can cut this cycle: demand progress, or mark where it rests"
        case Kind.DEADLOCK if len(problem.core) == 1:
            return f"`{problem.focus}` waits for what only it could do itself"
        case Kind.DEADLOCK:
            return f"{_listed(graph.cycle)} wait for each other"
        case Kind.ORPHAN if _serves(snapshot, problem, graph):
            return f"`{problem.focus}` waits in vain for its own branches: if they serve for ever, `rest(both(…))`"
        case Kind.ORPHAN:
            return f"`{problem.focus}` waits for what nobody will do"
        case _:
            holders = _listed(graph.free) if graph.free else "somebody who owes nothing"
            return f"`{problem.focus}` is held up by {holders}, who may act but need not"


def _serves(snapshot: Snapshot, problem: Problem, graph: WaitGraph) -> bool:
    """Tell whether who is focused on waits for nothing but branches of its own, all of which can go on or rest."""
    branches = {actor.name for actor in snapshot.analysis.model.actors if actor.parent == problem.focus}
    awaited = {wait.resource for wait in graph.waits if wait.actor == problem.focus}
    return bool(awaited) and awaited <= branches - {*problem.core, *problem.tail}


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _loc(snapshot: Snapshot, problem: Problem, graph: WaitGraph) -> Loc:
    for wait in graph.waits:
        if wait.actor == problem.focus:
            return wait.loc
    return next(actor.loc for actor in snapshot.analysis.model.actors if actor.name == problem.focus)
