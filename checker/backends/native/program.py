"""A model compiled: its layout, and the addresses of its functions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checker.backends.native.compile import Compiled
from checker.backends.native.emit import Emitter
from checker.backends.native.layout import layout
from checker.interp import arms
from checker.ir.nodes import Expr, Model


class Program:
    """The functions of one model as machine code.

    `states`, `steps` and `goals` are the conditions that `holds_states` and so on judge; with `waits` there are
    `moves`, `holds_resting` and `holds_finished`. UsageError for a model that cannot be compiled.
    """

    def __init__(
        self,
        model: Model,
        states: Sequence[Expr] = (),
        steps: Sequence[Expr] = (),
        *,
        waits: bool = False,
        goals: Sequence[Expr] = (),
        folder: Path | None = None,
    ) -> None:
        self.model = model
        self.layout = layout(model)
        emitter = Emitter(model, self.layout)
        emitter.step()
        if states:
            emitter.holds("states", states)
        if steps:
            emitter.holds("steps", steps)
        if goals:
            emitter.holds("goals", goals)
        if waits:
            emitter.moves()
            emitter.holds("resting", [actor.resting for actor in model.actors])
            emitter.holds("finished", [actor.finished for actor in model.actors])
        self.most = emitter.most
        self.places = emitter.places
        self.arms = sum(1 for _ in arms(model))
        self.text = str(emitter.module)
        self._compiled = Compiled(self.text, folder=folder)

    def address(self, name: str) -> int:
        """Return the address of a function."""
        return self._compiled.address(name)
