"""What a solver proved and what it did not: verdicts, invariants in the spec's words, states no proof excludes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from checker.ir.nodes import Model, State
from checker.render.brief import brief
from checker.render.style import YELLOW, Style, duration
from checker.render.text import property_rows, reproduce, verdict_line
from checker.report import Report


class Clause(Protocol):
    """One conjunct of an invariant: when all of `when` holds, `then` does. `variables` are those it talks about."""

    @property
    def when(self) -> tuple[str, ...]: ...
    @property
    def then(self) -> str: ...
    @property
    def variables(self) -> tuple[str, ...]: ...


class Allowed(Protocol):
    """A state that nothing found excludes, in which something is violated; `matter` are the variables to look at."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> State: ...
    @property
    def matter(self) -> tuple[str, ...]: ...


def render_solved(
    report: Report,
    style: Style,
    summary: str,
    *,
    clauses: Sequence[Clause] = (),
    ranking: Sequence[str] = (),
    allowed: Iterable[Allowed] = (),
    command: str,
) -> str:
    """Return a report without a violation: what is left open and why, the invariant, verdicts, the last line."""
    blocks = [_allowed(report.model, one, style) for one in allowed]
    blocks += [_invariant(report.model, clauses, style), _ranking(ranking, style), property_rows(report, style)]
    figures = [f"{summary} · {duration(report.seconds)}", style.dim(f"reproduce: {reproduce(report, command)}")]
    blocks.append([*figures, verdict_line(report, style)])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _allowed(model: Model, one: Allowed, style: Style) -> list[str]:
    """Show the state in which a proof got stuck as what it is."""
    lines = [
        style.paint(f"? {one.name}", YELLOW) + "  no proof: the facts found allow this state, which may be unreachable"
    ]
    values = [(variable, value) for variable, value in zip(model.variables, one.state, strict=True)]
    shown = [f"{v.name}={brief(v.type, value)}" for v, value in values if v.name in one.matter]
    return lines + [style.dim(line) for line in style.flow(shown, indent=" " * 4)]


def _invariant(model: Model, clauses: Sequence[Clause], style: Style) -> list[str]:
    """Print an inductive invariant: clauses without a condition first, others together under theirs."""
    if not clauses:
        return []
    where = {variable.name: str(variable.loc) for variable in model.variables if variable.loc.line}
    groups: dict[tuple[str, ...], list[Clause]] = {}
    for clause in clauses:
        groups.setdefault(clause.when, []).append(clause)
    lines = [style.bold("invariant") + style.dim("  (holds at first, every step keeps it)")]
    for when in sorted(groups, key=len):
        indent = "  "
        if when:
            lines.append(f"  when {' and '.join(when)}")
            indent = "    "
        lines += [style.spread(indent + clause.then, _place(clause, where)) for clause in groups[when]]
    return lines


def _ranking(ranking: Sequence[str], style: Style) -> list[str]:
    """Print a ranking: sums that are compared one after the other."""
    if not ranking:
        return []
    head = style.bold("ranking") + style.dim("  (whoever waits, some step lowers it until it can go on; [c] is 1 if c)")
    return [head, *(line for item in ranking for line in style.wrap(item, first="  ", rest="    "))]


def _place(clause: Clause, where: Mapping[str, str]) -> str:
    """Return where the last of the variables that a clause talks about is declared."""
    places = [where[name] for name in clause.variables if name in where]
    return places[-1] if places else ""
