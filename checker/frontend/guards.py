"""Guards cut into conjuncts, each with its own text: what the wait-for analysis looks at one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from checker.frontend.expressions import Expressions
from checker.frontend.values import Function, Scope
from checker.ir.build import apply, conjunction, disjunction, negation
from checker.ir.domains import show
from checker.ir.nodes import Apply, Conjunct, Const, Expr
from checker.ir.ops import Op
from checker.ir.walk import variables
from checker.loc import Loc


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


def guard_of(
    lowering: Expressions, condition: Expr, node: ast.expr | None, scope: Scope, loc: Loc, *, resource: str = ""
) -> list[Conjunct]:
    """Return the conjuncts of `condition`, which `node` says in the spec; None if it takes several statements.

    A conjunct that is an operand of `and` in the spec has the operand's text and place, any other those of the whole.
    Without a `resource`, what is waited for is what a conjunct reads.
    """
    parts = conjuncts(condition)
    written: dict[Expr, ast.expr] = {}
    if node is not None and any(not isinstance(part, Const) for part in parts):
        several = list(operands(node))
        for operand in several if len(several) > 1 else ():
            written |= {part: operand for part in conjuncts(lowering.boolean(operand, scope)) if part not in written}
    found = []
    for part in parts:
        source = written.get(part, node)
        held_in = lowering.context.slot_names.get(part, "")
        waited_for = resource or read_by(lowering, part)
        if source is None:
            found.append(Conjunct(part, waited_for, held_in, loc=loc))
            continue
        place, text = scope.module.loc(source), scope.module.segment(source)
        constants = tuple(dict(constants_in(lowering, source, scope)).items())
        found.append(Conjunct(part, waited_for, held_in, loc=place, text=text, constants=constants))
    return found


def read_by(lowering: Expressions, condition: Expr) -> str:
    """Name the variables that a condition reads, without locals if there are others; tasks of which it asks where."""
    names = sorted(name.removesuffix(".pc") for name in variables(condition))
    known = lowering.context.variables
    return ", ".join([name for name in names if name not in known or not known[name].owner] or names)


def operands(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what `and` joins at the top of a condition."""
    match node:
        case ast.BoolOp(ast.And(), values):
            for value in values:
                yield from operands(value)
        case _:
            yield node


def constants_in(lowering: Expressions, node: ast.expr, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield the parameters and constants that a condition names, with their values."""
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Name("self"), attr=name) if name != "key":
                value = lowering.eval(part, scope)
            case ast.Name(id=name) if name in scope.module.names:
                value = lowering.eval(part, scope)
            case _:
                continue
        if isinstance(value, Const):
            yield name, show(value.type, value.value)


def missing(guard: tuple[Conjunct, ...], name: str, loc: Loc) -> Conjunct:
    """Return what a branch waits for besides: that this guard, of another branch, does not hold."""
    texts = list(dict.fromkeys(part.text for part in guard))
    text = f"not ({' and '.join(texts)})" if texts and all(texts) else ""
    none = negation(conjunction(part.expr for part in guard))
    return Conjunct(none, guard[0].resource if guard else name, loc=loc, text=text)


def only_value(body: list[ast.stmt]) -> ast.expr | None:
    """Return what a body returns that does nothing else, save a docstring; None for any other."""
    match [line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]:
        case [ast.Return(value=ast.expr() as value)]:
            return value
    return None


def text_of(condition: Function | None) -> str:
    """Return the source of a condition that is one expression; "" for one of several statements, or for none."""
    if condition is None:
        return ""
    node = condition.node
    value = node.body if isinstance(node, ast.Lambda) else only_value(node.body)
    return "" if value is None else condition.module.segment(value)
