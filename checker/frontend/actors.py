"""Actors by name: the members of a family, of an array of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from checker.frontend.values import Task
from checker.ir.domains import values
from checker.ir.nodes import Const, Expr
from checker.ir.text import keyed


def members(task: Task) -> Iterator[tuple[tuple[Expr, ...], Expr | None]]:
    """Yield the actors of a task: the keys of its block in an array, its index within the family."""
    keys = [[Const(value, kind) for value in values(kind)] for kind in task.owner.keys]
    indices: list[Const | None] = (
        [None] if task.over is None else [Const(value, task.over) for value in values(task.over)]
    )
    for *own, index in product(*keys, indices):
        yield tuple(key for key in own if key is not None), index


def task_name(task: Task, keys: tuple[Expr, ...], index: Expr | None) -> str:
    """Return the name of one actor: `conns[1].batcher`, `shutdown[0]`."""
    path = keyed(task.owner.path, task.owner.keyed, (str(key.value) for key in keys if isinstance(key, Const)))
    local = task.name[len(task.owner.path) :].lstrip(".")
    base = ".".join(part for part in (path, local) if part)
    return base + (f"[{index.value}]" if isinstance(index, Const) else "")
