"""Tasks start where their first step would lead, if it only sets their own locals to constants.

Claim: such a step is enabled in every state until it is taken, and it waits for nothing. It commutes with every other
step, so each state before it has the same future as the state after it, and nobody is stuck before it who is not
stuck after it. This needs that

- what is owed after it was owed before it: no action that leaves where it leads to is of a lesser level;
- it is taken once: nothing leads back to where it starts, or the actor would lose a step it goes round by;
- nobody else can tell the two apart: no property and no other actor reads what it sets, but to compare it with other
  values than those before and after;
- no property is about steps in which nothing changes: a step property that such a step could break may be broken by
  this one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, product
from math import prod

from checker.interp import Interpreter
from checker.ir.build import negation
from checker.ir.domains import Value, contains, size, values
from checker.ir.nodes import Action, Apply, Assign, Const, Duty, Expr, Model, Old, StepProperty, Var, Variable
from checker.ir.ops import Op
from checker.ir.walk import children, expressions, property_reads, statements, substitute, variables
from checker.machine import Undefined

MOST = 1000  # combinations of values for which a step property is tried
_LEVELS = (Duty.OBLIGED, Duty.MAY, Duty.FAULT)


class Uses:
    """Who reads and sets what in a model. Taking a first step changes none of it for the other actors."""

    def __init__(self, model: Model) -> None:
        self._reads: dict[str, list[tuple[str, Expr]]] = {}
        self._sets: set[tuple[str, Value]] = set()
        for owner, expr in seen(model):
            for name in variables(expr):
                self._reads.setdefault(name, []).append((owner, expr))
        for statement in chain.from_iterable(statements(action.update) for action in model.actions):
            match statement:
                case Assign(Var(name, _), Const(constant, _)):
                    self._sets.add((name, constant))

    def by_others(self, owner: str, names: Iterable[str]) -> Iterator[Expr]:
        """Yield the expressions of properties and of actors other than `owner` that read one of the variables."""
        for name in names:
            yield from (expr for other, expr in self._reads.get(name, ()) if other != owner)

    def sets(self, name: str, value: Value) -> bool:
        """Tell whether some action sets a variable to a value."""
        return (name, value) in self._sets


def start(model: Model) -> Model:
    """Return the model with such first steps taken already."""
    if not all(allows_rest(prop.expr, model) for prop in model.properties if isinstance(prop, StepProperty)):
        return model
    uses = Uses(model)
    while (found := next(taken(model, uses), None)) is not None:
        action, inits = found
        model = replace(
            model,
            variables=tuple(replace(v, inits=(inits[v.name],)) if v.name in inits else v for v in model.variables),
            actions=tuple(other for other in model.actions if other is not action),
        )
    return model


def taken(model: Model, uses: Uses) -> Iterator[tuple[Action, dict[str, Value]]]:
    """Yield the first steps that may be taken at once, each with what it sets."""
    variables = {variable.name: variable for variable in model.variables}
    for action in model.actions:
        if (pc := first_location(action, variables)) is None or (inits := constants(action, variables)) is None:
            continue
        before = {name: variables[name].inits for name in inits}
        if not (
            uses.sets(pc, variables[pc].inits[0])
            or owes_less(action, pc, inits.get(pc), model.actions)
            or any(tells(expr, before, inits) for expr in uses.by_others(action.owner, inits))
        ):
            yield action, inits


def location(action: Action) -> tuple[str, Value] | None:
    """Return the variable and the value that say where `action` leaves from, if that is one comparison."""
    match [conjunct.expr for conjunct in action.guard if conjunct.location]:
        case [Apply(Op.EQ, (Var(name, _), Const(value, _)))]:
            return name, value
    return None


def first_location(action: Action, variables: dict[str, Variable]) -> str | None:
    """Return the owner's program counter if the action waits for nothing but its initial value."""
    found = location(action)
    if action.point != "start" or found is None or len(action.guard) != 1:
        return None
    pc, value = found
    return pc if variables[pc].owner == action.owner and variables[pc].inits == (value,) else None


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


def owes_less(action: Action, pc: str, after: Value, actions: tuple[Action, ...]) -> bool:
    """Tell whether some action that leaves where `action` leads to is of a lesser level than it."""
    level = _LEVELS.index(action.duty)
    return any(location(other) == (pc, after) and _LEVELS.index(other.duty) < level for other in actions)


def seen(model: Model) -> Iterator[tuple[str, Expr]]:
    """Yield every expression of the model and whose it is, "" of properties."""
    for prop in model.properties:
        yield from (("", expr) for expr in property_reads(prop))
    for actor in model.actors:
        yield from ((actor.name, expr) for expr in (actor.finished, actor.resting))
    for action in model.actions:
        yield from ((action.owner, conjunct.expr) for conjunct in action.guard)
        for statement in statements(action.update):
            yield from ((action.owner, expr) for expr in expressions(statement))


def tells(expr: Expr, before: dict[str, tuple[Value, ...]], after: dict[str, Value]) -> bool:
    """Tell whether `expr` can differ between the values of variables before and after."""
    match expr:
        case Apply(Op.EQ | Op.NE, (Var(name, _) | Old(name, _), Const(value, _))):
            return name in after and (value in before[name] or value == after[name])
        case Var(name, _) | Old(name, _):
            return name in after and before[name] != (after[name],)
    return any(tells(part, before, after) for part in children(expr))


def allows_rest(expr: Expr, model: Model) -> bool:
    """Tell whether what is asked of a step certainly holds of one that changes nothing."""
    kinds = {variable.name: variable.type for variable in model.variables}
    before = {Old(name, kind): Var(name, kind) for name, kind in kinds.items()}
    still = substitute(expr, before)  # type: ignore[arg-type]
    read = variables(still)
    if is_tautology(still):
        return True
    if prod(size(kinds[name]) for name in read) > MOST:
        return False
    machine = Interpreter(model)
    choices = (values(v.type) if v.name in read else v.inits[:1] for v in model.variables)
    try:
        return all(machine.evaluate(still, state) for state in product(*choices))
    except Undefined:
        return False


def is_tautology(expr: Expr) -> bool:
    """Tell whether the form of a condition shows that it holds."""
    match expr:
        case Const(value, _):
            return bool(value)
        case Apply(Op.EQ, (left, right), _):
            return left == right
        case Apply(Op.AND, parts, _):
            return all(map(is_tautology, parts))
        case Apply(Op.OR, parts, _):
            return any(is_tautology(part) or negation(part) in parts for part in parts)
    return False
