"""One instance of a model with unbounded parameters: each of them given a value.

The variables stay the same (a parameter is one with a single value), so that a state of the instance is one of the
model: what a proof tries out on small instances, and how tests compare the model with the spec compiled at those
values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type
from checker.ir.nodes import (
    Action,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Field,
    If,
    Index,
    Make,
    Model,
    Old,
    Progress,
    Property,
    Stmt,
    Temp,
    Var,
    Variable,
)


def instance(model: Model, given: Mapping[str, int]) -> Model:
    """Return `model` with each of its unbounded parameters fixed to the value `given` for it."""
    fixed = _Fixed(given)
    return replace(
        model,
        params=tuple((name, given.get(name, value)) for name, value in model.params),
        variables=tuple(map(fixed.variable, model.variables)),
        actors=tuple(
            replace(actor, finished=fixed.expr(actor.finished), resting=fixed.expr(actor.resting))
            for actor in model.actors
        ),
        actions=tuple(map(fixed.action, model.actions)),
        properties=tuple(map(fixed.property, model.properties)),
    )


@dataclass(frozen=True, slots=True)
class _Fixed:
    given: Mapping[str, int]

    def variable(self, variable: Variable) -> Variable:
        value = self.given.get(variable.name) if not variable.inits else None
        if value is None:
            return replace(variable, type=self.type(variable.type))
        return replace(variable, type=IntT(value, value), inits=(value,))

    def action(self, action: Action) -> Action:
        guard = tuple(replace(conjunct, expr=self.expr(conjunct.expr)) for conjunct in action.guard)
        return replace(action, guard=guard, update=tuple(map(self.statement, action.update)))

    def property(self, prop: Property) -> Property:
        if isinstance(prop, Progress):
            return prop if prop.to is None else replace(prop, to=self.expr(prop.to))
        return replace(prop, expr=self.expr(prop.expr))

    def type(self, kind: Type) -> Type:
        match kind:
            case IntT(lo, _, limit):
                return IntT(lo, self.given[limit]) if limit else kind
            case SeqT(item, capacity, limit):
                return SeqT(self.type(item), self.given[limit] if limit else capacity)
            case OptionT(item):
                return OptionT(self.type(item))
            case OwnT(item):
                return OwnT(self.type(item))
            case RecordT(name, fields):
                return RecordT(name, tuple((field, self.type(part)) for field, part in fields))
            case MapT(key, item):
                return MapT(key, self.type(item))
            case SetT(item):
                return SetT(self.type(item))
            case BoolT() | EnumT():
                return kind
            case _:
                assert_never(kind)

    def expr(self, expr: Expr) -> Expr:
        match expr:
            case Const(value, kind):
                return Const(value, self.type(kind))
            case Var(name, kind):
                value = self.given.get(name) if isinstance(kind, IntT) and kind.limit == name else None
                return Var(name, self.type(kind) if value is None else IntT(value, value))
            case Old(name, kind):
                return Old(name, self.type(kind))
            case Temp(name, kind):
                return Temp(name, self.type(kind))
            case Field(record, name, kind):
                return Field(self.expr(record), name, self.type(kind))
            case Index(base, index, kind):
                return Index(self.expr(base), self.expr(index), self.type(kind))
            case Apply(op, args, kind):
                return Apply(op, tuple(map(self.expr, args)), self.type(kind))
            case Make(items, kind):
                return Make(tuple(map(self.expr, items)), self.type(kind))
            case _:
                assert_never(expr)

    def statement(self, stmt: Stmt) -> Stmt:
        match stmt:
            case Assign(target, value):
                return replace(stmt, target=self.expr(target), value=self.expr(value))
            case If(condition, then, otherwise):
                arms = (tuple(map(self.statement, arm)) for arm in (then, otherwise))
                taken, other = arms
                return replace(stmt, condition=self.expr(condition), then=taken, otherwise=other)
            case Choose(target, options):
                return replace(stmt, target=Temp(target.name, self.type(target.type)), options=self.expr(options))
            case Assert(condition):
                return replace(stmt, condition=self.expr(condition))
            case _:
                assert_never(stmt)
