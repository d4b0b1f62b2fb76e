"""Calls that change nothing: type constructors, records, quantifiers, functions of values, pure helpers."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar

from checker.frontend.context import Effect
from checker.frontend.limits import MANY, REMEMBERED, bits
from checker.frontend.quantifiers import Quantifiers
from checker.frontend.values import (
    BlockType,
    Bound,
    BoundMethod,
    Builtin,
    ClassValue,
    Function,
    Owned,
    Range,
    Scope,
    Static,
    StaticTuple,
    TypeValue,
    Where,
    is_expr,
    literal,
    owns,
)
from checker.frontend.wording import number_of, spelled
from checker.ir.domains import (
    UNLIMITED,
    BoolT,
    EnumT,
    IntT,
    MapT,
    OptionT,
    OwnT,
    RecordT,
    SeqT,
    SetT,
    Type,
    default,
    size,
)
from checker.ir.nodes import Apply, Const, Expr, Make, Temp, Var
from checker.ir.ops import Op
from checker.ir.walk import variables

QUANTIFIERS = frozenset({"any", "all", "count", "sum"})
MOVED = "moved_"  # temporaries that hold what has left its place
AWAITED = frozenset({"step", "until", "first", "any_of", "both", "rest", "may", "obliged", "fault", "at"})


PURE = "a condition only reads: local names, `if` and `return`"

MEMBER = re.compile(r"[\w.+:/ -]+")  # what names of actors, actions and scalars can be made of


class Calls(Quantifiers):
    """Adds calls. What has an effect is left to `Statements`, which overrides `effectful`."""

    def eval_Call(self, node: ast.Call, scope: Scope) -> Static:
        callee = self.eval(node.func, scope)
        match callee:
            case Builtin(name):
                return self.call_builtin(name, node, scope)
            case TypeValue(RecordT() as kind):
                return self.make_record(kind, node, scope)
            case ClassValue():
                return self.block_type(callee, node, scope)
            case BlockType() if not node.args and not node.keywords:
                return callee
            case Function():
                return self.call_function(Bound(callee, None), node, scope)
            case Bound():
                return self.call_function(callee, node, scope)
            case BoundMethod():
                return self.effectful_method(callee, node, scope)
            case Where(ref):
                return self.at(ref, node, scope)
        raise self.reject("K022", "this cannot be called", scope, node)

    # --- words of the language ---

    def call_builtin(self, name: str, node: ast.Call, scope: Scope) -> Static:
        if name in self.builders:
            return self.build_type(name, node, scope)
        if name in QUANTIFIERS:
            if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
                return self.quantify(name, node.args[0], scope)
            raise self.reject("K022", f"`{name}` takes a generator", scope, node, f"{name}(… for x in D)")
        if name in AWAITED:
            raise self.reject("K040", f"`{name}(…)` does nothing by itself", scope, node, f"await {ast.unparse(node)}")
        pure: Callable[[ast.Call, Scope], Static] | None = getattr(self, f"word_{name}", None)
        if pure is not None:
            return pure(node, scope)
        if name.startswith("typing."):
            raise self.reject("K011", f"`{name[7:]}` is not part of the language", scope, node)
        return self.effectful(name, node, scope)

    def word_len(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        value = self.eval(argument, scope)
        if isinstance(value, StaticTuple):
            return literal(len(value.items))
        if isinstance(value, TypeValue):
            return literal(len(self.domain(value, argument, scope)))
        return self.operate(Op.LEN, node, scope, self.value(argument, scope))

    def word_min(self, node: ast.Call, scope: Scope) -> Static:
        return self.operate(Op.MIN, node, scope, *self.numbers(node, scope))

    def word_max(self, node: ast.Call, scope: Scope) -> Static:
        return self.operate(Op.MAX, node, scope, *self.numbers(node, scope))

    def numbers(self, node: ast.Call, scope: Scope) -> list[Expr]:
        if len(node.args) < 2 or node.keywords:
            raise self.reject("K022", "min and max take two or more numbers", scope, node)
        return self.values_in_order(node.args, scope)

    def values_in_order(self, nodes: list[ast.expr], scope: Scope) -> list[Expr]:
        """Evaluate expressions from the left, Options unwrapped."""
        found = (
            self.in_order(self.value(node, scope), nodes[place:], scope) for place, node in enumerate(nodes, start=1)
        )
        return [self.to_expr(value, node, scope) for value, node in zip(found, nodes, strict=True)]

    def word_range(self, node: ast.Call, scope: Scope) -> Static:
        if not 1 <= len(node.args) <= 2 or node.keywords:
            raise self.reject("K022", "range takes one or two numbers", scope, node)
        bounds = self.values_in_order(node.args, scope)
        return Range(literal(0), bounds[0]) if len(bounds) == 1 else Range(bounds[0], bounds[1])

    def word_owned(self, node: ast.Call, scope: Scope) -> Static:
        (argument,) = self.positional(node, scope, 1)
        return Owned(self.type_of(argument, scope))

    def word_me(self, node: ast.Call, scope: Scope) -> Static:
        self.positional(node, scope, 0)
        name = self.current_actor()
        if not name:
            raise self.reject("K041", "`me()` has a meaning only in tasks and awaitables", scope, node)
        return Const(name, self.context.known.actor_type())

    def current_actor(self) -> str:
        return ""

    def positional(self, node: ast.Call, scope: Scope, count: int) -> list[ast.expr]:
        if len(node.args) != count or node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.reject("K022", f"takes {count} argument{'s' * (count != 1)}", scope, node)
        return node.args

    def effectful(self, name: str, node: ast.Call, scope: Scope) -> Static:
        self.effect(f"`{name}`", scope, node)
        raise self.reject("K050", f"`{name}` has no meaning here", scope, node)

    def effectful_method(self, method: BoundMethod, node: ast.Call, scope: Scope) -> Static:
        self.effect(f"`.{method.name}`", scope, node)
        raise self.reject("K050", f"`.{method.name}` has no meaning here", scope, node)

    # --- types ---

    def build_type(self, name: str, node: ast.Call, scope: Scope) -> Static:
        extra = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg in ("init", "owner")}
        kind = self.builders[name](self, node, scope)
        if isinstance(kind, BlockType):
            return kind
        self.small(kind, node, scope)
        if not extra or name == "Record":
            return TypeValue(kind)
        init = self.eval(extra["init"], scope) if "init" in extra else None
        owner = extra.get("owner")
        return TypeValue(kind, init, ast.unparse(owner) if owner is not None else "")

    def part_type(self, node: ast.expr, scope: Scope) -> Type:
        """Return the type that `node` names as a part of another."""
        value = self.eval(node, scope)
        if isinstance(value, TypeValue) and value.init is not None:
            fix = "write it at the field: `Map(Key, Int(0, 2), init=1)`"
            raise self.reject("K035", "`init=` belongs to a field, not to a part of its type", scope, node, fix)
        return self.as_type(value, node, scope)

    def small(self, kind: Type, node: ast.AST, scope: Scope) -> None:
        """Refuse a type whose values nobody could store."""
        if bits(kind) > MANY:
            raise self.reject("K002", f"a value of this type takes more than {MANY:,} bits", scope, node)

    def build_bool(self, node: ast.Call, scope: Scope) -> Type:
        self.type_arguments(node, scope, 0, "Bool()")
        return BoolT()

    def build_int(self, node: ast.Call, scope: Scope) -> Type:
        low, high = self.type_arguments(node, scope, 2, "Int(0, 9)")
        lo = self.static_int(low, scope)
        hi, limit = self.upper(high, scope, lo)
        if lo > hi:
            raise self.reject("K031", f"Int({lo}, {hi}) has no values", scope, node)
        return IntT(lo, hi, limit)

    def static_int(self, node: ast.expr, scope: Scope) -> int:
        value = self.expr(node, scope)
        if isinstance(value, Const) and isinstance(value.value, int) and not isinstance(value.value, bool):
            return value.value
        self.bounded(value, "this bound", scope, node)
        raise self.reject("K033", "a bound must follow from parameters and constants", scope, node)

    def upper(self, node: ast.expr, scope: Scope, lo: int) -> tuple[int, str]:
        """Return an upper bound or capacity: a number, or `UNLIMITED` and the unbounded parameter that it is."""
        match self.expr(node, scope):
            case Var(name, IntT(least, _, limit)) if limit == name:
                if lo > least:
                    text = f"Int({lo}, {name}) has no values for `{name}` = {least}"
                    raise self.reject("K031", text, scope, node)
                return UNLIMITED, name
        return self.static_int(node, scope), ""

    def bounded(self, value: Expr, what: str, scope: Scope, node: ast.AST) -> None:
        """Refuse an expression over an unbounded parameter where a number is needed to compile the spec."""
        names = sorted(variables(value) & self.context.unbounded)
        if names:
            fix = f"write `Int(0, {names[0]})` or `Seq(T, {names[0]})`, or fix it: --set {names[0]}=3"
            raise self.reject("K036", f"{what} depends on the unbounded parameter `{names[0]}`", scope, node, fix)

    def build_enum(self, node: ast.Call, scope: Scope) -> Type:
        members = [self.eval(argument, scope) for argument in node.args]
        names = [member.value for member in members if isinstance(member, Const) and isinstance(member.value, str)]
        if len(names) != len(members) or not names or len(set(names)) != len(names):
            raise self.reject(
                "K031", "Enum takes its members as different strings", scope, node, 'Enum("idle", "busy")'
            )
        odd = next((name for name in names if not MEMBER.fullmatch(name)), None)
        if odd is not None:
            text = f"an Enum's member is a word, which names can be made of, and not {odd!r}"
            raise self.reject("K031", text, scope, node, 'Enum("idle", "half-open")')
        return EnumT("Enum(" + ", ".join(f'"{name}"' for name in names) + ")", tuple(names))

    def build_option(self, node: ast.Call, scope: Scope) -> Type:
        item = self.part_type(self.type_arguments(node, scope, 1, "Option(T)")[0], scope)
        return item if isinstance(item, OwnT | OptionT) else OptionT(item)

    def build_own(self, node: ast.Call, scope: Scope) -> Type:
        return OwnT(self.part_type(self.type_arguments(node, scope, 1, "Own(T)")[0], scope))

    def build_set(self, node: ast.Call, scope: Scope) -> Type:
        return SetT(self.part_type(self.type_arguments(node, scope, 1, "Set(T)")[0], scope))

    def build_seq(self, node: ast.Call, scope: Scope) -> Type:
        if len(node.args) == 1 and self.eval(node.args[0], scope) == Builtin("Actor"):
            kind = self.context.known.actor_type()
            return SeqT(kind, len(kind.members))
        item, capacity = self.type_arguments(node, scope, 2, "Seq(T, 2)")
        room, limit = self.upper(capacity, scope, 0)
        if room < 0:
            raise self.reject("K031", f"a Seq has no room for {room}", scope, capacity, "Seq(T, 2)")
        items = self.part_type(item, scope)
        if limit and size(items) != 1:
            text = f"a Seq of unbounded length (`{limit}`) is known by its length, but {items} has {size(items)} values"
            raise self.reject("K036", text, scope, node, f"a counter, Int(0, {limit}); or fix it: --set {limit}=3")
        return SeqT(items, room, limit)

    def build_map(self, node: ast.Call, scope: Scope) -> Type | BlockType:
        key, value = self.type_arguments(node, scope, 2, "Map(K, T)")
        kind = self.type_of(key, scope)
        if not isinstance(kind, BoolT | IntT | EnumT):
            raise self.reject("K030", "a Map's key is an Int, Enum, Bool or Actor", scope, key)
        self.few(kind, key, scope)
        item = self.eval(value, scope)
        if isinstance(item, ClassValue):
            item = BlockType(item, ())
        if isinstance(item, BlockType):
            return BlockType(item.cls, item.args, (kind, *item.keys))
        return MapT(kind, self.part_type(value, scope))

    def build_record(self, node: ast.Call, scope: Scope) -> Type:
        if node.args or not node.keywords or any(keyword.arg is None for keyword in node.keywords):
            raise self.reject("K031", "Record takes its fields by name", scope, node, "Record(size=Int(0, 2))")
        fields = tuple((keyword.arg or "", self.part_type(keyword.value, scope)) for keyword in node.keywords)
        return RecordT("Record", fields)

    builders: ClassVar[dict[str, Callable[[Calls, ast.Call, Scope], Type | BlockType]]] = {
        "Bool": build_bool,
        "Int": build_int,
        "Enum": build_enum,
        "Option": build_option,
        "Own": build_own,
        "Set": build_set,
        "Seq": build_seq,
        "Map": build_map,
        "Record": build_record,
    }

    def type_arguments(self, node: ast.Call, scope: Scope, count: int, example: str) -> list[ast.expr]:
        known = {"init", "owner"}
        stray = [keyword for keyword in node.keywords if keyword.arg not in known]
        if len(node.args) != count or stray:
            raise self.reject("K031", "a type needs its bounds", scope, node, example)
        return node.args

    def block_type(self, cls: ClassValue, node: ast.Call, scope: Scope) -> BlockType:
        arguments = [(str(place), self.eval(argument, scope)) for place, argument in enumerate(node.args)]
        arguments += [(keyword.arg or "", self.eval(keyword.value, scope)) for keyword in node.keywords]
        return BlockType(cls, tuple(arguments))

    def make_record(self, kind: RecordT, node: ast.Call, scope: Scope) -> Expr:
        names = [name for name, _ in kind.fields]
        given: dict[str, ast.expr] = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg not in names:
                raise self.reject("K022", f"{kind} has no field `{keyword.arg}`", scope, node, ", ".join(names))
            given[keyword.arg or ""] = keyword.value
        if len(node.args) > len(names):
            raise self.reject("K022", f"{kind} has {len(names)} fields", scope, node, ", ".join(names))
        values: dict[str, Expr] = {}
        for place, (name, argument) in enumerate(given.items(), start=1):
            value = self.in_order(self.given(argument, kind.field(name), scope), list(given.values())[place:], scope)
            values[name] = self.to_expr(value, argument, scope)
        return Make(tuple(values.get(name, Const(default(part), part)) for name, part in kind.fields), kind)

    def given(self, node: ast.expr, kind: Type, scope: Scope) -> Expr:
        """Return a value handed over: one that owns must be moved or new."""
        value = self.expr(node, scope, kind)
        self.no_copy(value, node, scope)
        return value

    def no_copy(self, value: Expr, node: ast.expr, scope: Scope) -> None:
        if owns(value.type) and not is_fresh(value):
            raise self.reject(
                "K034", f"`{ast.unparse(node)}` owns: it cannot be copied", scope, node, f"move({ast.unparse(node)})"
            )

    # --- helpers ---

    def call_function(self, bound: Bound, node: ast.Call, scope: Scope) -> Static:
        function = bound.function
        if function.kind == "awaitable" or isinstance(function.node, ast.AsyncFunctionDef):
            fix = f"await {ast.unparse(node)}"
            raise self.reject("K040", f"`{function.name}` is awaitable: calling it does nothing", scope, node, fix)
        if isinstance(function.node, ast.Lambda):
            raise self.reject("K011", "a lambda cannot be called", scope, node, "write a method")
        return self.pure_call(bound, self.arguments(bound, node, scope), node, scope)

    def pure_call(self, bound: Bound, given: dict[str, Static], node: ast.Call, scope: Scope) -> Static:
        """Evaluate a helper as an expression; Effect if it does anything else."""
        self.enter(bound, scope, node)
        try:
            inner = self.function_scope(bound, given)
            with self.pure("a helper used as a value"):
                assert not isinstance(bound.function.node, ast.Lambda)
                return self.pure_body(bound.function.node.body, inner)
        finally:
            self.leave()

    def enter(self, bound: Bound, scope: Scope, node: ast.AST) -> None:
        call = (bound.function.node, bound.self_ref.path if bound.self_ref else "")
        if call in self.context.inlining:
            raise self.reject("K014", f"`{bound.function.name}` calls itself", scope, node, "loop over a finite range")
        self.context.inlining.append(call)

    def leave(self) -> None:
        self.context.inlining.pop()

    def arguments(self, bound: Bound, node: ast.Call, scope: Scope) -> dict[str, Static]:
        """Match a call's arguments with the parameters; each evaluated once, from the left."""
        parameters, defaults = parameters_of(bound)
        shown = f"{bound.function.name}({', '.join(parameters)})"
        for argument in (*node.args, *(keyword.value for keyword in node.keywords if keyword.arg is None)):
            if isinstance(argument, ast.Starred) or argument not in node.args:
                raise self.reject("K022", "arguments are written one by one", scope, node)
        if bound.function.node.args.vararg or bound.function.node.args.kwarg:
            raise self.reject("K022", f"`{bound.function.name}` has no fixed parameters", scope, node)
        if len(node.args) > len(parameters):
            raise self.reject(
                "K022", f"`{bound.function.name}` takes {number_of(len(parameters), 'argument')}", scope, node, shown
            )
        for keyword in node.keywords:
            if keyword.arg not in parameters[len(node.args) :]:
                raise self.reject(
                    "K022", f"`{bound.function.name}` has no parameter `{keyword.arg}`", scope, node, shown
                )
        written = [*node.args, *(keyword.value for keyword in node.keywords)]
        values = self.evaluate_all(written, scope)
        names = [*parameters[: len(node.args)], *(keyword.arg or "" for keyword in node.keywords)]
        given = dict(zip(names, values, strict=True))
        self.suit(bound, dict(zip(names, written, strict=True)), given, scope)
        for name in parameters:
            if name not in given:
                if name not in defaults:
                    raise self.reject("K022", f"`{bound.function.name}` needs `{name}`", scope, node, shown)
                given[name] = self.eval(defaults[name], Scope(bound.function.module, bound.self_ref))
        return {name: given[name] for name in parameters}

    def suit(self, bound: Bound, written: dict[str, ast.expr], given: dict[str, Static], scope: Scope) -> None:
        """Refuse an argument that is none of its parameter's type, where it is written and not where it is used.

        Annotations of Python's own (`int`) say nothing.
        """
        inner = self.function_scope(bound, {})
        arguments = bound.function.node.args
        for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            value = given.get(parameter.arg)
            if parameter.annotation is None or parameter.arg not in written or not is_expr(value):
                continue
            if isinstance(parameter.annotation, ast.Name) and hasattr(builtins, parameter.annotation.id):
                continue
            kind = self.eval(parameter.annotation, inner)
            if isinstance(kind, TypeValue) or kind in (Builtin("Bool"), Builtin("Actor"), Builtin("Key")):
                self.coerce(value, self.as_type(kind, parameter.annotation, inner), written[parameter.arg], scope)

    def function_scope(self, bound: Bound, arguments: dict[str, Static]) -> Scope:
        names = dict(arguments)
        node = bound.function.node
        if bound.self_ref is not None and node.args.args:
            names[node.args.args[0].arg] = bound.self_ref
        own = assigned_names(node)
        return Scope(bound.function.module, bound.self_ref, names, bound.enclosed, own, bound.function.name)

    def pure_body(self, body: list[ast.stmt], scope: Scope) -> Static:
        if not body:
            return literal(None)
        statement, rest = body[0], body[1:]
        match statement:
            case ast.Return(value=None):
                return literal(None)
            case ast.Return(value=ast.expr() as value):
                return self.eval(value, scope)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return self.pure_body(rest, scope)
            case ast.If(test=test, body=then, orelse=otherwise):
                condition = self.boolean(test, scope)
                if isinstance(condition, Const):
                    return self.pure_body([*(then if condition.value else otherwise), *rest], scope)
                sides = [self.pure_body([*side, *rest], self.fork(scope)) for side in (then, otherwise)]
                if is_expr(sides[0]) and is_expr(sides[1]):
                    return self.if_else(condition, sides[0], sides[1], statement, scope)
                raise self.reject("K030", "both sides must be values", scope, statement)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                scope.names[name] = self.eval(value, scope)
                return self.pure_body(rest, scope)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                scope.names[name] = self.expr(value, scope, self.type_of(statement.annotation, scope))
                return self.pure_body(rest, scope)
        raise Effect(self.reject("K015", f"{spelled(statement)} in {self.pure_why}", scope, statement, PURE).diagnostic)

    def fork(self, scope: Scope) -> Scope:
        return Scope(scope.module, scope.self_ref, dict(scope.names), scope.outer, scope.local_names, scope.function)


def is_fresh(value: Expr) -> bool:
    """Tell whether `value` has just been made or moved: it stands in no place of its own."""
    match value:
        case Const() | Make():
            return True
        case Temp(name, _):
            return name.startswith(MOVED)
        case Apply(Op.ITE, (_, then, otherwise), _):
            return is_fresh(then) and is_fresh(otherwise)
        case Apply(Op.UNWRAP, (inner,), _):
            return is_fresh(inner)
    return False


def parameters_of(bound: Bound) -> tuple[list[str], dict[str, ast.expr]]:
    """Return a function's parameters (without `self`) and their defaults."""
    arguments = bound.function.node.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    defaults = dict(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    defaults |= {argument.arg: value for argument, value in pairs if value is not None}
    return (names[1:] if bound.self_ref is not None else names), defaults


@lru_cache(maxsize=REMEMBERED)
def assigned_names(node: ast.AST) -> frozenset[str]:
    """Return the names a function's own body assigns (nested functions apart)."""
    return stored_names(*getattr(node, "body", [])) if not isinstance(node, ast.Lambda) else frozenset()


def stored_names(*nodes: ast.AST) -> frozenset[str]:
    """Return the names that are assigned in `nodes` (functions and generators apart)."""
    found: set[str] = set()
    pending = list(nodes)
    while pending:
        item = pending.pop()
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp | ast.ClassDef):
            continue
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            found.add(item.id)
        pending.extend(ast.iter_child_nodes(item))
    return frozenset(found)
