"""A finding in words: who waits for whom, on which conjunct, who could end it, and what would undo it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

import click

from checker.ir.nodes import Duty, Model
from checker.loc import Loc
from checker.render.brief import brief
from checker.render.style import BLUE, RED, YELLOW, Style, plural
from checker.report import Enabler, Finding, Kind, Loop, Wait, WaitGraph

DUTY_NOTE = {
    Duty.OBLIGED: "obliged",
    Duty.MAY: "may: it need not",
    Duty.FAULT: "fault: nobody relies on it",
}

MANY = 4  # more alternatives than that do not help a headline


def headline(finding: Finding, model: Model) -> str:
    """Say in one sentence what was found: `4 of 7 actors cannot move unless …`."""
    if finding.kind.is_safety or finding.kind.is_liveness or finding.kind is Kind.PROGRESS or not finding.actors:
        return finding.message
    count = f"{len(finding.actors)} of {plural(len(model.actors), 'actor')}"
    if set(finding.actors) <= set(finding.dead):
        return f"{count} can never move again"
    unless = alternatives(finding.undone_by)
    return f"{count} cannot move unless {unless}" if unless else f"{count} cannot move by anything others owe them"


def alternatives(undone_by: Sequence[Enabler]) -> str:
    """Join what would undo a finding: `compute.read (may) or kill.reset (fault) happens`."""
    named = [f"{enabler.action} ({enabler.duty.value})" for enabler in unique_enablers(undone_by)]
    if len(named) > MANY:
        named = [*named[: MANY - 1], f"one of {len(named) - MANY + 1} more"]
    return f"{' or '.join(named)} happens" if named else ""


def explain(finding: Finding, model: Model, style: Style) -> list[str]:
    """Return the body of the report of one finding, without trace and figures."""
    lines: list[str] = []
    if finding.graph is not None:
        lines += _groups(finding, finding.graph, model, style)
        lines += _cycle(finding.graph, style) or _chain(finding, finding.graph, style)
    lines += _fate(finding, style)
    lines += _may_rest(finding, model, style)
    if finding.loop is not None:
        lines += _for_ever(finding, finding.loop, style)
    if finding.undone_by:
        undone = " · ".join(f"{e.action} ({e.duty.value})" for e in unique_enablers(finding.undone_by))
        lines += style.wrap(f"undone by: {undone}", first="  ", rest=" " * 13)
    if finding.oblige:
        need = " and ".join(f"`{name}`" for name in finding.oblige)
        options = " ".join(f"--oblige {name}" for name in finding.oblige)
        lines += style.wrap(f"gone if {need} were obliged to act: try {options}", first="  ", rest=" " * 4)
    return lines


def unique_enablers(enablers: Sequence[Enabler]) -> list[Enabler]:
    return list({(e.action, e.duty): e for e in enablers}.values())


def _groups(finding: Finding, graph: WaitGraph, model: Model, style: Style) -> Iterator[str]:
    """Core first, then who waits for the core, then other stuck actors."""
    # Who cannot come to a goal may well be able to move.
    unsettled = () if finding.kind is Kind.PROGRESS else finding.actors
    others = tuple(a for a in unsettled if a not in graph.core and a not in graph.tail)
    order = {name: place for place, name in enumerate(graph.cycle or chain_to_freedom(finding, graph))}
    tail = "tail: waits for the core" if graph.core else "cannot move"
    if finding.loop is not None:
        tail = "disabled throughout the cycle" if finding.loop.moving else "disabled for ever"
    titles = (("core", graph.core, RED), (tail, graph.tail, YELLOW), ("cannot move", others, YELLOW))
    places = {action.name: action.loc for action in model.actions}
    shown = [(title, names, color) for title, names, color in titles if names]
    width = max((len(name) for _, names, _ in shown for name in names), default=0)
    for title, group, color in shown:
        names = sorted(group, key=lambda name: order.get(name, len(order)))
        yield "  " + style.paint(title, color, bold=True)
        for name in names:
            yield from _actor(name, finding, graph, places, width, style)
    if graph.free:
        free = ", ".join(graph.free)
        where = "free, chains end here" if finding.loop is None else "not among them, and waited for"
        yield from style.wrap(f"{where}: {free}", first="  ", rest=" " * 4)


def _actor(
    name: str, finding: Finding, graph: WaitGraph, places: Mapping[str, Loc], width: int, style: Style
) -> Iterator[str]:
    waits = [wait for wait in graph.waits if wait.actor == name]
    margin = " " * (width + 6)
    if not waits:
        yield f"    {name:<{width}}  {style.dim('has no alternative: nothing it could do next')}"
        return
    for number, alternative in enumerate(merged_alternatives(waits)):
        for position, wait in enumerate(alternative):
            if number == 0 and position == 0:
                point = f" in {wait.point}" if wait.point not in ("", wait.resource) else ""
                lead = f"    {style.bold(f'{name:<{width}}')}  waits{point} for "
            else:
                lead = margin + ("or for " if position == 0 else "and for ")
            # Where the actor waits; the condition itself may be written elsewhere, in a block.
            place = places.get(wait.action, wait.loc)
            yield from _lead(lead, wait, str(place), margin, style)
            written = f" ({wait.loc})" if (wait.loc.file, wait.loc.line) != (place.file, place.line) else ""
            for said in (condition_text(wait) + written + values_text(wait), enabler_text(wait, finding, graph)):
                yield from (style.dim(line) for line in style.wrap(said, first=margin + "  ", rest=margin + "    "))


def _lead(lead: str, wait: Wait, place: str, margin: str, style: Style) -> list[str]:
    """Say what is waited for and where; on two lines where the slot that holds it has a long name."""
    whole = lead + resource_text(wait)
    if not wait.held_in or len(click.unstyle(whole)) + 2 + len(place) <= style.width:
        return [style.spread(whole, place)]
    return [style.spread(lead + (wait.resource or "the condition"), place), f"{margin}  held in {slot_text(wait)}"]


def merged_alternatives(waits: Sequence[Wait]) -> list[tuple[Wait, ...]]:
    """Group waits by alternative (one action each) and merge the alternatives that wait for the same."""
    seen: dict[tuple[tuple[str, str, tuple[Enabler, ...]], ...], tuple[Wait, ...]] = {}
    for _, group in groupby(waits, key=lambda wait: wait.action):
        members = tuple(group)
        seen.setdefault(tuple((w.resource, w.conjunct, w.enablers) for w in members), members)
    return list(seen.values())


def resource_text(wait: Wait) -> str:
    """Name what is waited for and the slot that holds it: "gate `timeline`, held in `batches.value`"."""
    resource = wait.resource or "the condition"
    return f"{resource}, held in {slot_text(wait)}" if wait.held_in else resource


def slot_text(wait: Wait) -> str:
    """Name the slots that hold what is waited for."""
    slots = wait.slots or (wait.held_in,)
    return ", ".join([f"`{slot}`" for slot in slots[:MANY]] + ["…"] * (len(slots) > MANY))


def condition_text(wait: Wait) -> str:
    """Return the false condition as the spec writes it, where it does in one expression."""
    return wait.text or wait.conjunct


def values_text(wait: Wait) -> str:
    """Say what the condition reads, and its parameters: ` where len(socket.s2c)=1, to_client=1`."""
    read = [f"{reading.place}={brief(reading.type, reading.value)}" for reading in wait.values]
    shown = [*read[:MANY], *(["…"] if len(read) > MANY else []), *(f"{name}={value}" for name, value in wait.constants)]
    return f" where {', '.join(shown)}" if shown else ""


def enabler_text(wait: Wait, finding: Finding, graph: WaitGraph) -> str:
    """Say who could make a conjunct true, and what is to be expected of them."""
    if not wait.enablers:
        return "nobody can make it true"
    stuck = {*finding.actors, *graph.core, *graph.tail}
    notes: dict[str, list[str]] = {}
    for enabler in unique_enablers(wait.enablers):
        if enabler.actor == wait.actor and any(other.actor != wait.actor for other in wait.enablers):
            continue  # what the waiter itself would do next says nothing about its wait
        if enabler.actor == wait.actor:
            notes.setdefault("itself", []).append(enabler.actor)
        elif enabler.actor in stuck:
            notes.setdefault("cannot move either", []).append(enabler.actor)
        elif enabler.finished:
            notes.setdefault("has finished", []).append(enabler.actor)
        elif enabler.resting:
            notes.setdefault("rests", []).append(enabler.actor)
        else:
            notes.setdefault(DUTY_NOTE[enabler.duty], []).append(enabler.action)
    notes = {note: list(dict.fromkeys(names)) for note, names in notes.items()}
    return "needs " + ", or ".join(f"{' or '.join(names)} ({note})" for note, names in notes.items())


def _cycle(graph: WaitGraph, style: Style) -> list[str]:
    chain = cycle_chain(graph)
    if not chain:
        return []
    return [style.paint(line, RED) for line in style.wrap(f"cycle: {chain}", first="  ", rest=" " * 9)]


def cycle_chain(graph: WaitGraph) -> str:
    """Write the cycle as a chain of actors and what each waits for, back to the first; "" if there is none."""
    if not graph.cycle:
        return ""
    parts = []
    for waiter, enabler in zip(graph.cycle, (*graph.cycle[1:], graph.cycle[0]), strict=True):
        parts += [waiter, f"[{cycle_label(graph, waiter, enabler)}]"]
    return " → ".join([*parts, graph.cycle[0]])


def _chain(finding: Finding, graph: WaitGraph, style: Style) -> list[str]:
    """Write how the first who waits depends on somebody who owes nothing; nothing if there is no such way."""
    way = chain_to_freedom(finding, graph)
    if len(way) < 2:
        return []
    parts = [way[0]]
    for waiter, enabler in pairwise(way):
        parts += [f"[{cycle_label(graph, waiter, enabler)}]", enabler]
    text = f"chain: {' → '.join(parts)}, who owes nothing"
    return [style.paint(line, RED) for line in style.wrap(text, first="  ", rest=" " * 9)]


def chain_to_freedom(finding: Finding, graph: WaitGraph) -> tuple[str, ...]:
    """Return the shortest chain of waits from who nobody waits for to the first free actor that would undo it."""
    ends = [enabler.actor for enabler in finding.undone_by if enabler.actor in graph.free]
    awaited = {enabler for _, enabler, _ in graph.edges}
    starts = [name for name in finding.actors if name not in awaited] or list(finding.actors)
    ways: dict[str, tuple[str, ...]] = {name: (name,) for name in starts[:1]}
    pending = list(ways)
    for at in pending:
        for waiter, enabler, _ in graph.edges:
            if waiter == at and enabler not in ways:
                ways[enabler] = (*ways[at], enabler)
                pending.append(enabler)
    return next((ways[end] for end in ends if end in ways), ())


def cycle_label(graph: WaitGraph, waiter: str, enabler: str) -> str:
    """Name the resource `waiter` awaits from `enabler`, and the slot that holds it: of several, those of `enabler`."""
    waits = [graph.waits[i] for a, b, i in graph.edges if (a, b) == (waiter, enabler)]
    held = {wait.resource for wait in waits if wait.held_in}
    told = [wait for wait in waits if wait.held_in or wait.resource not in held]
    labels = [resource_text(replace(wait, slots=slots_of(wait, enabler))) for wait in told]
    return " / ".join(dict.fromkeys(labels)) or "?"


def slots_of(wait: Wait, actor: str) -> tuple[str, ...]:
    """Return those slots of `wait` that are `actor`'s, all if none is."""
    return tuple(slot for slot in wait.slots if slot.startswith(f"{actor}.")) or wait.slots


def _for_ever(finding: Finding, loop: Loop, style: Style) -> Iterator[str]:
    """Say what goes on for ever, who starves beside it, and what could happen and is owed by nobody."""
    steps = len(finding.trace.steps) - loop.start
    if steps:
        text = f"for ever: {repeating(loop, len(finding.trace.steps))}, taken by {', '.join(loop.moving)}"
    else:
        text = f"for ever: nothing need happen after step {loop.start}"
    yield from (style.paint(line, RED) for line in style.wrap(text, first="  ", rest=" " * 4))
    if loop.starved:
        yield from style.wrap(f"starved: {starved(loop)}", first="  ", rest=" " * 4)
        yield style.dim('    weak fairness allows that; fair="strong" would not')
    if loop.unowed:
        names = " · ".join(f"{enabler.action} ({enabler.duty.value})" for enabler in unique_enablers(loop.unowed))
        yield from style.wrap(f"could happen, owed by nobody: {names}", first="  ", rest=" " * 4)


def starved(loop: Loop) -> str:
    """Say which obliged actions are enabled in a cycle and not taken, and how that can be fair."""
    busy = list(dict.fromkeys(e.action for e in loop.starved if e.actor in loop.moving))
    idle = list(dict.fromkeys(e.action for e in loop.starved if e.actor not in loop.moving))
    parts = [f"{', '.join(busy)} (enabled, but its actor takes other steps)"] if busy else []
    parts += [f"{', '.join(idle)} (enabled again and again, but not for good)"] if idle else []
    return " · ".join(parts)


def repeating(loop: Loop, length: int) -> str:
    """Name the steps of a cycle: `step 7 repeats`, `steps 7 to 9 repeat`."""
    first = loop.start + 1
    return f"step {first} repeats" if length == first else f"steps {first} to {length} repeat"


def back(loop: Loop, length: int) -> str:
    """Say where a trace of so many steps goes on: `back to step 6: steps 7 to 9 repeat for ever`."""
    target = f"back to step {loop.start}" if loop.start else "back to the initial state"
    if length == loop.start:
        return f"after step {loop.start} nothing need happen any more" if loop.start else "nothing need ever happen"
    return f"{target}: {repeating(loop, length)} for ever"


def _may_rest(finding: Finding, model: Model, style: Style) -> list[str]:
    """Say how to declare that an actor may wait for ever, where only actors that owe nothing are at a loss."""
    duties = {actor.name: actor.duty for actor in model.actors}
    if finding.kind is not Kind.ORPHAN or any(duties[name] is Duty.OBLIGED for name in finding.actors):
        return []
    names = " and ".join(f"`{name}`" for name in finding.actors)
    text = f"{names} owes nothing: if it may wait for ever, say so (`rest(…)` round the wait, `rests=` of an actor)"
    return style.wrap(text, first="  ", rest=" " * 4)


def _fate(finding: Finding, style: Style) -> list[str]:
    """State what is known for certain: who is dead, when it became inevitable, how it is known."""
    lines = []
    if finding.dead:
        names = ", ".join(finding.dead)
        lines += style.wrap(f"can never move again, whatever anybody does: {names}", first="  ", rest=" " * 4)
    length = len(finding.trace.steps)
    if finding.doomed_at is not None and finding.doomed_at < length:
        when = f"inevitable from step {finding.doomed_at}: after it nothing that anybody owes leads out"
        lines += [style.paint(f"  {when}", BLUE)]
    if not finding.certified:
        note = "no local certificate: no single state shows it; the exact search over all reachable states does"
        lines += style.wrap(note, first="  ", rest=" " * 4)
    return lines
