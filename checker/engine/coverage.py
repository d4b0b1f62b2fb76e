"""How often each action and each source line was executed: a spec must not pass by doing nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from checker.engine.exploration import Explored
from checker.ir.nodes import If, Model, Stmt
from checker.loc import Loc
from checker.report import Coverage


def coverage(exploration: Explored, hits: Sequence[int]) -> Coverage:
    """Count by action and by line; `hits` are the machine's counts of the arms of `If`s, taken after the search.

    A line counts the steps that executed it: of the statements that one action has on a line, the most frequent one.
    """
    model, new, totals = exploration.model, exploration.new_by_action(), exploration.totals
    actions = tuple(
        (action.name, None if new is None else new[i], totals[i], action.loc) for i, action in enumerate(model.actions)
    )
    return Coverage(actions, _lines(model, totals, hits))


def _lines(model: Model, totals: Counter[int], hits: Sequence[int]) -> tuple[tuple[str, int, int], ...]:
    lines: Counter[tuple[str, int]] = Counter()
    arms = iter(zip(hits[::2], hits[1::2], strict=True))
    for index, action in enumerate(model.actions):
        places = [(loc, totals[index]) for loc in (action.loc, *(conjunct.loc for conjunct in action.guard))]
        most: dict[tuple[str, int], int] = {}
        for loc, count in (*places, *_block(action.update, totals[index], arms)):
            if loc.line:
                most[loc.file, loc.line] = max(count, most.get((loc.file, loc.line), 0))
        lines.update(most)
    return tuple((file, line, count) for (file, line), count in sorted(lines.items()))


def _block(block: tuple[Stmt, ...], count: int, arms: Iterator[tuple[int, int]]) -> Iterator[tuple[Loc, int]]:
    """Yield where the statements are and how often they ran; `arms` come in the order of `checker.interp.arms`."""
    for stmt in block:
        yield stmt.loc, count
        if isinstance(stmt, If):
            then, otherwise = next(arms)
            yield from _block(stmt.then, then, arms)
            yield from _block(stmt.otherwise, otherwise, arms)
