"""A model rewritten throughout: types, expressions and statements. What changes is said by overriding."""

from __future__ import annotations

from dataclasses import replace
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
    LeadsTo,
    Make,
    Model,
    Old,
    Place,
    Progress,
    Property,
    Stmt,
    Temp,
    Var,
    Variable,
)


class Rewrite:
    """The identity, part by part."""

    def model(self, model: Model) -> Model:
        return replace(
            model,
            variables=tuple(map(self.variable, model.variables)),
            actors=tuple(
                replace(actor, finished=self.expr(actor.finished), resting=self.expr(actor.resting))
                for actor in model.actors
            ),
            actions=tuple(map(self.action, model.actions)),
            properties=tuple(map(self.property, model.properties)),
        )

    def variable(self, variable: Variable) -> Variable:
        return replace(variable, type=self.type(variable.type))

    def action(self, action: Action) -> Action:
        guard = tuple(replace(conjunct, expr=self.expr(conjunct.expr)) for conjunct in action.guard)
        return replace(action, guard=guard, update=self.block(action.update))

    def property(self, prop: Property) -> Property:
        match prop:
            case Progress():
                return prop if prop.to is None else replace(prop, to=self.expr(prop.to))
            case LeadsTo(_, left, right):
                return replace(prop, left=self.expr(left), right=self.expr(right))
            case _:
                return replace(prop, expr=self.expr(prop.expr))

    def type(self, kind: Type) -> Type:
        match kind:
            case SeqT(item, capacity, limit):
                return SeqT(self.type(item), capacity, limit)
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
            case BoolT() | IntT() | EnumT():
                return kind
            case _:
                assert_never(kind)

    def expr(self, expr: Expr) -> Expr:
        match expr:
            case Const(value, kind):
                return Const(value, self.type(kind))
            case Var(name, kind):
                return Var(name, self.type(kind))
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

    def place(self, place: Place) -> Place:
        found = self.expr(place)
        assert isinstance(found, Var | Temp | Field | Index)
        return found

    def block(self, block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
        return tuple(map(self.statement, block))

    def statement(self, stmt: Stmt) -> Stmt:
        match stmt:
            case Assign(target, value):
                return replace(stmt, target=self.place(target), value=self.expr(value))
            case If(condition, then, otherwise):
                arms = self.block(then), self.block(otherwise)
                return replace(stmt, condition=self.expr(condition), then=arms[0], otherwise=arms[1])
            case Choose(target, options):
                chosen = Temp(target.name, self.type(target.type))
                return replace(stmt, target=chosen, options=self.expr(options))
            case Assert(condition):
                return replace(stmt, condition=self.expr(condition))
            case _:
                assert_never(stmt)
