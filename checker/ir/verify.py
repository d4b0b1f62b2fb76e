"""Well-formedness of a model: what every pass must keep, checked after each of them.

A malformed model is our bug, never the user's: `verify` raises InternalError with everything it found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from checker.diagnostics import InternalError
from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, contains, size
from checker.ir.nodes import (
    DECIDED_ANYWAY,
    Action,
    Actor,
    AlwaysEventually,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Eventually,
    Expr,
    Field,
    If,
    Index,
    Invariant,
    LeadsTo,
    Make,
    Model,
    Old,
    Progress,
    Property,
    Sometimes,
    StepProperty,
    Stmt,
    Temp,
    Var,
    Variable,
)
from checker.ir.ops import Op
from checker.ir.subtypes import covers, natural, same_shape
from checker.ir.text import print_expr, print_stmt
from checker.ir.walk import children, root


def verify(model: Model, *, after: str = "") -> Model:
    """Return `model` if it is well-formed; raise InternalError naming `after` (a pass) and every problem if not."""
    problems = list(_model(model))
    if problems:
        where = f" after {after}" if after else ""
        raise InternalError(f"model {model.name} is malformed{where}:\n  " + "\n  ".join(problems))
    return model


@dataclass(frozen=True, slots=True)
class _Scope:
    """What an expression may mention."""

    variables: Mapping[str, Type]
    temps: Mapping[str, Type]
    old: bool = False


def _model(model: Model) -> Iterator[str]:
    actors = {actor.name for actor in model.actors}
    scope = _Scope({variable.name: variable.type for variable in model.variables}, {})
    for what, names in (
        ("variable", [variable.name for variable in model.variables]),
        ("actor", [actor.name for actor in model.actors]),
        ("action", [action.name for action in model.actions]),
        ("property", [prop.name for prop in model.properties]),
    ):
        yield from (f"{what} `{name}` is declared {count} times" for name, count in Counter(names).items() if count > 1)
    yield from (f"property `{p.name}` has a name that is taken" for p in model.properties if p.name in DECIDED_ANYWAY)
    for variable in model.variables:
        yield from _within(f"variable {variable.name}", _variable(variable, actors))
    for actor in model.actors:
        yield from _within(f"actor {actor.name}", _actor(actor, actors, scope))
    for action in model.actions:
        yield from _within(f"action {action.name}", _action(action, actors, scope))
    for prop in model.properties:
        yield from _within(f"property {prop.name}", _property(prop, actors, scope))


def _within(where: str, problems: Iterable[str]) -> Iterator[str]:
    return (f"{where}: {problem}" for problem in problems)


def _variable(variable: Variable, actors: set[str]) -> Iterator[str]:
    if variable.owner and variable.owner not in actors:
        yield f"owner `{variable.owner}` is no actor"
    if not variable.inits and not (isinstance(variable.type, IntT) and variable.type.limit == variable.name):
        yield "no initial value"
    if len(set(variable.inits)) != len(variable.inits):
        yield "an initial value is given twice"
    outside = (value for value in variable.inits if not contains(variable.type, value))
    yield from (f"initial {value!r} is outside {variable.type}" for value in outside)


def _actor(actor: Actor, actors: set[str], scope: _Scope) -> Iterator[str]:
    if actor.parent and actor.parent not in actors:
        yield f"parent `{actor.parent}` is no actor"
    yield from _condition(actor.finished, scope)
    yield from _condition(actor.resting, scope)


def _action(action: Action, actors: set[str], scope: _Scope) -> Iterator[str]:
    for name in (action.owner, *action.participants):
        if name not in actors:
            yield f"`{name}` is no actor"
    if action.owner in action.participants:
        yield "its owner is also a participant"
    location = [conjunct.location for conjunct in action.guard]
    if location != sorted(location, reverse=True):
        yield "a location conjunct stands behind another one"
    for conjunct in action.guard:
        yield from _condition(conjunct.expr, scope)
    problems: list[str] = []
    _block(action.update, scope, problems)
    yield from problems


def _property(prop: Property, actors: set[str], scope: _Scope) -> Iterator[str]:
    match prop:
        case Invariant(_, expr) | Sometimes(_, expr) | Eventually(_, expr) | AlwaysEventually(_, expr):
            yield from _condition(expr, scope)
        case LeadsTo(_, left, right):
            yield from _condition(left, scope)
            yield from _condition(right, scope)
        case StepProperty(_, expr):
            yield from _condition(expr, _Scope(scope.variables, {}, old=True))
        case Progress(_, actor, to):
            if actor not in actors:
                yield f"`{actor}` is no actor"
            if to is not None:
                yield from _condition(to, scope)
        case _:
            assert_never(prop)


# --- statements --------------------------------------------------------------------------------


def _block(block: Iterable[Stmt], scope: _Scope, problems: list[str]) -> _Scope:
    """Check `block`; return the scope behind it. A temp is bound behind an `If` if both arms bind it."""
    for stmt in block:
        match stmt:
            case Assign(target, value):
                problems += _expr(value, scope)
                scope = _assign(stmt, scope, problems)
            case If(condition, then, otherwise):
                problems += _condition(condition, scope)
                left, right = _block(then, scope, problems), _block(otherwise, scope, problems)
                scope = _Scope(scope.variables, {t: k for t, k in left.temps.items() if right.temps.get(t) == k})
            case Choose(target, options):
                problems += _expr(options, scope)
                problems += _choose(target, options)
                scope = _Scope(scope.variables, {**scope.temps, target.name: target.type})
            case Assert(condition):
                problems += _condition(condition, scope)
            case _:
                assert_never(stmt)
    return scope


def _assign(stmt: Assign, scope: _Scope, problems: list[str]) -> _Scope:
    base = root(stmt.target)
    if isinstance(stmt.target, Temp):
        scope = _Scope(scope.variables, {**scope.temps, base.name: base.type})
    found = list(_expr(stmt.target, scope))
    problems += found
    if not found and not same_shape(stmt.target.type, _type(stmt.value)):
        problems.append(f"`{print_stmt(stmt)}` assigns {_type(stmt.value)} to {stmt.target.type}")
    return scope


def _choose(target: Temp, options: Expr) -> Iterator[str]:
    kind = _type(options)
    if not isinstance(kind, SetT) or not covers(target.type, kind.item):
        yield f"`{target.name}`: {target.type} is chosen from {kind}"


# --- expressions -------------------------------------------------------------------------------


def _type(expr: Expr) -> Type:
    """Natural type of `expr`; its declared one where it has none (that is a problem of its own)."""
    try:
        return natural(expr)
    except InternalError:
        return expr.type


def _condition(expr: Expr, scope: _Scope) -> Iterator[str]:
    yield from _expr(expr, scope)
    if not isinstance(expr.type, BoolT):
        yield f"condition `{print_expr(expr)}` is {expr.type}"


def _expr(expr: Expr, scope: _Scope) -> Iterator[str]:
    problems = [problem for part in children(expr) for problem in _expr(part, scope)]
    if problems:  # what is said of the parts says it all
        yield from problems
        return
    match expr:
        case Const(value, kind):
            if not contains(kind, value):
                yield f"constant {value!r} is outside {kind}"
        case Var(name, kind):
            yield from _name(name, kind, scope.variables, "variable")
        case Old(name, kind):
            yield from _name(name, kind, scope.variables, "variable")
            if not scope.old:
                yield f"`old.{name}` outside a step property"
        case Temp(name, kind):
            yield from _name(name, kind, scope.temps, "temp")
        case Field(record, name, kind):
            base = record.type
            if not isinstance(base, RecordT) or dict(base.fields).get(name) != kind:
                yield f"`{print_expr(record)}` of {base} has no field `{name}` of {kind}"
        case Index(base_expr, index, kind):
            yield from _index(base_expr.type, index.type, kind)
        case Apply():
            yield from _apply(expr)
        case Make():
            yield from _make(expr)
        case _:
            assert_never(expr)


def _name(name: str, kind: Type, declared: Mapping[str, Type], what: str) -> Iterator[str]:
    if name not in declared:
        yield f"{what} `{name}` is not bound"
    elif declared[name] != kind:
        yield f"{what} `{name}` is {declared[name]}, used as {kind}"


def _index(base: Type, index: Type, kind: Type) -> Iterator[str]:
    match base:
        case MapT(key, item):
            fits = same_shape(key, index) and item == kind
        case SeqT(item, _):
            fits = isinstance(index, IntT) and item == kind
        case _:
            fits = False
    if not fits:
        yield f"{base} indexed by {index} is not {kind}"


def _apply(expr: Apply) -> Iterator[str]:
    op, types = expr.op, tuple(arg.type for arg in expr.args)
    if op.arity not in (-1, len(types)) or (op in (Op.MIN, Op.MAX) and not types):
        problem = "has the wrong number of arguments"
    elif not _operands_fit(op, types):
        problem = "does not apply"
    elif not same_shape(expr.type, natural(expr)):
        problem = f"is not {expr.type}"
    else:
        return
    yield f"`{print_expr(expr)}`: {op.name} of ({', '.join(map(str, types))}) {problem}"


def _operands_fit(op: Op, types: tuple[Type, ...]) -> bool:
    match op:
        case Op.AND | Op.OR | Op.NOT | Op.COUNT:
            return all(isinstance(kind, BoolT) for kind in types)
        case Op.ITE:
            return isinstance(types[0], BoolT) and same_shape(types[1], types[2])
        case Op.EQ | Op.NE:
            return same_shape(types[0], types[1])
        case Op.LT | Op.LE | Op.GT | Op.GE | Op.ADD | Op.SUB | Op.MUL | Op.DIV | Op.MOD | Op.NEG | Op.MIN | Op.MAX:
            return all(isinstance(kind, IntT) for kind in types)
        case Op.IS_NONE | Op.UNWRAP:
            return isinstance(types[0], (OptionT, OwnT))
        case Op.LEN:
            return isinstance(types[0], (SeqT, SetT))
        case Op.IN:
            return isinstance(types[1], (SeqT, SetT)) and same_shape(types[0], types[1].item)
        case Op.UNION | Op.INTERSECT | Op.MINUS | Op.SUBSET:
            return isinstance(types[0], SetT) and isinstance(types[1], SetT) and same_shape(types[0], types[1])
        case Op.APPEND | Op.REMOVE:
            return isinstance(types[0], SeqT) and same_shape(types[0].item, types[1])
        case Op.TAIL:
            return isinstance(types[0], SeqT)
        case _:
            assert_never(op)


def _make(expr: Make) -> Iterator[str]:
    types = [item.type for item in expr.items]
    match expr.type:
        case RecordT(_, fields):
            wanted = [kind for _, kind in fields]
        case MapT(key, value):
            wanted = [value] * size(key)
        case SetT(item) | SeqT(item):
            wanted = [item] * len(types)
        case BoolT() | IntT() | EnumT() | OptionT() | OwnT():
            yield f"{expr.type} is not made from parts"
            return
        case _:
            assert_never(expr.type)
    if len(wanted) != len(types) or not all(map(same_shape, wanted, types)):
        yield f"`{print_expr(expr)}`: {expr.type} is made from ({', '.join(map(str, types))})"
