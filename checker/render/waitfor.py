"""The wait-for graph of a found state as a picture: core red, tail grey, free actors dashed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence

from checker.ir.nodes import Duty, Model
from checker.loc import Loc
from checker.render.draw import FONT, escape, font, lines
from checker.render.explain import (
    DUTY_NOTE,
    back,
    condition_text,
    headline,
    merged_alternatives,
    slot_text,
    values_text,
)
from checker.render.palette import CORE, CORE_FILL, CORE_INK, FAINT, FREE, INK, PAPER, TAIL, TAIL_FILL
from checker.report import Finding, Report, Wait, WaitGraph

NODE_WIDTH, EDGE_WIDTH = 34, 30


def waitfor_dot(report: Report, finding: Finding) -> str:
    """Return DOT of the wait-for graph of `finding`; ValueError if it has none."""
    graph = finding.graph
    if graph is None:
        raise ValueError(f"{finding.kind.value} has no wait-for graph")
    dot = importlib.import_module("graphviz").Digraph("wait_for")
    dot.attr(
        "graph", label=f"<{_title(report, finding, graph)}>", labelloc="t", labeljust="l", fontname=FONT, fontcolor=INK
    )
    dot.attr("graph", bgcolor=PAPER, pad="0.3", nodesep="0.5", ranksep="0.7", rankdir="TB", forcelabels="true")
    dot.attr("node", shape="plain", fontname=FONT, fontsize="12", fontcolor=INK)
    dot.attr("edge", fontname=FONT, fontsize="10", arrowsize="0.8")
    ports = _ports(graph)
    closing = (graph.cycle[-1], graph.cycle[0]) if len(graph.cycle) > 1 else ("", "")
    for name in _nodes(graph):
        dot.node(_quote(name), f"<{_node(name, report.model, graph)}>")
    for waiter, enabler, indices in _edges(graph):
        index = indices[0]
        # The edge that closes the circle runs up the right-hand side, clear of the others.
        side = ":e" if (waiter, enabler) == closing else ""
        tail, head = f"{_quote(waiter)}:{ports[index]}{side}", f"{_quote(enabler)}{side}"
        dot.edge(tail, head, **_edge(graph, waiter, enabler, index))
    return str(dot.source)


def _quote(name: str) -> str:
    """Names may hold colons only as ports in graphviz' edge syntax; brackets are quoted by the library."""
    return name.replace(":", "_")


def _title(report: Report, finding: Finding, graph: WaitGraph) -> str:
    when = f"after {len(finding.trace.steps)} steps"
    if finding.loop is not None:
        goes_on = back(finding.loop, len(finding.trace.steps))
        when = f"{when}, {goes_on}" if finding.loop.start < len(finding.trace.steps) else goes_on
    third = f"{when} · an arrow leads to who could end the wait"
    return banner(report, finding, third, _legend(finding, graph))


def banner(report: Report, finding: Finding, remark: str, legend: str) -> str:
    """Return the title of a picture of `finding`: what, where, how bad, and the legend."""
    settings = " ".join(f"{name}={value}" for name, value in report.settings)
    rows = (
        font(escape(f"{finding.kind.value}: {report.spec} {settings}".rstrip()), size=20, bold=True),
        font(lines(headline(finding, report.model), 120), size=14),
        font(escape(remark), size=11, color=FAINT),
        legend,
    )
    cells = "".join(f'<TR><TD ALIGN="LEFT" BALIGN="LEFT">{row}</TD></TR>' for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">{cells}</TABLE>'


def _nodes(graph: WaitGraph) -> list[str]:
    # An orphan waits for nobody: it is in no edge, and in no core or tail.
    named = (*graph.core, *graph.tail, *(wait.actor for wait in graph.waits), *graph.free)
    return list(dict.fromkeys((*named, *(name for a, b, _ in graph.edges for name in (a, b)))))


def _edges(graph: WaitGraph) -> list[tuple[str, str, list[int]]]:
    """Merge edges between the same two actors about the same resource and conjunct."""
    merged: dict[tuple[str, str, str, str], list[int]] = {}
    for waiter, enabler, index in graph.edges:
        wait = graph.waits[index]
        merged.setdefault((waiter, enabler, wait.resource, wait.conjunct), []).append(index)
    return [(waiter, enabler, indices) for (waiter, enabler, _, _), indices in merged.items()]


def _ports(graph: WaitGraph) -> Mapping[int, str]:
    """Give each wait the row of its node from which its arrows leave; waits for the same share one."""
    rows: dict[tuple[str, str, str], int] = {}
    return {
        index: f"w{rows.setdefault((wait.actor, wait.resource, wait.conjunct), index)}"
        for index, wait in enumerate(graph.waits)
    }


def _node(name: str, model: Model, graph: WaitGraph) -> str:
    waits = [wait for wait in graph.waits if wait.actor == name]
    if name in graph.core:
        border, fill, style, ink = CORE, CORE_FILL, "", CORE_INK
    elif waits and name not in graph.free:
        border, fill, style, ink = TAIL, TAIL_FILL, "", INK
    else:
        border, fill, style, ink = FREE, PAPER, ' STYLE="DASHED,ROUNDED"', INK
    rows = [f'<TR><TD ALIGN="LEFT">{font(escape(name), size=14, bold=True, color=ink)}</TD></TR>']
    rows += [
        f'<TR><TD ALIGN="LEFT">{font(line, size=11, color=FAINT)}</TD></TR>' for line in _where(name, model, graph)
    ]
    rows += _wait_rows(waits, graph)
    return (
        f'<TABLE BORDER="2" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" COLOR="{border}" BGCOLOR="{fill}"{style}>'
        + "".join(rows)
        + "</TABLE>"
    )


def _where(name: str, model: Model, graph: WaitGraph) -> list[str]:
    """Say where the actor stands, or, of a free one, what it could do and what it owes."""
    waits = [wait for wait in graph.waits if wait.actor == name]
    if waits and name not in graph.free:
        place = f"waits in {waits[0].point}" if waits[0].point not in ("", waits[0].resource) else "waits"
        return [escape(f"{place} · {short_loc(place_of(waits[0], model))}")]
    duty = next((actor.duty for actor in model.actors if actor.name == name), Duty.MAY)
    enablers = [e for wait in graph.waits for e in wait.enablers if e.actor == name]
    if any(enabler.finished for enabler in enablers):
        return ["has finished"]
    could = dict.fromkeys(enabler.action for enabler in enablers)
    rests = any(enabler.resting for enabler in enablers)
    free = "rests" if rests else "could move" if name in graph.free else "does not wait"
    said = [escape(f"{free} ({DUTY_NOTE[duty]})")]
    return said + ([lines("by " + ", ".join(could), NODE_WIDTH)] if could else [])


def place_of(wait: Wait, model: Model) -> Loc:
    """Return where the actor waits: the place of its action, as the condition may be written in a block."""
    return next((action.loc for action in model.actions if action.name == wait.action), wait.loc)


def short_loc(loc: Loc) -> str:
    """Name a place by the last two parts of its path."""
    return f"{'/'.join(loc.file.rsplit('/', 2)[-2:])}:{loc.line}"


def _wait_rows(waits: Sequence[Wait], graph: WaitGraph) -> list[str]:
    ports = _ports(graph)
    rows = []
    for number, alternative in enumerate(merged_alternatives(waits)):
        for position, wait in enumerate(alternative):
            word = "and for" if position else "or for" if number else "for"
            held = f" · held in {slot_text(wait)}".replace("`", "") if wait.held_in else ""
            nobody = "" if wait.enablers else " · nobody can make it true"
            text = lines(f"{word} {wait.resource or 'a condition'}{held}{nobody}", NODE_WIDTH)
            port = ports[graph.waits.index(wait)]
            border = 'BORDER="1" SIDES="T" COLOR="#9ca3af"'
            rows.append(f'<TR><TD ALIGN="LEFT" BALIGN="LEFT" PORT="{port}" {border}>{text}</TD></TR>')
    return rows


def _edge(graph: WaitGraph, waiter: str, enabler: str, index: int) -> dict[str, str]:
    wait = graph.waits[index]
    resource = font(lines(wait.resource or "condition", EDGE_WIDTH), bold=True)
    said = f"{condition_text(wait)}{values_text(wait)}"
    conjunct = font(lines(said, EDGE_WIDTH, limit=6), size=9, color=FAINT)
    label = f'<<TABLE BORDER="0" CELLPADDING="1"><TR><TD BALIGN="LEFT">{resource}<BR/>{conjunct}</TD></TR></TABLE>>'
    if waiter in graph.core and enabler in graph.core:
        return {"label": label, "color": CORE, "fontcolor": CORE_INK, "penwidth": "2.2", "weight": "4"}
    if enabler in graph.core or enabler in graph.tail:
        return {"label": label, "color": TAIL, "fontcolor": INK, "penwidth": "1.3"}
    return {"label": label, "color": FREE, "fontcolor": INK, "style": "dashed", "penwidth": "1.3"}


def _legend(finding: Finding, graph: WaitGraph) -> str:
    entries = [
        ("core: waits for itself, in a circle", CORE, CORE_FILL, ""),
        ("tail: waits for the core", TAIL, TAIL_FILL, ""),
    ]
    if not graph.core:
        entries = [("cannot move", TAIL, TAIL_FILL, "")]
    if finding.loop is not None:
        core = [("wait for each other", CORE, CORE_FILL, "")] if graph.core else []
        return legend(
            (*core, ("disabled for ever", TAIL, TAIL_FILL, ""), ("not disabled", FREE, PAPER, ' STYLE="DASHED"'))
        )
    return legend((*entries, ("free: could move, or rests; owes nothing", FREE, PAPER, ' STYLE="DASHED"')))


def legend(entries: Sequence[tuple[str, str, str, str]]) -> str:
    """Return a row of boxes: text, border colour, fill, further attributes."""
    cells = "".join(
        f'<TD BORDER="1" COLOR="{color}" BGCOLOR="{fill}"{style}>{font(escape(text), size=10)}</TD>'
        for text, color, fill, style in entries
    )
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="6" CELLPADDING="4"><TR>{cells}</TR></TABLE>'
