"""Tasks start where their first step would lead, if it only sets their own locals to constants.

Claim: such a step is enabled in every state until it is taken, nobody else reads or changes what it touches, and
it waits for nothing. It commutes with every other step, so each state before it has the same future as the
state after it, and nobody is stuck before it who is not stuck after it.
"""

from __future__ import annotations

from dataclasses import replace

from checker.ir.domains import Value, contains
from checker.ir.nodes import Action, Apply, Assign, Conjunct, Const, Model, Var, Variable
from checker.ir.ops import Op


def start(model: Model) -> Model:
    """Return the model with such first steps taken already."""
    variables = {variable.name: variable for variable in model.variables}
    kept: list[Action] = []
    for action in model.actions:
        inits = constants(action, variables) if is_first_step(action, variables) else None
        if inits is None:
            kept.append(action)
            continue
        for name, value in inits.items():
            variables[name] = replace(variables[name], inits=(value,))
    return replace(model, variables=tuple(variables.values()), actions=tuple(kept))


def is_first_step(action: Action, variables: dict[str, Variable]) -> bool:
    """Tell whether the action waits for nothing but the initial value of its owner's program counter."""
    match action.guard:
        case (Conjunct(Apply(Op.EQ, (Var(name, _), Const(value, _)), _), location=True),):
            return variables[name].owner == action.owner and variables[name].inits == (value,)
    return False


def constants(action: Action, variables: dict[str, Variable]) -> dict[str, Value] | None:
    """Return what the update sets, if it only sets the owner's own variables to constants."""
    found: dict[str, Value] = {}
    for statement in action.update:
        match statement:
            case Assign(Var(name, kind), Const(value, _)) if variables[name].owner == action.owner and contains(
                kind, value
            ):
                found[name] = value
            case _:
                return None
    return found
