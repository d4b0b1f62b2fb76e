"""Random systems beside each other, as one: most of their steps are independent, some are of two, and wide states."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from random import Random

from checker.engine.search import explore
from checker.interp import Interpreter
from checker.ir.domains import IntT
from checker.ir.nodes import Action, Choose, Expr, Model, Old, Stmt, Temp, Var, Variable
from checker.passes.rewrite import Rewrite
from tests.support.random_models import random_model

WIDE = IntT(0, 2**60)


class _Named(Rewrite):
    """Puts `prefix` before every name of a model, `temps` before those of temps."""

    def __init__(self, prefix: str, temps: str = "") -> None:
        self.prefix = prefix
        self.temps = temps

    def statement(self, stmt: Stmt) -> Stmt:
        if isinstance(stmt, Choose):
            return replace(
                stmt, target=Temp(self.temps + stmt.target.name, stmt.target.type), options=self.expr(stmt.options)
            )
        return super().statement(stmt)

    def expr(self, expr: Expr) -> Expr:
        match expr:
            case Temp(name, kind):
                return Temp(self.temps + name, kind)
            case Var(name, kind):
                return Var(self.prefix + name, kind)
            case Old(name, kind):
                return Old(self.prefix + name, kind)
        return super().expr(expr)

    def variable(self, variable: Variable) -> Variable:
        owner = variable.owner and self.prefix + variable.owner
        return replace(super().variable(variable), name=self.prefix + variable.name, owner=owner)

    def action(self, action: Action) -> Action:
        names = tuple(self.prefix + name for name in action.participants)
        owner, name = self.prefix + action.owner, self.prefix + action.name
        return replace(super().action(action), name=name, owner=owner, participants=names)

    def model(self, model: Model) -> Model:
        named = super().model(model)
        return replace(named, actors=tuple(replace(a, name=self.prefix + a.name) for a in named.actors))


def beside(random: Random, *, parts: int, space: int, shared: int = 2, copies: int = 1, words: int = 1) -> Model:
    """Return `parts` random systems as one, their actions in any order.

    `shared` actions are made of two others each; each action is there `copies` times; a state takes `words` words or
    more.
    """
    models = [_Named(f"m{place}.").model(lively(random, space)) for place in range(parts)]
    actions = [action for model in models for action in model.actions]
    pairs = [random.sample(actions, 2) for _ in range(shared)]
    actions += [joined(one, other, number) for number, (one, other) in enumerate(pairs)]
    actions = [
        replace(deepcopy(action), name=f"{action.name}#{copy}" if copy else action.name)
        for copy in range(copies)
        for action in actions
    ]
    random.shuffle(actions)
    variables = [variable for model in models for variable in model.variables]
    for place in range(words - 1):
        variables.insert(random.randrange(len(variables) + 1), Variable(f"wide{place}", WIDE, (place,)))
    return replace(
        models[0],
        variables=tuple(variables),
        actors=tuple(actor for model in models for actor in model.actors),
        actions=tuple(actions),
    )


def lively(random: Random, space: int) -> Model:
    """Return a random system with four states at least that can be reached."""
    while True:
        model = random_model(random, space=space)
        if len(explore(Interpreter(model), go_on=True, keep_edges=False).states) >= 4:
            return model


def joined(one: Action, other: Action, number: int) -> Action:
    """Return an action that is both."""
    movers = dict.fromkeys((other.owner, *one.participants, *other.participants))
    return replace(
        one,
        name=f"{one.name}+{number}",
        guard=(*one.guard, *(replace(conjunct, location=False) for conjunct in other.guard)),
        update=(*one.update, *_Named("", f"other{number}.").block(other.update)),
        participants=tuple(name for name in movers if name != one.owner),
    )
