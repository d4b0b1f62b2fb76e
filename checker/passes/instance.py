"""One instance of a model with unbounded parameters: each of them given a value.

The variables stay the same (a parameter is one with a single value), so that a state of the instance is one of the
model: what a proof tries out on small instances, and how tests compare the model with the spec compiled at those
values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checker.ir.domains import IntT, SeqT, Type
from checker.ir.nodes import Expr, Model, Var, Variable
from checker.passes.rewrite import Rewrite


def instance(model: Model, given: Mapping[str, int]) -> Model:
    """Return `model` with each of its unbounded parameters fixed to the value `given` for it."""
    fixed = _Fixed(given).model(model)
    return replace(fixed, params=tuple((name, given.get(name, value)) for name, value in model.params))


class _Fixed(Rewrite):
    def __init__(self, given: Mapping[str, int]) -> None:
        self.given = given

    def variable(self, variable: Variable) -> Variable:
        if variable.inits:
            return super().variable(variable)
        value = self.given[variable.name]
        return replace(variable, type=IntT(value, value), inits=(value,))

    def type(self, kind: Type) -> Type:
        match kind:
            case IntT(lo, _, limit) if limit:
                return IntT(lo, self.given[limit])
            case SeqT(item, _, limit) if limit:
                return SeqT(self.type(item), self.given[limit])
        return super().type(kind)

    def expr(self, expr: Expr) -> Expr:
        match expr:
            case Var(name, IntT(_, _, limit)) if limit == name:
                return Var(name, IntT(self.given[name], self.given[name]))
        return super().expr(expr)
