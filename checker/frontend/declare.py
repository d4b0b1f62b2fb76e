"""Class bodies: parameters, types, fields, blocks, actors and properties of a spec."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import prod

from checker.diagnostics import Diagnostic, UsageError, choices, suggest
from checker.frontend.context import Context, Declared, Reject
from checker.frontend.demands import DEMANDS, Demand, Demands
from checker.frontend.limits import MAX_ACTORS
from checker.frontend.names import Use, resolve_global
from checker.frontend.settings import ANY, parse_setting, setting_text
from checker.frontend.source import base_names, declared_names, is_conditional
from checker.frontend.values import (
    ANY_VALUE,
    BlockType,
    Bound,
    Builtin,
    ClassValue,
    FieldOf,
    Function,
    Instance,
    ParamDecl,
    Ref,
    Scope,
    Static,
    Task,
    TaskRef,
    TypeValue,
    is_expr,
    literal,
)
from checker.frontend.wording import spelled, there_are
from checker.ir.domains import (
    UNLIMITED,
    BoolT,
    EnumT,
    IntT,
    MapT,
    RecordT,
    SetT,
    Type,
    Value,
    contains,
    default,
    show,
    size,
    values,
)
from checker.ir.nodes import TRUE, Const, Duty, Expr, Make, Var
from checker.loc import Loc

METHODS = frozenset({"awaitable", "invariant", "sometimes", "transition"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One `param(…)` of the spec: its domain and default."""

    name: str
    domain: Type
    default: Value
    loc: Loc
    unbounded: bool = False  # may be proved for all values at once


@dataclass(slots=True)
class Declarations:
    """What the class bodies declare, in source order."""

    root: Instance
    instances: list[Instance] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    actions: list[tuple[Instance, Function]] = field(default_factory=list)
    properties: list[tuple[Instance, str, Function | Demand]] = field(default_factory=list)
    excluded: list[tuple[dict[str, Value], Loc]] = field(default_factory=list)
    expected: ast.expr | None = None


class Declare(Demands):
    """Read class bodies. `settings` are the values given with --set, as text."""

    def __init__(self, context: Context, cls: ClassValue, settings: dict[str, str]) -> None:
        super().__init__(context)
        self.settings = settings
        self.cls = cls
        self.root = Instance("", cls, (), None, loc=cls.module.loc(cls.node))
        self.found = Declarations(self.root)
        self.open: list[tuple[ast.ClassDef, str]] = []  # classes being read, outermost first

    def spec(self) -> Declarations:
        """Declare the spec class and everything in it."""
        self.declare(self.root, {})
        known = {parameter.name for parameter in self.found.parameters}
        for name in self.settings:
            if name not in known and not self.context.diagnostics:
                raise UsageError(f"no parameter named `{name}`{choices(name, sorted(known))}")
        self.check_excluded()
        return self.found

    # --- one instance ---

    def declare(self, instance: Instance, given: dict[str, Static]) -> None:
        self.found.instances.append(instance)
        with self.within(instance.cls, "contains itself"):
            self.class_body(instance, instance.cls, given)
        for name in given:
            if name not in instance.scope:
                raise self.reject(
                    "K022",
                    f"`{instance.cls.node.name}` has no parameter `{name}`",
                    self.scope_of(instance),
                    instance.cls.node,
                )

    def class_body(self, instance: Instance, cls: ClassValue, given: dict[str, Static]) -> None:
        scope = Scope(cls.module, Ref(instance, ()), instance.scope)
        for extra in (*cls.node.decorator_list, *(keyword.value for keyword in cls.node.keywords)):
            text = "a decorator or metaclass of a spec: it would have to be run"
            self.context.report(self.reject("K050", text, scope, extra, "delete it"))
        for base in self.bases(cls):
            self.class_body(instance, base, given)
        self.declared_once(cls)
        for statement in cls.node.body:
            try:
                self.declaration(statement, instance, scope, given)
            except Reject as error:
                self.context.report(error)
                for name in declared_names(statement):
                    instance.broken[name] = error.diagnostic

    def bases(self, cls: ClassValue) -> list[ClassValue]:
        """Return the classes that a class of a spec extends, but for `Spec` and `Block`."""
        found = []
        with self.within(cls, "extends itself"):
            for name in base_names(cls.node):
                if name not in ("Spec", "Block"):
                    base = resolve_global(self.context, cls.module, name, Use(cls.node, cls.module), self.eval)
                    if isinstance(base, ClassValue):
                        self.bases(base)
                        found.append(base)
        return found

    @contextmanager
    def within(self, cls: ClassValue, what: str) -> Iterator[None]:
        """Within: the class is being read; it must not be met again."""
        if (cls.node, what) in self.open:
            text = f"`{cls.node.name}` {what}"
            raise self.context.reject("K014", text, cls.module, cls.node)
        self.open.append((cls.node, what))
        try:
            yield
        finally:
            self.open.pop()

    def declared_once(self, cls: ClassValue) -> None:
        """Report what a class body declares twice: Python would forget the first."""
        seen: set[str] = set()
        for statement in cls.node.body:
            for name in declared_names(statement):
                if name in seen and not is_conditional(statement):
                    text = f"`{name}` is declared twice"
                    self.context.report(self.context.reject("K050", text, cls.module, statement, "rename one"))
                seen.add(name)

    def scope_of(self, instance: Instance) -> Scope:
        return Scope(instance.cls.module, Ref(instance, ()), instance.scope)

    def declaration(self, node: ast.stmt, instance: Instance, scope: Scope, given: dict[str, Static]) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.method(node, instance, scope)
            case ast.Assign(targets=[ast.Name(id="EXPECTED")], value=value):
                self.found.expected = value
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.named(name, value, instance, scope, given, node)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self.named(name, value, instance, scope, given, node)
            case ast.AnnAssign(target=ast.Name(id=name), value=None):
                raise self.reject("K031", f"`{name}` is only annotated", scope, node, f"{name} = Int(0, 9)")
            case ast.Expr(value=ast.Call() as call) if self.eval(call.func, scope) == Builtin("excludes"):
                self.excludes(call, scope)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                raise self.reject(
                    "K050", f"{spelled(node)} in a class body", scope, node, "name = declaration, or a method"
                )

    def named(
        self, name: str, value: ast.expr, instance: Instance, scope: Scope, given: dict[str, Static], node: ast.stmt
    ) -> None:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            word = self.eval(value.func, scope)
            if word == Builtin("actor"):
                self.actor(name, value, instance, scope)
                return
            if word == Builtin("param"):
                instance.scope[name] = self.parameter(name, self.param(value, scope), instance, given, scope, node)
                return
            if isinstance(word, Builtin) and word.name in DEMANDS:
                if (demand := self.demand(word.name, value, instance, scope)) is not None:
                    self.found.properties.append((instance, self.full(instance, name), demand))
                return
        if isinstance(value, ast.Dict | ast.ListComp):
            raise self.reject(
                "K050", "this is no declaration", scope, value, "a type, a block, param(…), actor(…) or progress(…)"
            )
        found = self.eval(value, scope)
        if isinstance(found, Builtin) and found.name in ("Bool", "Actor", "Key"):
            found = TypeValue(self.as_type(found, value, scope))
        if isinstance(found, ClassValue):
            found = BlockType(found, ())
        path = f"{instance.path}.{name}" if instance.path else name
        match found:
            case TypeValue(RecordT("Record", fields)) if name[0].isupper():
                instance.scope[name] = TypeValue(RecordT(path, fields))
            case TypeValue() | BlockType() if name[0].isupper():
                instance.scope[name] = found
            case TypeValue():
                self.variable(path, name, found, instance, scope, node)
            case BlockType():
                self.child(path, name, found, instance, scope, node)
            case _:
                instance.scope[name] = found

    # --- fields and blocks ---

    def variable(
        self, path: str, name: str, declared: TypeValue, instance: Instance, scope: Scope, node: ast.stmt
    ) -> None:
        kind, loc = declared.type, scope.module.loc(node)
        inits = self.inits(declared, scope, node)
        for key in reversed(instance.keys):
            kind = MapT(key, kind)
            self.small(kind, node, scope)
            inits = tuple((value,) * size(key) for value in inits)
        instance.scope[name] = FieldOf(path, kind)
        self.context.variables[path] = Declared(kind, inits, "", loc, keyed=instance.keyed)
        if declared.owner:
            self.context.owners[path] = self.full(instance, declared.owner)

    def inits(self, declared: TypeValue, scope: Scope, node: ast.stmt) -> tuple[Value, ...]:
        kind, init = declared.type, declared.init
        if init is None:
            return (default(kind),)
        if init == Builtin(ANY_VALUE):
            self.few(kind, node, scope)
            return tuple(values(kind))
        target = kind.value if isinstance(kind, MapT) else kind
        value = self.to_expr(init, node, scope, target)
        try:
            constant = constant_of(value)
        except ValueError as error:
            raise self.reject(
                "K033", "an initial value must follow from parameters and constants", scope, node
            ) from error
        whole = (constant,) * size(kind.key) if isinstance(kind, MapT) else constant
        if not contains(kind, whole):
            raise self.reject(
                "K035", f"{show(value.type, constant)} is no {target}", scope, node, "init= one of its values"
            )
        return (whole,)

    def child(self, path: str, name: str, block: BlockType, instance: Instance, scope: Scope, node: ast.stmt) -> None:
        parameters = [target for target, value in self.class_assignments(block.cls) if self.is_param(value, block.cls)]
        given: dict[str, Static] = {}
        for key, value in block.args:
            if key.isdigit() and int(key) >= len(parameters):
                raise self.reject("K022", f"`{block.cls.node.name}` has {len(parameters)} parameters", scope, node)
            given[parameters[int(key)] if key.isdigit() else key] = value
        if name in instance.scope:
            raise self.reject("K050", f"`{name}` is declared twice", scope, node)
        child = Instance(path, block.cls, (*instance.keys, *block.keys), instance, loc=scope.module.loc(node))
        instance.scope[name] = child
        try:
            self.declare(child, given)
        except Reject as error:
            raise Reject(error.diagnostic) from error

    def class_assignments(self, cls: ClassValue) -> list[tuple[str, ast.expr]]:
        found: list[tuple[str, ast.expr]] = []
        for base in self.bases(cls):
            found += self.class_assignments(base)
        for node in cls.node.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found.append((name, value))
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    found.append((name, value))
        return found

    def is_param(self, value: ast.expr, cls: ClassValue) -> bool:
        match value:
            case ast.Call(func=ast.Name() as function):
                return self.eval(function, Scope(cls.module, None)) == Builtin("param")
        return False

    # --- parameters ---

    def param(self, node: ast.Call, scope: Scope) -> ParamDecl:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        default_value = self.eval(keywords["default"], scope) if "default" in keywords else None
        arguments = [self.eval(argument, scope) for argument in node.args]
        unbounded = "unbounded" in keywords and self.boolean(keywords["unbounded"], scope) == TRUE
        if set(keywords) - {"default", "unbounded"} or not arguments:
            raise self.reject(
                "K050",
                "param takes a domain and a default",
                scope,
                node,
                'param(Int(1, 4), default=2), param("a", "b", default="a")',
            )
        domain: Static = arguments[0]
        if all(isinstance(argument, Const) and isinstance(argument.value, str) for argument in arguments):
            members = tuple(str(argument.value) for argument in arguments if isinstance(argument, Const))
            domain = TypeValue(EnumT("Enum(" + ", ".join(f'"{m}"' for m in members) + ")", members))
        elif domain in (Builtin("Bool"), Builtin("Actor")):
            domain = TypeValue(self.as_type(domain, node, scope))
        elif len(arguments) > 1 or is_expr(domain):
            fix = 'param(Int(1, 2), default=1), param("a", "b", default="a")'
            raise self.reject("K050", "a parameter has one domain: a type, or strings", scope, node, fix)
        if isinstance(domain, TypeValue) and not isinstance(domain.type, IntT):
            self.few(domain.type, node, scope)
        if unbounded and not (isinstance(domain, TypeValue) and isinstance(domain.type, IntT)):
            raise self.reject("K050", "only a number can be unbounded", scope, node, "param(Int(1, 8), default=2, …)")
        return ParamDecl(domain, default_value, scope.module.loc(node), unbounded)

    def parameter(
        self, name: str, decl: ParamDecl, instance: Instance, given: dict[str, Static], scope: Scope, node: ast.stmt
    ) -> Static:
        if instance is self.root and isinstance(decl.domain, TypeValue):
            return self.spec_parameter(name, decl, scope, node)
        value = given.get(name, decl.default)
        if value is None:
            fix = f"{instance.cls.node.name}({name}=…)"
            raise Reject(Diagnostic("K022", f"`{instance.path}` needs `{name}`", instance.loc, fix))
        if isinstance(decl.domain, TypeValue):
            return self.to_expr(value, node, scope, decl.domain.type)
        if decl.domain == Builtin("Type") and not isinstance(value, TypeValue):
            return TypeValue(self.as_type(value, node, scope))
        if isinstance(value, Instance):
            return Ref(value)
        if isinstance(value, Function) and instance.parent is not None:
            return Bound(value, Ref(instance.parent, ()))
        return value

    def spec_parameter(self, name: str, decl: ParamDecl, scope: Scope, node: ast.stmt) -> Static:
        assert isinstance(decl.domain, TypeValue)
        kind = decl.domain.type
        if decl.default is None:
            raise self.reject("K050", f"`{name}` needs a default", scope, node, "param(…, default=…)")
        initial = self.to_expr(decl.default, node, scope, kind)
        if not isinstance(initial, Const) or not contains(kind, initial.value):
            raise self.reject("K035", f"the default of `{name}` is not in its domain", scope, node, "one of its values")
        self.found.parameters.append(Parameter(name, kind, initial.value, decl.loc, decl.unbounded))
        if self.settings.get(name) == ANY:
            return self.unbounded_parameter(name, kind, decl)
        value = parse_setting(name, self.settings[name], kind) if name in self.settings else initial.value
        self.context.settings[name] = value
        return Const(value, kind)

    def unbounded_parameter(self, name: str, kind: Type, decl: ParamDecl) -> Static:
        """Return a parameter that is proved for all values from its least on: a variable nobody writes."""
        if not decl.unbounded or not isinstance(kind, IntT):
            raise UsageError(f"{name}={ANY}: the spec does not mark it: param(Int(…), default=…, unbounded=True)")
        unknown = IntT(kind.lo, UNLIMITED, name)
        self.context.settings[name] = ANY
        self.context.unbounded.add(name)
        self.context.variables[name] = Declared(unknown, (), "", decl.loc)
        return Var(name, unknown)

    def excludes(self, node: ast.Call, scope: Scope) -> None:
        if node.args or not node.keywords:
            raise self.reject(
                "K050", "excludes takes parameters by name", scope, node, 'excludes(client="lock", scenario="none")'
            )
        combination: dict[str, Value] = {}
        domains = {parameter.name: parameter.domain for parameter in self.found.parameters}
        for keyword in node.keywords:
            name = keyword.arg or ""
            if name not in domains:
                raise self.reject("K020", f"no parameter `{name}`{suggest(name, domains)}", scope, keyword.value)
            value = self.expr(keyword.value, scope, domains[name])
            combination[name] = value.value if isinstance(value, Const) else None
        self.found.excluded.append((combination, scope.module.loc(node)))

    def check_excluded(self) -> None:
        for combination, _ in self.found.excluded:
            if all(self.context.settings[name] == value for name, value in combination.items()):
                shown = " with ".join(f"{name}={setting_text(value)}" for name, value in combination.items())
                raise UsageError(f"{shown} has no meaning: the spec excludes it")

    # --- actors, functions, properties ---

    def actor(self, name: str, node: ast.Call, instance: Instance, scope: Scope) -> None:
        options = {keyword.arg or "": keyword.value for keyword in node.keywords}
        if node.args or set(options) - {"over", "duty", "finished", "rests"}:
            raise self.reject("K050", "actor takes over=, duty=, finished= and rests=", scope, node)
        over = self.type_of(options["over"], scope) if "over" in options else None
        self.crowd(instance, over, node, scope)
        conditions = {
            key: self.condition_function(options[key], instance, scope)
            for key in ("finished", "rests")
            if key in options
        }
        instance.tasks[name] = Task(
            self.full(instance, name),
            None,
            instance,
            self.duty(options.get("duty"), scope),
            over,
            conditions.get("finished"),
            conditions.get("rests"),
            loc=scope.module.loc(node),
        )
        instance.scope[name] = TaskRef(instance.tasks[name])

    def crowd(self, instance: Instance, over: Type | None, node: ast.AST, scope: Scope) -> None:
        """Refuse more actors than could be told apart."""
        count = prod(size(kind) for kind in (*instance.keys, *([over] if over is not None else [])))
        if count > MAX_ACTORS:
            raise self.reject("K002", f"{count:,} actors", scope, node, f"at most {MAX_ACTORS:,}")

    def duty(self, node: ast.expr | None, scope: Scope) -> Duty:
        if node is None:
            return Duty.OBLIGED
        value = self.eval(node, scope)
        if isinstance(value, Builtin) and value.name in ("obliged", "may", "fault"):
            return Duty(value.name)
        raise self.reject("K050", "a duty is obliged, may or fault", scope, node)

    def strong(self, node: ast.expr | None, scope: Scope) -> bool:
        """Return whether `fair=` asks for strong fairness; weak is the default."""
        if node is None:
            return False
        fair = self.expr(node, scope)
        if not isinstance(fair, Const) or fair.value not in ("weak", "strong"):
            raise self.reject("K050", "fairness is weak or strong", scope, node, 'fair="strong"')
        return fair.value == "strong"

    def full(self, instance: Instance, name: str) -> str:
        return f"{instance.path}.{name}" if instance.path else name

    def method(self, node: ast.FunctionDef | ast.AsyncFunctionDef, instance: Instance, scope: Scope) -> None:
        self.override(node.name, instance)
        kind, call = "helper", None
        if not node.args.args or node.args.posonlyargs or node.args.vararg or node.args.kwarg:
            fix = f"def {node.name}(self, …) with its parameters by name"
            raise self.reject("K050", "a method has `self` and no `*` or `/`", scope, node, fix)
        if len(node.decorator_list) > 1:
            raise self.reject("K050", "several decorators", scope, node.decorator_list[1], "one a method")
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            try:
                word: Static | None = self.eval(called, scope)
            except Reject:
                word = None
            if not isinstance(word, Builtin) or word.name not in METHODS | {"task", "action"}:
                raise self.reject(
                    "K050",
                    f"`{ast.unparse(called)}` is no decorator of the language",
                    scope,
                    decorator,
                    "@task, @action(actor), @awaitable, @invariant, @sometimes, @transition, or none",
                )
            kind, call = word.name, decorator if isinstance(decorator, ast.Call) else None
        keywords = {keyword.arg or "": keyword.value for keyword in call.keywords} if call else {}
        if "when" in keywords:
            wanted = self.boolean(keywords.pop("when"), scope)
            if not isinstance(wanted, Const):
                raise self.reject("K033", "`when` must follow from parameters", scope, node)
            if not wanted.value:
                self.absent(node.name, kind, instance, scope, node)
                return
        if kind == "task":
            self.task(node, keywords, instance, scope)
            return
        options: tuple[tuple[str, Static], ...] = ()
        if kind == "action":
            options = self.action_options(node, call, keywords, scope)
            if isinstance(node, ast.AsyncFunctionDef):
                where = next((item for item in ast.walk(node) if isinstance(item, ast.Await)), node)
                raise self.reject("K041", "an action never waits", scope, where, "write a task, or `require(…)`")
        elif keywords:
            raise self.reject("K050", f"{kind} takes no `{next(iter(keywords))}`", scope, node)
        if kind in METHODS and isinstance(node, ast.AsyncFunctionDef):
            raise self.reject(
                "K050", f"`{node.name}` does not wait: it is not async", scope, node, f"def {node.name}(…)"
            )
        function = Function(node, scope.module, kind, options)
        instance.functions[node.name] = function
        instance.scope.setdefault(node.name, function)
        if kind == "action":
            self.found.actions.append((instance, function))
        elif kind in ("invariant", "sometimes", "transition"):
            self.found.properties.append((instance, self.full(instance, node.name), function))

    def override(self, name: str, instance: Instance) -> None:
        """Forget what a base class declares under the name."""
        found, full = self.found, self.full(instance, name)
        instance.functions.pop(name, None)
        instance.tasks.pop(name, None)
        found.actions = [item for item in found.actions if item[0] is not instance or item[1].name != name]
        found.properties = [item for item in found.properties if item[0] is not instance or item[1] != full]

    def absent(self, name: str, kind: str, instance: Instance, scope: Scope, node: ast.AST) -> None:
        """Remember a task that this parameter set does not have: it is never anywhere, and finished."""
        if kind == "task":
            instance.scope[name] = TaskRef(Task("", None, instance, Duty.OBLIGED, loc=scope.module.loc(node)))

    def task(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        keywords: dict[str, ast.expr],
        instance: Instance,
        scope: Scope,
    ) -> None:
        if not isinstance(node, ast.AsyncFunctionDef):
            raise self.reject(
                "K050", f"the task `{node.name}` is not async", scope, node, f"async def {node.name}(self)"
            )
        if set(keywords) - {"duty", "over", "fair"}:
            raise self.reject("K050", "task takes duty=, over=, fair= and when=", scope, node)
        over = self.type_of(keywords["over"], scope) if "over" in keywords else None
        self.crowd(instance, over, node, scope)
        name = instance.path if node.name == "run" and instance.path else self.full(instance, node.name)
        function = Function(node, scope.module, "task")
        duty, strong = self.duty(keywords.get("duty"), scope), self.strong(keywords.get("fair"), scope)
        task = Task(name, function, instance, duty, over, strong=strong, loc=scope.module.loc(node))
        instance.tasks[node.name] = task
        instance.scope[node.name] = TaskRef(task)

    def action_options(
        self, node: ast.AST, call: ast.Call | None, keywords: dict[str, ast.expr], scope: Scope
    ) -> tuple[tuple[str, Static], ...]:
        if call is None or len(call.args) != 1:
            decorators = getattr(node, "decorator_list", [node])
            raise self.reject(
                "K045", "an action without an actor", scope, decorators[0], "@action(name), with name = actor(…)"
            )
        owner = self.eval(call.args[0], scope)
        if not isinstance(owner, TaskRef):
            raise self.reject("K045", "the owner of an action is an actor", scope, call.args[0], "name = actor(…)")
        options: list[tuple[str, Static]] = [("owner", owner)]
        if "duty" in keywords:
            options.append(("duty", literal(self.duty(keywords.pop("duty"), scope).value)))
        if "fair" in keywords:
            options.append(("fair", Const(self.strong(keywords.pop("fair"), scope), BoolT())))
        if keywords:
            raise self.reject("K050", "action takes an actor, duty= and fair=", scope, node)
        return tuple(options)

    # --- names of a class body ---

    def attribute(self, base: Static, name: str, node: ast.expr, scope: Scope) -> Static:
        if isinstance(base, Instance):
            found = base.scope.get(name)
            if found is None:
                raise self.reject(
                    "K021",
                    f"`{base.path}` has no `{name}`{suggest(name, base.scope)}",
                    scope,
                    node,
                    there_are(base.scope),
                )
            return found
        if isinstance(base, BlockType | ClassValue):
            raise self.reject("K021", "types of a block belong to a field of it", scope, node)
        return super().attribute(base, name, node, scope)


def constant_of(expr: Expr) -> Value:
    """Return the value of a constant expression; ValueError for any other."""
    match expr:
        case Const(constant, _):
            return constant
        case Make(items, kind):
            parts = tuple(map(constant_of, items))
            return frozenset(parts) if isinstance(kind, SetT) else parts
    raise ValueError("it depends on the state")
