"""Actions that cannot happen at the parameters of a model, told apart from those that merely never did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from checker.engine.conditions import holds
from checker.ir.domains import Value
from checker.ir.nodes import Action, Apply, Assign, Const, Expr, Model, State, Var
from checker.ir.ops import Op
from checker.ir.walk import root, statements, variables
from checker.machine import Machine

Taken: TypeAlias = Mapping[str, frozenset[Value]]


def impossible(model: Model, machine: Machine) -> Mapping[str, tuple[str, ...]]:
    """Return, by action, the variables that never get a value with which its guard could hold.

    That is decided without a search, by which values actions give to whole variables: a conjunct over variables that
    keep their only value, or one that compares a variable with a value that nothing gives it, is false in every
    state. An action that it belongs to gives nothing to anybody.
    """
    state = tuple(variable.inits[0] if variable.inits else None for variable in model.variables)
    found: dict[str, tuple[str, ...]] = {}
    while True:
        possible = [action for action in model.actions if action.name not in found]
        taken = _taken(model, possible)
        more = {action.name: reason for action in possible if (reason := _never(action, taken, machine, state))}
        if not more:
            return found
        found |= more


def _taken(model: Model, actions: Iterable[Action]) -> Taken:
    """Return the values of each variable that only gets constants: its first ones and those that actions give it."""
    values = {variable.name: set(variable.inits) for variable in model.variables if variable.inits}
    for stmt in statements(stmt for action in actions for stmt in action.update):
        match stmt:
            case Assign(Var(name), Const(value)) if name in values:
                values[name].add(value)
            case Assign(target):
                values.pop(root(target).name, None)
            case _:
                pass
    return {name: frozenset(found) for name, found in values.items()}


def _never(action: Action, taken: Taken, machine: Machine, state: State) -> tuple[str, ...]:
    for conjunct in action.guard:
        read = variables(conjunct.expr)
        if _compared_in_vain(conjunct.expr, taken):
            return tuple(read)
        if read and all(len(taken.get(name, ())) == 1 for name in read) and not holds(machine, conjunct.expr, state):
            return tuple(sorted(read))
    return ()


def _compared_in_vain(expr: Expr, taken: Taken) -> bool:
    match expr:
        case Apply(Op.EQ, (Var(name), Const(value))):
            return name in taken and value not in taken[name]
    return False
