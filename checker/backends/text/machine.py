"""The generated text as a `Machine`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from checker.backends.text.actions import emit_successors
from checker.backends.text.cache import load
from checker.backends.text.emitter import Emitter
from checker.backends.text.expressions import Scope, emit
from checker.backends.text.runtime import advance, failed, make_broken, make_undefined, removed
from checker.interp import Interpreter, arms
from checker.ir.domains import Value, contains
from checker.ir.nodes import Expr, Model, Old, State, Var
from checker.ir.walk import walk
from checker.loc import NOWHERE
from checker.machine import Failure, Label, Undefined

INTERPRETED = 16  # evaluations of an expression before it is compiled


class TextMachine:
    """A `Machine` made of Python text generated from the model; same results as the interpreter, in the same order.

    `hits` counts, for each arm of each `If` that has statements, how often it was entered (in the order of
    `checker.interp.arms`). `folder` is where the text is kept, the user's cache folder by default.
    """

    def __init__(self, model: Model, *, folder: Path | None = None) -> None:
        self.model = model
        self.hits = [0] * sum(1 for _ in arms(model))
        self.source, namespace = _successors_text(model, self.hits)
        exec(load(self.source, folder=folder), namespace)
        self.successors: Callable[[State], list[tuple[Label, State | Failure]]] = namespace["successors"]
        self._evaluated: dict[int, tuple[Expr, int]] = {}  # by the interpreter, and how often
        self._compiled: dict[int, tuple[Expr, Callable[..., Value]]] = {}

    @property
    def digest(self) -> str:
        """What tells its text from any other."""
        return hashlib.sha256(self.source.encode()).hexdigest()[:32]

    def initial(self) -> list[State]:
        """Return the initial states, in the order of the variables' declared values."""
        return list(product(*(variable.inits for variable in self.model.variables)))

    def evaluate(self, expr: Expr, state: State, old: State | None = None) -> Value:
        """Evaluate `expr`; raise `Undefined` where it has no value.

        Each expression object is compiled once, when it has been interpreted for about as long as that takes.
        """
        known = self._compiled.get(id(expr))
        if known is None:  # the expression is kept, so that its id is not used again
            _, times = self._evaluated.get(id(expr), (expr, 0))
            if times < INTERPRETED:
                self._evaluated[id(expr)] = expr, times + 1
                return self._interpreter.evaluate(expr, state, old)
            known = self._compiled[id(expr)] = expr, self.compile(expr)
        return known[1](state, old)

    @cached_property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self.model)

    def compile(self, expr: Expr) -> Callable[..., Value]:
        """Return `expr` as a function of a state and, if it has `Old` in it, of the state before the step."""
        return _compile(self.model, (expr,), combine=lambda texts: texts[0])

    def mask(
        self, exprs: Sequence[Expr], *, otherwise: Callable[[State, State | None], int] | None = None
    ) -> Callable[..., int]:
        """Return a function of a state (and the one before): bit i is set where `exprs[i]`, a condition, holds.

        Where one of them has no value, `otherwise` is asked; without it, the function raises `Undefined`.
        """
        return _compile(self.model, tuple(exprs), combine=_as_bits, otherwise=otherwise)


def _as_bits(texts: list[str]) -> str:
    return " | ".join(f"({1 << place} if {text} else 0)" for place, text in enumerate(texts)) or "0"


def _successors_text(model: Model, hits: list[int]) -> tuple[str, dict[str, Any]]:
    emitter = Emitter()
    emit_successors(model, emitter)
    head = [
        f"# Steps of {model.name!r}, generated from its model. What names like T0 stand for is given when it is loaded."
    ]
    return _module(emitter, head), {**_namespace(emitter), "hits": hits}


def _module(emitter: Emitter, head: list[str]) -> str:
    return "\n".join([*head, "", *emitter.constants, "", "", *emitter.lines, ""])


def _namespace(emitter: Emitter) -> dict[str, Any]:
    return {
        "Label": Label,
        "Undefined": Undefined,
        "advance": advance,
        "broken": make_broken(emitter.sites),
        "contains": contains,
        "failed": failed,
        "removed": removed,
        "undefined": make_undefined(emitter.sites),
        **emitter.pool,
    }


def _compile(
    model: Model,
    exprs: tuple[Expr, ...],
    *,
    combine: Callable[[list[str]], str],
    otherwise: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    """Compile from memory: these texts are many and short."""
    emitter = Emitter()
    parts = [part for expr in exprs for part in walk(expr)]
    now = sorted({part.name for part in parts if isinstance(part, Var)})
    before = sorted({part.name for part in parts if isinstance(part, Old)})
    slots = {variable.name: slot for slot, variable in enumerate(model.variables)}
    scope = Scope(emitter, NOWHERE, {name: f"state[{slots[name]}]" for name in now})
    scope.old = {name: f"old[{slots[name]}]" for name in before}
    with emitter.block("def mask(state, old=None):"), emitter.guarded(["return otherwise(state, old)"]) as need:
        emitter.line("return " + combine([emit(expr, scope) for expr in exprs]))
        if otherwise is not None and emitter.sites:
            need()
    namespace = {**_namespace(emitter), "otherwise": otherwise}
    exec("\n".join([*emitter.constants, *emitter.lines]), namespace)
    compiled: Callable[..., Any] = namespace["mask"]
    return compiled
