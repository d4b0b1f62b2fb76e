"""A counterexample as one lane per actor, steps from top to bottom, what each lane waits for shaded.

The picture is one table in an HTML-like label: Graphviz then does the layout, in SVG and PNG alike, and a wait
that lasts several steps is a cell that spans their rows.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from checker.ir.nodes import Duty
from checker.reading import Evaluate
from checker.render.draw import FONT, escape, font, lines
from checker.render.explain import back
from checker.render.palette import (
    CORE,
    CORE_FILL,
    CORE_INK,
    END_FILL,
    FAINT,
    FAULT,
    FAULT_FILL,
    FREE,
    HEAD_FILL,
    INK,
    LINE,
    MAY,
    MAY_FILL,
    PAPER,
    REST_FILL,
    STEP,
    STEP_FILL,
    TAIL,
    TAIL_FILL,
    WAIT_FILL,
)
from checker.render.steps import Stand, Standing, Step, short_action, standings, steps
from checker.render.waitfor import banner, legend, short_loc
from checker.report import Finding, Report

LANE_CHARS = 22
LANE_WIDTH = 150  # points: seven lanes and the margin are 1600 pixels at 96 dpi
MOST_CHANGES = 3  # of one step that fit a box; the text report has them all
STEP_COLORS = {Duty.OBLIGED: (STEP, STEP_FILL), Duty.MAY: (MAY, MAY_FILL), Duty.FAULT: (FAULT, FAULT_FILL)}


@dataclass(frozen=True, slots=True)
class Bar:
    """One cell of a lane: rows `top` to `top + rows - 1`; a step's box where `step` is set, else a standing."""

    top: int
    rows: int
    standing: Standing
    step: Step | None = None


def lanes_dot(report: Report, finding: Finding, evaluate: Evaluate) -> str:
    """Return DOT of the lanes of the report's first finding, from `report.replayed`."""
    taken = steps(report.model, finding.trace, report.replayed)
    by_state = [standings(report.model, state, evaluate) for state in report.replayed]
    names = lane_names(report, finding, taken)
    dot = importlib.import_module("graphviz").Digraph("lanes")
    title = banner(report, finding, _remark(report, names), _legend(finding))
    dot.attr(
        "graph", label=f"<{title}>", labelloc="t", labeljust="l", fontname=FONT, fontcolor=INK, bgcolor=PAPER, pad="0.3"
    )
    dot.attr("node", shape="plain", fontname=FONT, fontsize="11", fontcolor=INK)
    dot.node("lanes", f"<{_table(report, finding, names, taken, by_state)}>")
    return str(dot.source)


def lane_names(report: Report, finding: Finding, taken: Sequence[Step]) -> tuple[str, ...]:
    """Return who gets a lane, in the model's order: who moves, and who is part of the finding."""
    wanted = {name for step in taken for name in (step.action.owner, *step.action.participants)}
    wanted.update(finding.actors)
    if finding.graph is not None:
        wanted.update((*finding.graph.core, *finding.graph.tail, *finding.graph.free))
    return tuple(actor.name for actor in report.model.actors if actor.name in wanted)


def lane(name: str, taken: Sequence[Step], by_state: Sequence[dict[str, Standing]]) -> tuple[Bar, ...]:
    """Cut one lane into bars: a box per step of the actor, in between one bar per unchanged standing.

    Row k (from 0) is step k + 1, taken from state k; equal standings of neighbouring rows become one bar.
    """
    bars: list[Bar] = []
    for row, step in enumerate(taken):
        standing = by_state[row][name]
        if name in (step.action.owner, *step.action.participants):
            bars.append(Bar(row, 1, standing, step))
        elif bars and bars[-1].step is None and bars[-1].standing == standing:
            bars[-1] = Bar(bars[-1].top, bars[-1].rows + 1, standing)
        else:
            bars.append(Bar(row, 1, standing))
    return tuple(bars)


def _remark(report: Report, names: Sequence[str]) -> str:
    omitted = [actor.name for actor in report.model.actors if actor.name not in names]
    left_out = f" · not shown, they never move: {', '.join(omitted)}" if omitted else ""
    return f"time runs downwards, one row a step{left_out}"


def _table(
    report: Report,
    finding: Finding,
    names: Sequence[str],
    taken: Sequence[Step],
    by_state: Sequence[dict[str, Standing]],
) -> str:
    cells: dict[tuple[int, str], str] = {}
    turn, said = _turn(finding, len(taken))
    for name in names:
        for bar in lane(name, taken, by_state):
            for part in _split_at(bar, turn):
                cells[part.top, name] = _bar(part, name)
    rows = [_header(report, names)]
    for row, step in enumerate(taken):
        if row == turn:
            rows.append(_line_across(len(names), said))
        inside = "".join(cells.get((row, name), "") for name in names)
        rows.append(f'<TR><TD VALIGN="TOP" ALIGN="RIGHT">{_margin(step)}</TD>{inside}</TR>')
    if finding.loop is not None:
        rows.append(_line_across(len(names), f"↻ {back(finding.loop, len(taken))}"))
    rows.append(_end_row(finding, names, by_state[-1]))
    attributes = 'BORDER="0" CELLBORDER="0" CELLSPACING="3" CELLPADDING="3"'
    return f"<TABLE {attributes}>{''.join(rows)}</TABLE>"


def _turn(finding: Finding, steps: int) -> tuple[int, str]:
    """Return the row above which a line goes across, and what it says; behind the last row if there is none."""
    if finding.loop is not None and finding.loop.start < steps:
        return finding.loop.start, "↻ what follows repeats for ever"
    if finding.doomed_at is not None:
        return finding.doomed_at, "from here on it is inevitable: nothing that anybody owes leads out"
    return steps + 1, ""


def _split_at(bar: Bar, turn: int) -> tuple[Bar, ...]:
    """Cut a bar at the row of the line across, which no cell may span."""
    if not bar.top < turn < bar.top + bar.rows:
        return (bar,)
    above = turn - bar.top
    return Bar(bar.top, above, bar.standing), Bar(turn, bar.rows - above, bar.standing)


def _margin(step: Step) -> str:
    number = font(str(step.index), size=12, bold=True)
    return f"{number}<BR/>{font(escape(short_loc(step.action.loc).rsplit('/', 1)[-1]), size=8, color=FAINT)}"


def _header(report: Report, names: Sequence[str]) -> str:
    duties = {actor.name: actor.duty for actor in report.model.actors}
    cells = []
    for name in names:
        duty = "" if duties[name] is Duty.OBLIGED else f"<BR/>{font(duties[name].value, size=9, color='#d1d5db')}"
        title = font(lines(name, LANE_CHARS - 2), size=13, bold=True, color=PAPER)
        cells.append(f'<TD BGCOLOR="{HEAD_FILL}" WIDTH="{LANE_WIDTH}" CELLPADDING="6">{title}{duty}</TD>')
    return f"<TR><TD>{font('step', size=9, color=FAINT)}</TD>{''.join(cells)}</TR>"


def _bar(bar: Bar, name: str) -> str:
    span = f' ROWSPAN="{bar.rows}"' if bar.rows > 1 else ""
    if bar.step is not None:
        return f"<TD{span} {_box(bar.step, name)}</TD>"
    waits = " or ".join(bar.standing.waits)
    limit = 2 * bar.rows
    match bar.standing.stand:
        case Stand.WAITING:
            where = f"in {bar.standing.point} " if bar.standing.point not in ("", waits) and bar.rows > 1 else ""
            text = font(lines(f"waits {where}for {waits}", LANE_CHARS, limit=limit), size=10, color="#4b5563")
            return f'<TD{span} BGCOLOR="{WAIT_FILL}">{text}</TD>'
        case Stand.RESTING:
            text = font(lines(f"rests{': ' if waits else ''}{waits}", LANE_CHARS, limit=limit), size=9, color="#4d7c66")
            return f'<TD{span} BGCOLOR="{REST_FILL}">{text}</TD>'
        case Stand.FINISHED:
            return f'<TD{span} BGCOLOR="{END_FILL}">{font("finished", size=9, color="#9ca3af")}</TD>'
        case _:
            return f'<TD{span} BORDER="1" SIDES="L" COLOR="{LINE}"></TD>'


def _box(step: Step, name: str) -> str:
    """Return attributes and content of a step's cell, in its owner's lane or a participant's."""
    border, fill = STEP_COLORS[step.action.duty]
    attributes = f'BORDER="1" COLOR="{border}" BGCOLOR="{fill}" ALIGN="LEFT" BALIGN="LEFT">'
    if name != step.action.owner:
        moved = lines(f"↔ {step.action.name}", LANE_CHARS, limit=2)
        return attributes.replace('BORDER="1"', 'BORDER="1" STYLE="DASHED"') + font(moved, size=10)
    text = font(lines(short_action(step.action), LANE_CHARS, limit=2), size=11, bold=True)
    if step.action.participants:
        text += "<BR/>" + font(lines("with " + ", ".join(step.action.participants), LANE_CHARS), size=9)
    changes = telling(step)
    for change in changes:
        text += "<BR/>" + font(lines(change, LANE_CHARS + 4, limit=5 - len(changes)), size=9, color="#374151")
    return attributes + text


def telling(step: Step) -> list[str]:
    """Return what a step changed, as its lane tells it: shared state first, then what its own locals took up."""
    changes = [c for c in step.changes if not c.control and not (c.owner and c.reset)]
    changes.sort(key=lambda change: bool(change.owner))
    shown = [str(change).removeprefix(f"{step.action.owner}.") for change in changes[:MOST_CHANGES]]
    if len(changes) > MOST_CHANGES:
        shown[-1] = f"and {len(changes) - MOST_CHANGES + 1} more"
    return shown


def _line_across(lanes: int, said: str) -> str:
    text = font(escape(said), size=10, bold=True, color=CORE)
    return f'<TR><TD></TD><TD COLSPAN="{lanes}" BORDER="1" SIDES="T" COLOR="{CORE}" CELLPADDING="2">{text}</TD></TR>'


def _end_row(finding: Finding, names: Sequence[str], last: dict[str, Standing]) -> str:
    cells = "".join(_end_cell(finding, name, last[name]) for name in names)
    margin = "end" if finding.loop is None else "then"
    return f"<TR><TD>{font(margin, size=12, bold=True)}</TD>{cells}</TR>"


def _end_cell(finding: Finding, name: str, standing: Standing) -> str:
    core = finding.graph.core if finding.graph is not None else ()
    waits = " or ".join(standing.waits) or "nothing it could do"
    where = f"waits in {standing.point} for " if standing.point not in ("", waits) else "waits for "
    if name in core:
        text = font(lines(where + waits, LANE_CHARS), size=11, bold=True, color=CORE_INK)
        return f'<TD BORDER="2" COLOR="{CORE}" BGCOLOR="{CORE_FILL}">{text}</TD>'
    if name in finding.actors:
        text = font(lines(where + waits, LANE_CHARS), size=11)
        return f'<TD BORDER="2" COLOR="{TAIL}" BGCOLOR="{TAIL_FILL}">{text}</TD>'
    if finding.loop is not None and name in finding.loop.moving:
        return f'<TD BORDER="1" COLOR="{STEP}">{font("goes round for ever", size=10)}</TD>'
    said = {
        Stand.ENABLED: "could move",
        Stand.RESTING: "rests",
        Stand.FINISHED: "finished",
        Stand.WAITING: where + waits,
        Stand.NOWHERE: "stands still",
    }[standing.stand]
    return f'<TD BORDER="1" STYLE="DASHED" COLOR="{FREE}">{font(lines(said, LANE_CHARS), size=10)}</TD>'


def _legend(finding: Finding) -> str:
    end: tuple[tuple[str, str, str, str], ...] = ()
    if finding.graph is not None:
        tail = "tail: waits for the core" if finding.graph.core else "at the end: cannot move"
        core = (("at the end: core", CORE, CORE_FILL, ""),) if finding.graph.core else ()
        end = (*core, (tail, TAIL, TAIL_FILL, ""), ("free", FREE, PAPER, ' STYLE="DASHED"'))
    if finding.loop is not None:
        together = (("wait for each other", CORE, CORE_FILL, ""),) if finding.graph and finding.graph.core else ()
        end = (*together, ("disabled for ever", TAIL, TAIL_FILL, ""), ("not disabled", FREE, PAPER, ' STYLE="DASHED"'))
    return legend(
        (
            ("step that must happen", STEP, STEP_FILL, ""),
            ("step that may happen", MAY, MAY_FILL, ""),
            ("fault", FAULT, FAULT_FILL, ""),
            ("waits", WAIT_FILL, WAIT_FILL, ""),
            ("rests", REST_FILL, REST_FILL, ""),
            *end,
        )
    )
