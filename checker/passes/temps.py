"""Locals that never outlive a step leave the state.

Claim: a local can be a temporary of the step if no guard, property, actor condition or initial value but its
default matters to anybody: every read of it is preceded, on every path of the same step, by a write of the
whole. Then its value between steps is read by nobody, and dropping it merges only states that agree on
everything anybody can read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from checker.ir.nodes import (
    Action,
    Assign,
    Expr,
    If,
    Model,
    Stmt,
    Temp,
    Var,
)
from checker.ir.walk import expressions, map_children, map_expressions, property_reads, root, variables


def temps(model: Model) -> Model:
    """Return the model with such locals turned into temporaries."""
    candidates = frozenset(variable.name for variable in model.variables if variable.owner)
    outside = frozenset[str]().union(*(variables(expr) for expr in conditions(model)))
    needed = outside | frozenset(name for action in model.actions for name in exposed(action.update))
    gone = candidates - needed
    if not gone:
        return model
    actions = tuple(replace(action, update=demoted(action, gone)) for action in model.actions)
    kept = tuple(variable for variable in model.variables if variable.name not in gone)
    return replace(model, variables=kept, actions=actions)


def conditions(model: Model) -> Iterable[Expr]:
    """Yield every expression that is read between steps."""
    for action in model.actions:
        yield from (conjunct.expr for conjunct in action.guard)
    for actor in model.actors:
        yield from (actor.finished, actor.resting)
    for item in model.properties:
        yield from property_reads(item)


def exposed(block: tuple[Stmt, ...]) -> frozenset[str]:
    """Return the variables that a block may read before it has written the whole of them."""
    read, _ = _exposed(block, frozenset())
    return read


def _exposed(block: tuple[Stmt, ...], assigned: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    read: frozenset[str] = frozenset()
    for statement in block:
        match statement:
            case If(condition, then, otherwise):
                read |= variables(condition) - assigned
                sides = [_exposed(side, assigned) for side in (then, otherwise)]
                read |= sides[0][0] | sides[1][0]
                assigned = sides[0][1] & sides[1][1]
            case Assign(Var(name, _), value):
                read |= variables(value) - assigned
                assigned |= {name}
            case _:
                for expr in expressions(statement):
                    read |= variables(expr) - assigned
                if isinstance(statement, Assign):
                    base = root(statement.target)
                    read |= ({base.name} if isinstance(base, Var) else frozenset()) - assigned
    return read, assigned


def demoted(action: Action, gone: frozenset[str]) -> tuple[Stmt, ...]:
    def rewrite(expr: Expr) -> Expr:
        if isinstance(expr, Var) and expr.name in gone:
            return Temp(expr.name, expr.type)
        return map_children(expr, rewrite)

    return tuple(map_expressions(statement, rewrite) for statement in action.update)
