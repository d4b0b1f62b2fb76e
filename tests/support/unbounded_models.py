"""Random models with a parameter that stays unknown, made from others: numbers of 0 to 2 become numbers of 0 to `p`."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from checker.ir.domains import UNLIMITED, IntT, MapT, Type, Value
from checker.ir.nodes import Apply, Const, Expr, Model, Var, Variable
from checker.passes.rewrite import Rewrite

BOUNDED = IntT(0, 2)


def unbounded(model: Model, random: Random) -> tuple[Model, int]:
    """Return `model` with its numbers of 0 to 2, and some constants, up to a parameter `p`, and the least `p` has."""
    least = random.choice((0, 1, 2))
    unknown = Var("p", IntT(least, UNLIMITED, "p"))
    first = tuple(
        replace(v, inits=tuple(dict.fromkeys(_fit(i, v.type, least) for i in v.inits))) for v in model.variables
    )
    found = _Unbound(random, unknown).model(replace(model, variables=first))
    parameter = Variable("p", unknown.type, ())
    return replace(found, variables=(parameter, *found.variables), params=(("p", "unbounded"),)), least


def _fit(value: Value, kind: Type, most: int) -> Value:
    match kind, value:
        case IntT(), int() if kind == BOUNDED:
            return min(value, most)
        case MapT(_, item), tuple():
            return tuple(_fit(part, item, most) for part in value)
        case _:
            return value


class _Unbound(Rewrite):
    def __init__(self, random: Random, unknown: Var) -> None:
        self.random, self.unknown = random, unknown

    def type(self, kind: Type) -> Type:
        return IntT(0, UNLIMITED, "p") if kind == BOUNDED else super().type(kind)

    def expr(self, expr: Expr) -> Expr:
        match expr:
            case Const(value, kind) if kind == BOUNDED and isinstance(value, int):
                return self.unknown if self.random.random() < 0.5 else Const(value, IntT(value, value))
            case Const():
                return expr  # a value of parts that are numbers: in range or not
            case Apply(op, args, kind):
                return Apply(op, tuple(map(self.expr, args)), kind)
            case _:
                return super().expr(expr)
