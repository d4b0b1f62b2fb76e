"""Expressions: staged evaluation of Python syntax to IR expressions and compile-time things."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from checker.diagnostics import suggest
from checker.frontend.actors import members, task_name
from checker.frontend.context import DONE, IDLE, Context, Reject
from checker.frontend.limits import MAX_DIGITS
from checker.frontend.names import Use, is_global, resolve_global
from checker.frontend.values import (
    Bound,
    BoundMethod,
    Broken,
    Builtin,
    FieldOf,
    Function,
    Instance,
    Range,
    Ref,
    Scope,
    Static,
    StaticTuple,
    TaskRef,
    TypeValue,
    Where,
    is_expr,
    key_type,
    literal,
)
from checker.frontend.wording import example, instead, mismatched, no_value, there_are, unknown, with_article
from checker.ir.build import apply, choice, conjunction, disjunction, element, field, fits, join, negation, unwrap
from checker.ir.domains import UNLIMITED, BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type
from checker.ir.nodes import FALSE, TRUE, Const, Expr, Make, Old, Var
from checker.ir.ops import Op
from checker.ir.subtypes import covers

BINARY = {ast.Add: Op.ADD, ast.Sub: Op.SUB, ast.Mult: Op.MUL, ast.FloorDiv: Op.DIV, ast.Mod: Op.MOD}
SETS = {ast.BitOr: Op.UNION, ast.BitAnd: Op.INTERSECT, ast.Sub: Op.MINUS}
_COMPARE = {ast.Lt: Op.LT, ast.LtE: Op.LE, ast.Gt: Op.GT, ast.GtE: Op.GE}
PARAMETER = "make it a parameter: `n = param(Int(0, 9), default=1)`"


class Expressions:
    """Evaluate expressions. In pure mode (guards, properties, declarations) nothing may be emitted."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.pure_why = "a declaration"  # "" where effects are allowed

    # --- entry points ---

    def eval(self, node: ast.expr, scope: Scope) -> Static:
        """Return what `node` stands for; raise Reject where it has no meaning."""
        self.context.spend(scope.module, node)
        handler = getattr(self, f"eval_{type(node).__name__}", None)
        if handler is None:
            raise self.reject("K011", unknown(node), scope, node, instead(node))
        result: Static = handler(node, scope)
        if is_expr(result):
            self.context.weigh(result, scope.module, node)
        return result

    def expr(self, node: ast.expr, scope: Scope, want: Type | None = None) -> Expr:
        """Return the IR expression of `node`, of type `want` if given."""
        return self.to_expr(self.eval(node, scope), node, scope, want)

    def boolean(self, node: ast.expr, scope: Scope) -> Expr:
        return self.expr(node, scope, BoolT())

    def type_of(self, node: ast.expr, scope: Scope) -> Type:
        """Return the type that `node` names."""
        return self.as_type(self.eval(node, scope), node, scope)

    def as_type(self, value: Static, node: ast.AST, scope: Scope) -> Type:
        match value:
            case TypeValue(kind):
                return kind
            case Builtin("Bool"):
                return BoolT()
            case Builtin("Actor"):
                return self.context.known.actor_type()
            case Builtin("Key"):
                return self.key_type(scope)
            case Builtin(("Int" | "Seq" | "Map" | "Set" | "Option" | "Enum" | "Own" | "Record") as name):
                raise self.reject("K031", f"`{name}` needs its bounds", scope, node, example(name))
            case Builtin("typing.int") | Builtin("int"):
                raise self.reject("K031", "`int` has no bounds", scope, node, "Int(0, 9)")
        raise self.reject("K030", "a type is needed here", scope, node)

    def key_type(self, scope: Scope) -> Type:
        return key_type(scope.self_ref.instance.keys if scope.self_ref else ())

    def reject(self, code: str, message: str, scope: Scope, node: ast.AST, fix: str = "") -> Reject:
        return self.context.reject(code, message, scope.module, node, fix)

    @contextmanager
    def pure(self, why: str) -> Iterator[None]:
        """Within: nothing may change the state; `why` names the place in messages."""
        before, self.pure_why = self.pure_why, self.pure_why or why
        try:
            yield
        finally:
            self.pure_why = before

    def effect(self, what: str, scope: Scope, node: ast.AST) -> None:
        if self.pure_why:
            raise self.reject(
                "K015", f"{what} in {self.pure_why}", scope, node, "do it before, in a statement of its own"
            )

    # --- conversion ---

    def to_expr(self, value: Static, node: ast.AST, scope: Scope, want: Type | None = None) -> Expr:
        match value:
            case TaskRef():
                expr: Expr = Const(self.actor_name(value, node, scope), self.context.known.actor_type())
            case StaticTuple() if isinstance(want, SetT | SeqT):
                items = tuple(self.to_expr(item, node, scope, want.item) for item in value.items)
                expr = Make(items, want)
            case _ if is_expr(value):
                expr = value
            case Builtin(name):
                raise self.reject("K030", f"`{name}` is a word of the language, not a value", scope, node)
            case TypeValue():
                raise self.reject(
                    "K030", "a type where a value is needed", scope, node, "choose(T) picks one of its values"
                )
            case Bound(Function() as function, _):
                await_it = function.kind == "awaitable" or isinstance(function.node, ast.AsyncFunctionDef)
                fix = f"await {function.name}(…)" if await_it else f"{function.name}(…)"
                raise self.reject("K030", f"`{function.name}` is not called", scope, node, fix)
            case FieldOf(name):
                raise self.reject("K033", f"the value of `{name}` is not known at compile time", scope, node, PARAMETER)
            case _:
                raise self.reject("K030", "a value is needed here", scope, node)
        return expr if want is None else self.coerce(expr, want, node, scope)

    def coerce(self, expr: Expr, want: Type, node: ast.AST, scope: Scope) -> Expr:
        """Return `expr` as a value of `want`: an Option unwrapped, a literal given its type."""
        match want, expr.type:
            case ((OptionT(item) | OwnT(item)), (OptionT(inner) | OwnT(inner))):
                if isinstance(expr, Const) and expr.value is None:
                    return Const(None, want)
                if not fits(item, inner):
                    raise self.mismatch(expr, want, node, scope)
                return expr
            case ((OptionT(item) | OwnT(item)), _):
                return self.coerce(expr, item, node, scope)
            case _, (OptionT() | OwnT()):
                if isinstance(expr, Const):
                    text, fix = no_value(node, want) or (
                        f"`None` where {with_article(want)} is needed",
                        f"declare Option({want})",
                    )
                    raise self.reject("K030", text, scope, node, fix)
                return self.coerce(unwrap(expr), want, node, scope)
            case EnumT(_, members), EnumT("", _) if isinstance(expr, Const):
                if expr.value not in members:
                    raise self.reject(
                        "K030",
                        f'"{expr.value}" is none of {", ".join(members)}{suggest(str(expr.value), members)}',
                        scope,
                        node,
                    )
                return Const(expr.value, want)
            case ((SetT() | SeqT()), (SetT() | SeqT())) if isinstance(expr, Make):
                return Make(tuple(self.coerce(item, want.item, node, scope) for item in expr.items), want)
            case SetT(item), SetT(inner) if isinstance(expr, Const) and fits(item, inner):
                return Const(expr.value, want)
        if not fits(want, expr.type):
            raise self.mismatch(expr, want, node, scope)
        return expr

    def mismatch(self, expr: Expr, want: Type, node: ast.AST, scope: Scope) -> Reject:
        text, fix = mismatched(expr, want, node)
        return self.reject("K030", text, scope, node, fix)

    def actor_name(self, ref: TaskRef, node: ast.AST, scope: Scope) -> str:
        keys = [*ref.keys, *([ref.index] if ref.index is not None else [])]
        if ref.task.over is not None and ref.index is None:
            raise self.reject("K030", f"`{ref.task.name}` is a family of actors", scope, node, f"{ref.task.name}[i]")
        if not all(isinstance(key, Const) for key in keys):
            raise self.reject("K033", "which actor is meant must be known at compile time", scope, node)
        return task_name(ref.task, tuple(key for key in ref.keys), ref.index)

    # --- names and parts ---

    def eval_Constant(self, node: ast.Constant, scope: Scope) -> Static:
        if isinstance(node.value, bool | int | str | None):
            return literal(node.value)
        raise self.reject(
            "K011",
            f"{with_article(type(node.value).__name__)} is not part of the language",
            scope,
            node,
            "use Int, Bool or an Enum",
        )

    def eval_Name(self, node: ast.Name, scope: Scope) -> Static:
        found = scope.lookup(node.id)
        if isinstance(found, Broken):
            raise Reject(found.diagnostic)
        if found is not None:
            return found
        if node.id in scope.local_names:
            raise self.reject("K020", f"`{node.id}` may be used before it is assigned", scope, node)
        instance = scope.self_ref.instance if scope.self_ref else None
        is_broken = instance is not None and node.id in instance.broken
        in_class = instance.scope.get(node.id) if instance is not None else None
        if isinstance(in_class, TypeValue) and not is_broken and not is_global(scope.module, node.id):
            return in_class
        try:
            return resolve_global(self.context, scope.module, node.id, Use(node, scope.module), self.eval)
        except Reject as error:
            if instance is not None and is_broken:
                raise Reject(instance.broken[node.id]) from error
            if in_class is None:
                raise
            if isinstance(in_class, TypeValue):
                return in_class
            raise self.reject("K020", f"unknown name `{node.id}`", scope, node, f"self.{node.id}") from error

    def eval_Attribute(self, node: ast.Attribute, scope: Scope) -> Static:
        return self.attribute(self.eval(node.value, scope), node.attr, node, scope)

    def attribute(self, base: Static, name: str, node: ast.expr, scope: Scope) -> Static:
        match base:
            case Ref():
                return self.member(base, name, node, scope)
            case TaskRef() if name in ("at", "finished"):
                return self.where(base, name, node, scope)
            case TaskRef(task) if task.function is None or name in ("run",):
                return base
            case Builtin("typing"):
                return Builtin(f"typing.{name}")
        if is_expr(base):
            return self.part(base, name, node, scope)
        raise self.reject("K021", f"nothing named `{name}` here", scope, node)

    def member(self, ref: Ref, name: str, node: ast.expr, scope: Scope) -> Static:
        instance = ref.instance
        if len(ref.keys) < len(instance.keys) and not isinstance(instance.scope.get(name), TypeValue):
            raise self.reject(
                "K021", f"`{instance.path}` is an array of blocks", scope, node, f"{instance.path}[key].{name}"
            )
        if name == "key":
            return ref.key
        if name in instance.tasks:
            return TaskRef(instance.tasks[name], ref.keys, old=ref.old)
        if name in instance.functions:
            return Bound(instance.functions[name], ref)
        if name in ("at", "finished") and "run" in instance.tasks:
            return self.where(TaskRef(instance.tasks["run"], ref.keys, old=ref.old), name, node, scope)
        found = instance.scope.get(name)
        match found:
            case None if name in instance.broken:
                raise Reject(instance.broken[name])
            case None:
                known = [*instance.scope, *instance.functions, *instance.tasks]
                raise self.reject(
                    "K021",
                    f"`{instance.path or instance.cls.node.name}` has no `{name}`{suggest(name, known)}",
                    scope,
                    node,
                    there_are(known),
                )
            case FieldOf(variable, kind):
                place: Expr = Old(variable, kind) if ref.old else Var(variable, kind)
                for key in ref.keys:
                    place = element(place, key)
                return place
            case Instance():
                return Ref(found, ref.keys, ref.old)
            case Ref(target, keys, old):
                # A reference given as a parameter shares the keys of the array both are in.
                shared = ref.keys[: len(target.parent.keys)] if target.parent is not None else ()
                return Ref(target, keys or shared, ref.old or old)
            case Bound(function, Ref(target, ())):
                return Bound(function, Ref(target, ref.keys[: len(target.keys)], ref.old))
            case TaskRef(task, (), index, _):
                return TaskRef(task, ref.keys[: len(task.owner.keys)], index, ref.old)
        return found

    def part(self, base: Expr, name: str, node: ast.expr, scope: Scope) -> Static:
        while isinstance(base.type, OptionT | OwnT):
            base = unwrap(base)
        match base.type:
            case RecordT(_, fields):
                if name not in dict(fields):
                    raise self.reject(
                        "K021",
                        f"{base.type} has no `{name}`{suggest(name, dict(fields))}",
                        scope,
                        node,
                        there_are(dict(fields)),
                    )
                return field(base, name)
            case SeqT() | SetT():
                return BoundMethod(base, name)
        raise self.reject("K021", f"{with_article(base.type)} has no `{name}`", scope, node)

    def where(self, ref: TaskRef, name: str, node: ast.expr, scope: Scope) -> Static:
        """`task.finished`, and `task.at`, which is still to be called."""
        if name == "at":
            return Where(ref)
        return self.stands_at(ref, (DONE, IDLE), node, scope) if ref.task.name else TRUE

    def stands_at(self, ref: TaskRef, labels: tuple[str, ...], node: ast.AST, scope: Scope) -> Expr:
        """Return the condition that a task's program counter has one of `labels`."""
        if ref.task.function is None:
            raise self.reject("K021", "only tasks stand somewhere; this actor has actions", scope, node)
        if ref.task.over is not None and ref.index is None:
            raise self.reject(
                "K030", f"`{ref.task.name}` is a family of actors", scope, node, f"{ref.task.name}[i].at(…)"
            )
        cases = []
        for keys, index in members(ref.task):
            name = task_name(ref.task, keys, index)
            kind = self.context.known.pc_type(name)
            pc: Expr = Old(f"{name}.pc", kind) if ref.old else Var(f"{name}.pc", kind)
            here = disjunction(
                apply(Op.EQ, pc, Const(label, kind)) for label in kind.members if label.split("#")[0] in labels
            )
            pairs = [
                *zip(ref.keys, keys, strict=True),
                *([(ref.index, index)] if ref.index is not None and index is not None else []),
            ]
            cases.append(conjunction((*(apply(Op.EQ, key, value) for key, value in pairs), here)))
        return disjunction(cases)

    def at(self, ref: TaskRef, node: ast.Call, scope: Scope) -> Expr:
        """`task.at("flush")`."""
        if not ref.task.name:
            return FALSE
        labels = [self.expr(argument, scope) for argument in node.args]
        names = tuple(str(label.value) for label in labels if isinstance(label, Const) and isinstance(label.value, str))
        if not names or len(names) != len(labels) or node.keywords:
            raise self.reject("K022", "`at` takes names of await points", scope, node, 'at("flush")')
        known = {
            label.split("#")[0]
            for keys, index in members(ref.task)
            for label in self.context.known.pc_type(task_name(ref.task, keys, index)).members
        }
        for name in names:
            if name not in known:
                raise self.reject(
                    "K021",
                    f"`{ref.task.name}` has no await point `{name}`{suggest(name, known)}",
                    scope,
                    node,
                    ", ".join(sorted(known)),
                )
        return self.stands_at(ref, names, node, scope)

    def eval_Subscript(self, node: ast.Subscript, scope: Scope) -> Static:
        base = self.steady(self.eval(node.value, scope), [node.slice], scope)
        match base:
            case Ref(instance, keys, old) if len(keys) < len(instance.keys):
                return Ref(instance, (*keys, self.expr(node.slice, scope, instance.keys[len(keys)])), old)
            case TaskRef(task, keys, None, old) if len(keys) < len(task.owner.keys):
                return TaskRef(task, (*keys, self.expr(node.slice, scope, task.owner.keys[len(keys)])), None, old)
            case TaskRef(task, keys, None, old) if task.over is not None:
                return TaskRef(task, keys, self.expr(node.slice, scope, task.over), old)
            case StaticTuple(items):
                index = self.expr(node.slice, scope)
                if (
                    isinstance(index, Const)
                    and isinstance(index.value, int)
                    and -len(items) <= index.value < len(items)
                ):
                    return items[index.value]
                raise self.reject("K033", "the position in a tuple must be a constant inside it", scope, node)
        if is_expr(base):
            expr: Expr = base
            while isinstance(expr.type, OptionT | OwnT):
                expr = unwrap(expr)
            if isinstance(expr.type, MapT):
                return element(expr, self.expr(node.slice, scope, expr.type.key))
            if isinstance(expr.type, SeqT):
                return element(expr, self.expr(node.slice, scope, IntT(0, max(0, expr.type.capacity - 1))))
        raise self.reject("K030", "only Maps, Seqs, families and arrays of blocks are indexed", scope, node)

    # --- operators ---

    def eval_BoolOp(self, node: ast.BoolOp, scope: Scope) -> Static:
        combine, absorbing = (conjunction, FALSE) if isinstance(node.op, ast.And) else (disjunction, TRUE)
        parts = [self.boolean(node.values[0], scope)]
        for part in node.values[1:]:
            if parts[-1] == absorbing:
                break
            with self.pure("an operand of `and`/`or`"):
                parts.append(self.boolean(part, scope))
        return combine(parts)

    def eval_UnaryOp(self, node: ast.UnaryOp, scope: Scope) -> Static:
        match node.op:
            case ast.Not():
                return negation(self.boolean(node.operand, scope))
            case ast.USub():
                return self.operate(Op.NEG, node, scope, self.expr(node.operand, scope))
        raise self.reject("K011", unknown(node.op), scope, node, instead(node.op))

    def in_order(self, value: Static, later: list[ast.expr], scope: Scope) -> Static:
        """Return a value as it is now, if what is evaluated `later` may change what it reads."""
        return value

    def steady(self, value: Static, later: list[ast.expr], scope: Scope) -> Static:
        """Return the place or block that `value` means now, if what is evaluated `later` may change which it is."""
        return value

    def eval_BinOp(self, node: ast.BinOp, scope: Scope) -> Static:
        first = self.in_order(self.value(node.left, scope), [node.right], scope)
        left, right = self.to_expr(first, node.left, scope), self.value(node.right, scope)
        table = SETS if isinstance(left.type, SetT) or isinstance(right.type, SetT) else BINARY
        op = table.get(type(node.op))
        if op is None:
            raise self.reject("K011", f"{unknown(node.op)} here", scope, node, instead(node.op))
        if isinstance(left.type, SetT):
            right = self.coerce(right, left.type, node.right, scope) if isinstance(right, Make) else right
        return self.operate(op, node, scope, left, right)

    def value(self, node: ast.expr, scope: Scope) -> Expr:
        """Return an expression, an Option already unwrapped."""
        expr = self.expr(node, scope)
        while isinstance(expr.type, OptionT | OwnT) and not isinstance(expr, Const):
            expr = unwrap(expr)
        return expr

    def operate(self, op: Op, node: ast.AST, scope: Scope, *args: Expr) -> Expr:
        try:
            result = apply(op, *args)
        except ValueError as error:
            raise self.reject("K030", str(error), scope, node) from error
        self.context.weigh(result, scope.module, node)
        if isinstance(result.type, IntT):
            most = max(abs(result.type.lo), abs(result.type.hi))
            if 10**MAX_DIGITS <= most < UNLIMITED // 2 or most >= 10 * UNLIMITED:
                raise self.reject("K002", f"numbers of more than {MAX_DIGITS} digits", scope, node)
        return result

    def eval_IfExp(self, node: ast.IfExp, scope: Scope) -> Static:
        condition = self.boolean(node.test, scope)
        if isinstance(condition, Const):
            return self.eval(node.body if condition.value else node.orelse, scope)
        with self.pure("a conditional expression"):
            return self.if_else(condition, self.expr(node.body, scope), self.expr(node.orelse, scope), node, scope)

    def if_else(self, condition: Expr, then: Expr, otherwise: Expr, node: ast.AST, scope: Scope) -> Expr:
        try:
            kind = join(then.type, otherwise.type)
            sides = [Const(None, kind) if side == literal(None) else side for side in (then, otherwise)]
            return choice(condition, *sides)
        except ValueError as error:
            raise self.reject("K030", str(error), scope, node) from error

    def eval_Compare(self, node: ast.Compare, scope: Scope) -> Static:
        parts: list[Expr] = []
        left_node, left = node.left, self.in_order(self.eval(node.left, scope), node.comparators, scope)
        for place, (op, right_node) in enumerate(zip(node.ops, node.comparators, strict=True), start=1):
            right = self.in_order(self.eval(right_node, scope), node.comparators[place:], scope)
            parts.append(self.compare(op, left, right, (left_node, right_node), scope))
            left_node, left = right_node, right
        return conjunction(parts)

    def compare(
        self, op: ast.cmpop, left: Static, right: Static, nodes: tuple[ast.expr, ast.expr], scope: Scope
    ) -> Expr:
        if isinstance(op, ast.In | ast.NotIn):
            inside = self.inside(left, right, nodes, scope)
            return inside if isinstance(op, ast.In) else negation(inside)
        a, b = self.to_expr(left, nodes[0], scope), self.to_expr(right, nodes[1], scope)
        if isinstance(op, ast.Is | ast.IsNot) and not (isinstance(b, Const) and b.value is None):
            raise self.reject("K011", "`is` compares with None only", scope, nodes[1], "write == or !=")
        if isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            equal = self.equal(a, b, nodes[0] if isinstance(a, Const) else nodes[1], scope)
            return equal if isinstance(op, ast.Eq | ast.Is) else negation(equal)
        order = _COMPARE[type(op)]
        a, b = (
            self.coerce(unwrap(side), side.type.item, nodes[0], scope)
            if isinstance(side.type, OptionT | OwnT)
            else side
            for side in (a, b)
        )
        if not (isinstance(a.type, IntT) and isinstance(b.type, IntT)):
            raise self.reject("K030", f"`{order.symbol}` compares numbers, not {a.type} and {b.type}", scope, nodes[0])
        return apply(order, a, b)

    def equal(self, a: Expr, b: Expr, node: ast.AST, scope: Scope) -> Expr:
        for side, other in ((a, b), (b, a)):
            if isinstance(other, Const) and other.value is None:
                self.comparable(other, side.type, node, scope)
                return apply(Op.IS_NONE, side)
            if side.type == literal(None).type:
                text, fix = "one side is always None", "give it a value somewhere, or ask whether it `is None`"
                raise self.reject("K030", text, scope, node, fix)
        if _is_bare(a) and _is_bare(b):  # literals given to a helper: nothing says of which Enum
            return TRUE if a == b else FALSE
        if isinstance(a.type, EnumT) and not a.type.name:
            a = self.literal_like(a, b.type, node, scope)
        else:
            b = self.literal_like(b, a.type, node, scope)
        self.comparable(a, b.type, node, scope)
        return apply(Op.EQ, a, b)

    def comparable(self, a: Expr, other: Type, node: ast.AST, scope: Scope) -> None:
        if isinstance(a, Const) and a.value is None and not isinstance(other, OptionT | OwnT):
            never = f"{with_article(other)} is never None", f"only an Option is: Option({other})"
            text, fix = no_value(node, other) or never
            raise self.reject("K030", text, scope, node, fix)
        try:
            join(a.type, other)
        except ValueError as error:
            raise self.reject("K030", f"never equal: {error}", scope, node) from error

    def literal_like(self, expr: Expr, want: Type, node: ast.AST, scope: Scope) -> Expr:
        while isinstance(want, OptionT | OwnT):
            want = want.item
        if isinstance(expr.type, EnumT) and not expr.type.name and isinstance(want, EnumT) and want.name != "":
            return self.coerce(expr, want, node, scope)
        if isinstance(expr, Const) and isinstance(expr.type, EnumT) and not expr.type.name and isinstance(want, EnumT):
            return self.coerce(expr, want, node, scope)
        return expr

    def inside(self, item: Static, group: Static, nodes: tuple[ast.expr, ast.expr], scope: Scope) -> Expr:
        match group:
            case StaticTuple(items):
                a = self.to_expr(item, nodes[0], scope)
                return disjunction(self.equal(a, self.to_expr(b, nodes[1], scope), nodes[1], scope) for b in items)
            case TypeValue(kind):
                a = self.literal_like(self.to_expr(item, nodes[0], scope), kind, nodes[0], scope)
                self.comparable(a, kind, nodes[0], scope)
                if covers(kind, a.type):
                    return TRUE
                if isinstance(kind, IntT) and isinstance(a.type, IntT):
                    return conjunction((apply(Op.LE, literal(kind.lo), a), apply(Op.LE, a, literal(kind.hi))))
                if isinstance(kind, EnumT):
                    return disjunction(apply(Op.EQ, a, Const(member, kind)) for member in kind.members)
                raise self.reject("K030", f"what is in {kind} is known without asking", scope, nodes[0])
            case Range(start, stop):
                a = self.coerce(self.to_expr(item, nodes[0], scope), IntT(0, 0), nodes[0], scope)
                return conjunction((apply(Op.LE, start, a), apply(Op.LT, a, stop)))
        b = self.to_expr(group, nodes[1], scope)
        if not isinstance(b.type, SetT | SeqT):
            raise self.reject(
                "K030", f"`in` needs a Set, Seq, tuple, range or type, not {with_article(b.type)}", scope, nodes[1]
            )
        a = self.to_expr(item, nodes[0], scope)
        a = self.literal_like(a, b.type.item, nodes[0], scope)
        self.comparable(a, b.type.item, nodes[0], scope)
        return apply(Op.IN, a, b)

    # --- displays ---

    def eval_Tuple(self, node: ast.Tuple, scope: Scope) -> Static:
        return StaticTuple(tuple(self.evaluate_all(node.elts, scope)))

    def evaluate_all(self, nodes: list[ast.expr], scope: Scope) -> list[Static]:
        """Evaluate expressions from the left, each with the state the earlier ones leave."""
        return [
            self.in_order(self.eval(node, scope), nodes[place:], scope) for place, node in enumerate(nodes, start=1)
        ]

    def eval_List(self, node: ast.List, scope: Scope) -> Static:
        items = self.elements(node.elts, scope)
        return Make(items, SeqT(self.common(items, node, scope), len(items)))

    def eval_Set(self, node: ast.Set, scope: Scope) -> Static:
        items = self.elements(node.elts, scope)
        return Make(items, SetT(self.common(items, node, scope)))

    def elements(self, nodes: list[ast.expr], scope: Scope) -> tuple[Expr, ...]:
        found = zip(self.evaluate_all(nodes, scope), nodes, strict=True)
        return tuple(self.to_expr(value, node, scope) for value, node in found)

    def common(self, items: tuple[Expr, ...], node: ast.AST, scope: Scope) -> Type:
        kind: Type = EnumT("", ())
        for item in items:
            try:
                kind = item.type if kind == EnumT("", ()) else join(kind, item.type)
            except ValueError as error:
                raise self.reject("K030", str(error), scope, node) from error
        return kind


def _is_bare(expr: Expr) -> bool:
    return isinstance(expr, Const) and isinstance(expr.type, EnumT) and not expr.type.name
