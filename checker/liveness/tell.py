"""A lasso told: the trace, who is disabled throughout its cycle and for what they wait, who could act and need not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.diagnostics import InternalError
from checker.engine.conditions import holds
from checker.engine.exploration import Explored
from checker.engine.replay import confirm
from checker.ir.nodes import Duty, Liveness, State
from checker.ir.text import print_expr
from checker.liveness.demand import Demand, demand
from checker.liveness.fairness import fairness
from checker.liveness.lasso import Edge, Lasso
from checker.machine import Label, Machine
from checker.report import Finding, Kind, Loop, WaitGraph
from checker.trace import Trace
from checker.waits.analysis import WaitAnalysis
from checker.waits.findings import drawn
from checker.waits.graph import enabler_of


def tell(
    prop: Liveness,
    lasso: Lasso,
    exploration: Explored,
    analysis: WaitAnalysis,
    *,
    oblige: tuple[str, ...] = (),
) -> Finding:
    """Return the finding of `prop`, violated by `lasso`; InternalError if the interpreter does not confirm it.

    `oblige` are actors whose may-actions, if they were owed, would make the property hold.
    """
    states = [exploration.states[number] for number in exploration.path(lasso.trigger)]
    start = len(states) - 1 + len(lasso.way)
    way, after_way = labelled(analysis.machine, exploration, lasso.way)
    round_, after_round = labelled(analysis.machine, exploration, lasso.cycle)
    trace = exploration.trace(lasso.trigger, *way, *round_)
    confirmed = confirm(exploration.model, trace, [*states, *after_way, *after_round]).states
    finding = told(prop, analysis, trace, confirmed, start=start, oblige=oblige)
    if finding is None:
        raise InternalError(f"{prop.name} is not violated by {trace} with a loop to {start}")
    return finding


def told(
    prop: Liveness,
    analysis: WaitAnalysis,
    trace: Trace,
    states: Sequence[State],
    *,
    start: int,
    oblige: tuple[str, ...] = (),
) -> Finding | None:
    """Return the finding of a lasso along `states`, from the last one back to number `start`; None if it is none.

    It is none if it is not fair, does not come back, or reaches the goal whenever it is wanted.
    """
    cycle = round_of(states, start)
    wanted, steps = demand(prop), trace.steps[start:]
    since = pending_since(analysis.machine, wanted, states)
    if since is None or states[-1] != states[start] or any(unfairness(analysis, cycle, steps)):
        return None
    graph = waiting(analysis, cycle, steps)
    return Finding(
        wanted.kind,
        prop.name,
        _message(wanted, since),
        trace,
        states[-1],
        start + 1,
        prop.loc,
        actors=(*graph.core, *graph.tail),
        graph=graph if graph.waits or graph.tail else None,
        oblige=oblige,
        loop=loop_of(analysis, cycle, steps, start, since),
    )


def pending_since(machine: Machine, wanted: Demand, states: Sequence[State]) -> int | None:
    """Return the first of `states` in which the wait begins that does not end in any later one; None if all end."""
    since = None
    for number in reversed(range(len(states))):
        if holds(machine, wanted.goal, states[number]):
            break
        if holds(machine, wanted.trigger, states[number]) and not (wanted.initially and number):
            since = number
    return since


def round_of(states: Sequence[State], start: int) -> Sequence[State]:
    """Return the states of a cycle, each once, that goes from the last of `states` back to number `start`."""
    return states[start:-1] if len(states) > start + 1 else states[start:]


def unfairness(analysis: WaitAnalysis, cycle: Sequence[State], steps: Sequence[Label]) -> Iterator[str]:
    """Yield who does not do what fairness demands while `cycle` is gone through by `steps` for ever."""
    fair = fairness(analysis.model)
    taken, always, sometime = 0, -1, 0
    for label in steps:
        taken |= fair.does[label.action]
    for state in cycle:
        enabled = 0
        for place in _enabled(analysis, [state]):
            enabled |= fair.does[place]
        always &= enabled
        sometime |= enabled
    lazy = fair.weak & always & ~taken
    starved = fair.strong & sometime & ~taken
    yield from (f"{name} could act all the time and never does" for name, bit in fair.owing if lazy & bit)
    yield from (f"{name} is enabled again and again and never taken" for name, bit in fair.owing if starved & bit)


def labelled(machine: Machine, exploration: Explored, edges: Sequence[Edge]) -> tuple[list[Label], list[State]]:
    """Return the least label of each edge, and the states they lead to."""
    labels, states = [], []
    for source, action, target in edges:
        after = exploration.states[target]
        steps = machine.successors(exploration.states[source])
        found = [label for label, state in steps if label.action == action and state == after]
        if not found:
            raise InternalError(f"action {action} does not lead from state {source} to state {target}")
        labels.append(found[0])
        states.append(after)
    return labels, states


def _message(wanted: Demand, since: int) -> str:
    when = f"after step {since}" if since else "at the beginning"
    trigger, goal = wanted.texts[0] or print_expr(wanted.trigger), wanted.texts[1] or print_expr(wanted.goal)
    match wanted.kind:
        case Kind.LEADS_TO:
            return f"`{trigger}` holds {when}, and `{goal}` neither then nor ever after"
        case Kind.EVENTUALLY:
            return f"`{goal}` need never come true"
        case _:
            return f"`{goal}` need never hold again: it does not {when}, nor ever after"


# --- who waits, who could act ------------------------------------------------------------------


def waiting(analysis: WaitAnalysis, cycle: Sequence[State], steps: Sequence[Label]) -> WaitGraph:
    """Return the wait-for graph, in the first state of `cycle`, of those who can act in none of its states."""
    idle = resting = (1 << len(analysis.bits)) - 1
    for state in cycle:
        idle &= ~(analysis.enabled(state) | analysis.finished(state))
        resting &= analysis.resting(state)
    for label in steps:
        idle &= ~analysis.moved(label.action)
    idle &= ~resting
    return drawn(analysis, cycle[0], analysis.names(idle))


def loop_of(analysis: WaitAnalysis, cycle: Sequence[State], steps: Sequence[Label], start: int, since: int) -> Loop:
    """Return who moves in the cycle, who is enabled in it now and then and starves, and who need not act."""
    actions = analysis.model.actions
    taken = {label.action for label in steps}
    movers = {actions[place].owner for place in taken}
    left = [actions[place] for place in _enabled(analysis, cycle) if place not in taken]
    return Loop(
        start,
        since,
        tuple(actor.name for actor in analysis.model.actors if actor.name in movers),
        tuple(enabler_of(a) for a in left if a.duty is Duty.OBLIGED),
        tuple(enabler_of(a) for a in left if a.duty is not Duty.OBLIGED),
    )


def _enabled(analysis: WaitAnalysis, cycle: Sequence[State]) -> list[int]:
    """Return the actions that are enabled in some state of the cycle."""
    found = {
        way.action
        for state in cycle
        for index in range(len(analysis.model.actors))
        for way in analysis.alternatives(index, state)
        if way.enabled(state)
    }
    return sorted(found)
