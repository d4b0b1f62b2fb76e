"""The explored state graph: as DOT for people (up to a node limit), as JSON for networkx or another judge."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checker.ir.nodes import Duty, Model, State
from checker.render.brief import brief
from checker.render.draw import FONT, escape, lines
from checker.render.palette import CORE, CORE_FILL, FAINT, INK, PAPER, STEP_FILL
from checker.render.plain import plain_state
from checker.render.steps import changed

FORMAT = "knotcheck-graph/1"
STYLES = {Duty.OBLIGED: "solid", Duty.MAY: "dashed", Duty.FAULT: "dotted"}


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What is known of each actor in one state. The last three are exact, or None where the search was not complete."""

    enabled: tuple[str, ...]
    resting: tuple[str, ...]
    finished: tuple[str, ...]
    stuck: tuple[str, ...] | None
    blocked: tuple[str, ...] | None
    dead: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class StateGraph:
    """States in the order of discovery, initial ones first; `edges` are (source, target, action) indices.

    `violating` maps a state's index to what is wrong in it. `lassos` are the edges (source, target, action) of the
    counterexamples to liveness.
    """

    model: Model
    states: Sequence[State]
    initial: int  # how many of the states are initial
    edges: Sequence[tuple[int, int, int]]
    facts: Sequence[StateFacts]
    violating: dict[int, str]
    complete: bool
    lassos: frozenset[tuple[int, int, int]] = frozenset()


def graph_json(graph: StateGraph) -> str:
    """Return the graph as JSON (docs/json.md, `knotcheck-graph/1`)."""
    return json.dumps(graph_document(graph), ensure_ascii=False, indent=1) + "\n"


def graph_document(graph: StateGraph) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "spec": graph.model.name,
        "complete": graph.complete,
        "actors": [{"name": actor.name, "duty": actor.duty.value} for actor in graph.model.actors],
        "states": [_state(graph, index) for index in range(len(graph.states))],
        "edges": [_edge(graph, *edge) for edge in graph.edges],
    }


def _state(graph: StateGraph, index: int) -> dict[str, Any]:
    facts = graph.facts[index]
    return {
        "id": index,
        "initial": index < graph.initial,
        "values": plain_state(graph.model, graph.states[index]),
        "enabled": list(facts.enabled),
        "resting": list(facts.resting),
        "finished": list(facts.finished),
        "stuck": _names(facts.stuck),
        "blocked": _names(facts.blocked),
        "dead": _names(facts.dead),
        "violation": graph.violating.get(index),
    }


def _names(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def _edge(graph: StateGraph, source: int, target: int, taken: int) -> dict[str, Any]:
    action = graph.model.actions[taken]
    return {
        "source": source,
        "target": target,
        "action": action.name,
        "owner": action.owner,
        "participants": list(action.participants),
        "duty": action.duty.value,
        "lasso": (source, target, taken) in graph.lassos,
    }


def graph_dot(graph: StateGraph, *, max_nodes: int) -> str:
    """Return the graph as DOT: the first `max_nodes` states in breadth-first order, violations and whoever is stuck
    and lassos in red, obliged edges solid, may dashed, fault dotted. A note says how many states are left out."""
    dot = importlib.import_module("graphviz").Digraph("states", strict=False)
    shown = range(min(max_nodes, len(graph.states)))
    dot.attr("graph", fontname=FONT, bgcolor=PAPER, labelloc="t", label=f"<{_title(graph, len(shown))}>")
    dot.attr("node", shape="box", style="rounded,filled", fillcolor=PAPER, fontname=FONT, fontsize="10", fontcolor=INK)
    dot.attr("edge", fontname=FONT, fontsize="9", fontcolor=FAINT, arrowsize="0.7")
    for index in shown:
        dot.node(str(index), f"<{_label(graph, index)}>", **_look(graph, index))
    for source, target, taken in graph.edges:
        if source in shown and target in shown:
            action = graph.model.actions[taken]
            look = {"color": CORE, "penwidth": "2.2"} if (source, target, taken) in graph.lassos else {}
            dot.edge(str(source), str(target), label=f"<{escape(action.name)}>", style=STYLES[action.duty], **look)
    return str(dot.source)


def _title(graph: StateGraph, shown: int) -> str:
    total = len(graph.states)
    left_out = "" if shown == total else f", {total - shown} more are left out (--max-nodes)"
    return escape(f"{graph.model.name}: {shown} states{left_out}")


def _look(graph: StateGraph, index: int) -> dict[str, str]:
    look = {"penwidth": "2.5"} if index < graph.initial else {}
    if index in graph.violating:
        return {**look, "color": CORE, "fillcolor": CORE_FILL}
    if graph.facts[index].stuck:
        return {**look, "color": CORE}
    return {**look, "fillcolor": STEP_FILL} if index < graph.initial else look


def _label(graph: StateGraph, index: int) -> str:
    """The first state in full, the others by how they differ from it: what a reader compares anyway."""
    state, first = graph.states[index], graph.states[0]
    if index == 0:
        pairs = zip(graph.model.variables, state, strict=True)
        parts = [escape(f"{variable.name} = {brief(variable.type, value)}") for variable, value in pairs]
    else:
        parts = [escape(f"{change.place} = {change.new}") for change in changed(graph.model, first, state)]
    facts = graph.facts[index]
    dead, blocked, stuck = (names or () for names in (facts.dead, facts.blocked, facts.stuck))
    marks = (
        ("dead", dead),
        ("blocked", [name for name in blocked if name not in dead]),
        ("stuck", [name for name in stuck if name not in blocked]),
    )
    parts += [f"<B>{word}: {escape(', '.join(names))}</B>" for word, names in marks if names]
    if index in graph.violating:
        parts.append(f"<B>{lines(graph.violating[index], 40)}</B>")
    return f"<B>{index}</B><BR/>" + "<BR/>".join(parts)
