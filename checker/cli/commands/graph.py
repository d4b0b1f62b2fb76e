"""`check graph`: the state graph, as DOT to look at, as JSON to judge by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from checker.cli.arguments import color_option, parse_settings, set_option, spec_argument
from checker.cli.output import STDOUT, write_text
from checker.cli.progress import progress_line
from checker.engine.exploration import INTERRUPTED, Exploration
from checker.engine.limits import Limits
from checker.engine.search import explore
from checker.engine.select import select
from checker.frontend import load
from checker.interp import Interpreter
from checker.liveness.decide import Judge
from checker.liveness.fairness import fairness
from checker.liveness.lasso import Lasso
from checker.render.stategraph import StateFacts, StateGraph, graph_dot, graph_json
from checker.verdict import INCOMPLETE, INTERRUPT
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.complete import complete


@click.command("graph")
@spec_argument
@set_option
@click.option("--format", "kind", type=click.Choice(["dot", "json"]), default="dot", show_default=True)
@click.option(
    "--max-nodes", type=click.IntRange(min=1), metavar="N", default=250, show_default=True, help="Drawn (dot)."
)
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Explore so many states (incomplete).")
@click.option("--output", "-o", default=STDOUT, metavar="FILE", help="Where to. [default: standard output]")
@color_option
def command(
    spec: str, settings: tuple[str, ...], kind: str, max_nodes: int, max_states: int | None, output: str
) -> int:
    """Write the state graph of SPEC."""
    machine = Interpreter(load(spec, parse_settings(settings)))
    with progress_line(quiet=False) as progress:
        exploration = explore(machine, limits=Limits(max_states=max_states), go_on=True, progress=progress)
    found = state_graph(exploration, WaitAnalysis(machine))
    text = graph_json(found) if kind == "json" else graph_dot(found, max_nodes=max_nodes)
    write_text(output, text)
    return 0 if exploration.complete else INTERRUPT if exploration.stopped_by == INTERRUPTED else INCOMPLETE


def state_graph(exploration: Exploration, analysis: WaitAnalysis) -> StateGraph:
    """Return the explored graph with what is known of each state; who is stuck only if the search was complete."""
    exact = complete(exploration, analysis) if exploration.complete else None
    facts = tuple(_facts(exploration, analysis, exact, number) for number in range(len(exploration.states)))
    violating = _violating(exploration, analysis, facts)
    lassos: set[tuple[int, int, int]] = set()
    for name, lasso in _lassos(exploration, analysis):
        lassos.update((source, target, action) for source, action, target in (*lasso.way, *lasso.cycle))
        for number in {lasso.entry, *(source for source, _, _ in lasso.cycle)}:
            violating[number] = "; ".join(filter(None, (violating.get(number, ""), f"{name}: for ever here")))
    return StateGraph(
        exploration.model,
        exploration.states,
        sum(parent < 0 for parent in exploration.parents),
        list(exploration.edges()),
        facts,
        violating,
        exploration.complete,
        frozenset(lassos),
    )


def _lassos(exploration: Exploration, analysis: WaitAnalysis) -> Iterator[tuple[str, Lasso]]:
    """Yield the liveness properties that are violated, each with a counterexample."""
    if not exploration.complete or exploration.failures:
        return
    judge, fair = Judge(exploration, analysis.machine), fairness(exploration.model)
    for prop in select(exploration.model, ()).liveness:
        if (lasso := judge(prop, fair).lasso) is not None:
            yield prop.name, lasso


def _facts(
    exploration: Exploration, analysis: WaitAnalysis, exact: Sequence[Certificates] | None, number: int
) -> StateFacts:
    state, names = exploration.states[number], analysis.names
    return StateFacts(
        names(analysis.enabled(state)),
        names(analysis.resting(state)),
        names(analysis.finished(state)),
        None if exact is None else names(exact[number].stuck),
        None if exact is None else names(exact[number].blocked),
        None if exact is None else names(exact[number].dead),
    )


def _violating(exploration: Exploration, analysis: WaitAnalysis, facts: tuple[StateFacts, ...]) -> dict[int, str]:
    """Say what is wrong in each state that is wrong: an invariant, a blocked actor, one that must make progress."""
    selection = select(exploration.model, ())
    found: dict[int, list[str]] = {}
    for number, (state, fact) in enumerate(zip(exploration.states, facts, strict=True)):
        reasons = [f"invariant {p.name}" for p in selection.invariants if not analysis.condition(p.expr).holds(state)]
        if fact.blocked:
            reasons.append(f"blocked: {', '.join(fact.blocked)}")
        reasons += [f"progress({name})" for name in fact.stuck or () if name in selection.demanded]
        if reasons:
            found[number] = reasons
    for step in exploration.failures:
        found.setdefault(step.source, []).append(step.failure.message)
    return {number: "; ".join(reasons) for number, reasons in found.items()}
