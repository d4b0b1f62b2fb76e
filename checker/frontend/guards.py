"""Guards cut into conjuncts: what the wait-for analysis looks at one by one."""

from __future__ import annotations

from checker.ir.build import apply, disjunction, negation
from checker.ir.nodes import Apply, Const, Expr
from checker.ir.ops import Op


def conjuncts(condition: Expr) -> list[Expr]:
    """Split a guard into its conjuncts, negations pushed inwards."""
    match condition:
        case Apply(Op.AND, args, _):
            return [part for arg in args for part in conjuncts(arg)]
        case Apply(Op.NOT, (Apply(Op.OR, args, _),), _):
            return [part for arg in args for part in conjuncts(negation(arg))]
        case Apply(Op.NOT, (Apply(Op.ITE, (test, then, otherwise), _),), _):
            return conjuncts(apply(Op.ITE, test, negation(then), negation(otherwise)))
        case Apply(Op.NOT, (Apply(Op.AND, args, _),), _):
            return [disjunction(negation(arg) for arg in args)]
        case Const(True, _):
            return []
    return [condition]
