"""Names that are not local: module constants, classes, imports, the words of the language."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from checker.diagnostics import suggest
from checker.frontend.context import Context
from checker.frontend.source import VOCABULARY, Module
from checker.frontend.values import Builtin, ClassValue, Function, Scope, Static
from checker.frontend.wording import NOT_RUN, OF_ASYNCIO, RUNTIMES, there_are

Evaluate: TypeAlias = Callable[[ast.expr, Scope], Static]

TYPE_WORDS = frozenset(
    {"Bool", "Int", "Enum", "Option", "Record", "Map", "Set", "Seq", "Own", "Actor", "Key", "Type", "Function"}
)
WORDS = TYPE_WORDS | frozenset(
    {
        "Spec", "Block", "param", "excludes", "Expect", "actor", "action", "task", "awaitable", "wait", "invariant",
        "sometimes", "transition", "progress", "leads_to", "eventually", "always_eventually",
        "require", "participant", "choose", "move", "drop", "own", "owned",
        "me", "step",
        "first", "until", "any_of", "both", "rest", "may", "obliged", "fault", "at", "count", "any_value",
    }
)  # fmt: skip
PYTHON_WORDS = frozenset({"len", "min", "max", "sum", "any", "all", "range"})
OUTSIDE = frozenset(
    {"random", "time", "datetime", "os", "sys", "io", "socket", "subprocess", "threading", "secrets", "uuid", "pathlib"}
)
OUTSIDE_CALLS = frozenset(
    {"print", "open", "input", "id", "hash", "exec", "eval", "compile", "globals", "locals", "__import__"}
)
UNKNOWN_NAME = "a field is `self.name`; anything else is assigned before, or imported"
IGNORED_MODULES = frozenset({"typing", "__future__", "collections.abc", "typing_extensions"})


@dataclass(frozen=True, slots=True)
class Use:
    """Where a name is used, for messages about it."""

    node: ast.AST
    module: Module


def is_global(module: Module, name: str) -> bool:
    """Tell whether a name means something in every function of `module`: there, or in Python."""
    return name in module.names or name in PYTHON_WORDS


def resolve_global(context: Context, module: Module, name: str, use: Use, evaluate: Evaluate) -> Static:
    """Return what a module-level name of `module` stands for; `evaluate` evaluates a constant's right side."""
    node, user = use.node, use.module
    statement = module.names.get(name)
    match statement:
        case None:
            return _word(context, module, name, node, user)
        case ast.ImportFrom():
            return _imported(context, module, statement, name, evaluate)
        case ast.Import() if name in RUNTIMES:
            raise context.reject("K011", f"`{name}` runs programs: a spec says what they wait for", user, node, NOT_RUN)
        case ast.Import():
            outside = name in OUTSIDE
            raise context.reject(
                "K012" if outside else "K011",
                f"`{name}` is a module: a spec {'has no outside world' if outside else 'imports names, not modules'}",
                user, node, "use `choose(…)` for what may happen" if outside else "write `from … import …`",
            )  # fmt: skip
        case ast.ClassDef():
            return ClassValue(statement, module)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return Function(statement, module)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _constant(context, module, name, value, use, evaluate)
    raise context.reject("K020", f"`{name}` has no value at module level", user, node)


def _word(context: Context, module: Module, name: str, node: ast.AST, user: Module) -> Static:
    if name in PYTHON_WORDS:
        return Builtin(name)
    if name in OUTSIDE or name in OUTSIDE_CALLS:
        raise context.reject(
            "K012",
            f"`{name}` reaches outside the spec",
            user,
            node,
            "use `choose(…)` for what may happen, or delete it",
        )
    if name in WORDS:
        raise context.reject("K020", f"`{name}` is not imported", user, node, f"from model import {name}")
    text = f"unknown name `{name}`{suggest(name, [*module.names, *PYTHON_WORDS])}"
    raise context.reject("K020", text, user, node, OF_ASYNCIO.get(name, UNKNOWN_NAME))


def _imported(context: Context, module: Module, statement: ast.ImportFrom, name: str, evaluate: Evaluate) -> Static:
    original = next(alias.name for alias in statement.names if (alias.asname or alias.name) == name)
    if statement.module == VOCABULARY and statement.level == 0 and original in WORDS:
        return Builtin(original)
    top = (statement.module or "").split(".")[0]
    if statement.module in IGNORED_MODULES:
        return Builtin(f"typing.{original}")
    if top in OUTSIDE and statement.level == 0:
        raise context.reject(
            "K012", f"`{top}` reaches outside the spec", module, statement, "use `choose(…)` for what may happen"
        )
    if top in RUNTIMES and statement.level == 0:
        text = f"`{top}` runs programs: a spec says what they wait for"
        raise context.reject("K011", text, module, statement, OF_ASYNCIO.get(original, NOT_RUN))
    source = context.library.find(module, statement)
    if source is None:
        raise context.reject(
            "K004",
            f"no source found for `{'.' * statement.level}{statement.module or ''}`",
            module,
            statement,
            "a file beside the spec, or in a folder above it; installed packages are not read",
        )
    if original not in source.names and statement.module == VOCABULARY:
        text = f"`{original}` is no word of the language{suggest(original, WORDS)}"
        raise context.reject("K004", text, module, statement, _elsewhere(source, original))
    if original not in source.names:
        raise context.reject(
            "K004",
            f"`{original}` is not in {source.shown}{suggest(original, source.names)}",
            module,
            statement,
            there_are(n for n, found in source.names.items() if not isinstance(found, ast.Import | ast.ImportFrom)),
        )
    if statement in context.evaluating:
        raise context.reject("K014", f"`{name}` is imported from itself", module, statement)
    context.evaluating.append(statement)
    try:
        return resolve_global(context, source, original, Use(statement, module), evaluate)
    finally:
        context.evaluating.pop()


def _elsewhere(package: Module, name: str) -> str:
    """Say which module beside the vocabulary has the block `name`; if none has, where to look."""
    for path in sorted(package.path.parent.glob("*.py")):
        if re.search(rf"^class {re.escape(name)}\b", path.read_text(encoding="utf-8"), re.MULTILINE):
            return f"from {VOCABULARY}.{path.stem} import {name}"
    return "blocks have modules of their own: `from model.channel import Channel`; the words are in docs/language.md"


def _constant(context: Context, module: Module, name: str, value: ast.expr, use: Use, evaluate: Evaluate) -> Static:
    if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        fix = f"make it a tuple, or a field: `{name} = Seq(…)` in the spec"
        raise context.reject("K013", f"`{name}` is a mutable global", use.module, use.node, fix)
    if value in context.evaluating:
        raise context.reject("K014", f"`{name}` is defined by itself", use.module, use.node)
    context.evaluating.append(value)
    try:
        return evaluate(value, Scope(module, None))
    finally:
        context.evaluating.pop()
