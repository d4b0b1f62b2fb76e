"""Generators over finite domains, expanded."""

from __future__ import annotations

import ast

from checker.frontend.expressions import Expressions
from checker.frontend.limits import MANY, MAX_DIGITS
from checker.frontend.values import (
    Builtin,
    Owned,
    Range,
    Scope,
    Static,
    StaticTuple,
    TypeValue,
    is_expr,
    literal,
)
from checker.frontend.wording import with_article
from checker.ir.build import apply, choice, conjunction, disjunction, element, negation, unwrap
from checker.ir.domains import UNLIMITED, BoolT, IntT, SeqT, SetT, Type, size, values
from checker.ir.nodes import FALSE, TRUE, Apply, Const, Expr
from checker.ir.ops import Op


class Quantifiers(Expressions):
    """Adds what ranges over several values."""

    def domain(self, group: Static, node: ast.expr, scope: Scope) -> list[tuple[Expr, Expr, str]]:
        """Return what a generator or loop ranges over: (condition under which it is there, value, slot)."""
        match group:
            case TypeValue(kind):
                self.few(kind, node, scope)
                return [(TRUE, Const(value, kind), "") for value in values(kind)]
            case Builtin("Actor" | "Key" | "Bool"):
                return self.domain(TypeValue(self.as_type(group, node, scope)), node, scope)
            case StaticTuple(items):
                return [(TRUE, self.to_expr(item, node, scope), "") for item in items]
            case Range(start, stop):
                return self.range_domain(start, stop, node, scope)
            case Owned(item):
                only = Const(next(iter(values(item))), item) if size(item) == 1 else None
                return [(slot.full, only or unwrap(slot.place), slot.shown) for slot in self.context.slots(item)]
        if not is_expr(group):
            raise self.reject(
                "K043",
                "this cannot be iterated",
                scope,
                node,
                "use a type, range(…), a Seq, a Set, a tuple or owned(T)",
            )
        expr: Expr = group
        match expr.type:
            case SeqT(_, capacity, limit):
                if limit:
                    what = f"going through `{ast.unparse(node)}`"
                    text = f"{what} takes as many steps as the unbounded parameter `{limit}` says"
                    raise self.reject("K036", text, scope, node, f"any(…), all(…), len(…); or fix it: --set {limit}=3")
                length = apply(Op.LEN, expr)
                places = [literal(index) for index in range(capacity)]
                return [(apply(Op.GT, length, place), element(expr, place), "") for place in places]
            case SetT(item):
                return [(apply(Op.IN, Const(value, item), expr), Const(value, item), "") for value in values(item)]
        fix = (
            f"range({ast.unparse(node)})"
            if isinstance(expr.type, IntT)
            else "a type, range(…), a Seq, a Set or a tuple"
        )
        raise self.reject("K043", f"{with_article(expr.type)} cannot be iterated", scope, node, fix)

    def each_value(self, group: Static, node: ast.expr, scope: Scope) -> list[tuple[Expr, Expr, str]]:
        """Return what `domain` does, but the equal items of a Seq of unbounded length once."""
        if is_expr(group) and isinstance(group.type, SeqT) and group.type.limit:
            kind = group.type.item
            only = Const(next(iter(values(kind))), kind)
            return [(apply(Op.GT, apply(Op.LEN, group), literal(0)), only, "")]
        return self.domain(group, node, scope)

    def few(self, kind: Type, node: ast.AST, scope: Scope) -> None:
        """Refuse to go through the values of a large type."""
        if size(kind) > MANY:
            what = f"{kind} has {size(kind):,}" if size(kind) < 10**MAX_DIGITS else f"{kind} has astronomically many"
            raise self.reject("K002", f"{what} values to go through", scope, node, f"at most {MANY:,}")

    def range_domain(self, start: Expr, stop: Expr, node: ast.expr, scope: Scope) -> list[tuple[Expr, Expr, str]]:
        if not (isinstance(start.type, IntT) and isinstance(stop.type, IntT)):
            raise self.reject("K030", "range needs numbers", scope, node)
        if stop.type.hi >= UNLIMITED // 2:
            text = f"`{ast.unparse(node)}` takes as many steps as an unbounded parameter says, without an await"
            raise self.reject("K036", text, scope, node, "await in the loop; or fix it: --set name=3")
        if stop.type.hi - start.type.lo > MANY:
            self.few(IntT(start.type.lo, stop.type.hi - 1), node, scope)
        places = [literal(value) for value in range(start.type.lo, max(start.type.lo, stop.type.hi))]
        return [(conjunction((apply(Op.LE, start, place), apply(Op.LT, place, stop))), place, "") for place in places]

    def generate(self, node: ast.GeneratorExp, scope: Scope, *, once: bool = False) -> list[tuple[Expr, Static, str]]:
        """Expand a generator: (condition, element, slot) for each value it can yield; `once`: equal ones may be one."""
        found: list[tuple[Expr, Static, str]] = []

        def expand(level: int, inner: Scope, condition: Expr, slot: str) -> None:
            if level == len(node.generators):
                found.append((condition, self.eval(node.elt, inner), slot))
                return
            clause = node.generators[level]
            for there, value, name in items(self.eval(clause.iter, inner), clause.iter, inner):
                bound = Scope(inner.module, inner.self_ref, outer=inner, local_names=inner.local_names)
                self.bind_target(clause.target, value, bound)
                tests = [condition, there, *(self.boolean(test, bound) for test in clause.ifs)]
                whole = conjunction(tests)
                if whole != FALSE:
                    expand(level + 1, bound, whole, name or slot)

        items = self.each_value if once else self.domain
        with self.pure("a generator"):
            expand(0, scope, TRUE, "")
        return found

    def bind_target(self, target: ast.expr, value: Static, scope: Scope) -> None:
        match target, value:
            case ast.Name(id=name), _:
                scope.names[name] = value
            case ast.Tuple(elts=parts), StaticTuple(items) if len(parts) == len(items):
                for part, item in zip(parts, items, strict=True):
                    self.bind_target(part, item, scope)
            case _:
                raise self.reject("K011", "a loop variable is a name", scope, target)

    def quantify(self, name: str, node: ast.GeneratorExp, scope: Scope) -> Expr:
        """Return `any`, `all`, `count` or `sum` of a generator."""
        items = self.generate(node, scope, once=name in ("any", "all"))
        if name == "sum":
            total: Expr = literal(0)
            for condition, value, _ in items:
                part = self.to_expr(value, node.elt, scope)
                if not isinstance(part.type, IntT):
                    text = f"`sum` adds numbers, not {with_article(part.type)}"
                    raise self.reject("K030", text, scope, node.elt, "count(… for x in D) is how many hold")
                total = self.operate(Op.ADD, node, scope, total, choice(condition, part, literal(0)))
            return total
        tests = [
            (condition, decided(test) if slot else test, slot)
            for condition, value, slot in items
            for test in [self.to_expr(value, node.elt, scope, BoolT())]
        ]
        if name == "all":
            parts = [(disjunction((negation(condition), test)), slot) for condition, test, slot in tests]
            self.remember(parts)
            return conjunction(part for part, _ in parts)
        parts = [(conjunction((condition, test)), slot) for condition, test, slot in tests]
        self.remember(parts)
        if name == "any":
            return disjunction(part for part, _ in parts)
        certain = sum(1 for part, _ in parts if part == TRUE)
        open_parts = [part for part, _ in parts if not isinstance(part, Const)]
        counted = apply(Op.COUNT, *open_parts) if open_parts else literal(0)
        return apply(Op.ADD, counted, literal(certain)) if certain else counted

    def remember(self, parts: list[tuple[Expr, str]]) -> None:
        for part, slot in parts:
            if slot:
                self.context.slot_names[part] = slot
                self.context.slot_names[negation(part)] = slot
                match part:
                    case Apply(Op.NOT, (Apply(Op.AND, args),)):  # as a guard is split into its conjuncts
                        self.context.slot_names[disjunction(negation(arg) for arg in args)] = slot


def decided(test: Expr) -> Expr:
    """Fold comparisons of numbers that have one value, in what is asked of a full slot (so it has a value)."""
    match test:
        case Apply((Op.EQ | Op.NE) as op, (left, right), _):
            match left.type, right.type:
                case IntT(a, b), IntT(c, d) if a == b and c == d:
                    return TRUE if (a == c) == (op is Op.EQ) else FALSE
        case Apply(Op.AND, args, _):
            return conjunction(map(decided, args))
        case Apply(Op.OR, args, _):
            return disjunction(map(decided, args))
        case Apply(Op.NOT, (arg,), _):
            return negation(decided(arg))
    return test
