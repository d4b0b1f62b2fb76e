"""Mistakes in code that the parameter set at hand does not use.

Code under a false condition on parameters is not compiled; what the language has no meaning for is reported
all the same, whatever the parameters are.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator, Sequence

from checker.diagnostics import Diagnostic, suggest
from checker.frontend.awaits import PARTS, Awaits
from checker.frontend.calls import QUANTIFIERS, assigned_names
from checker.frontend.names import OUTSIDE, OUTSIDE_CALLS, PYTHON_WORDS, UNKNOWN_NAME
from checker.frontend.source import Module, base_names
from checker.frontend.wording import OF_ASYNCIO, instead, unknown

_WITHIN = (ast.GeneratorExp, ast.Lambda, ast.Slice)  # judged by what they stand in


def lint(modules: Sequence[Module], spec: ast.ClassDef) -> Iterator[Diagnostic]:
    """Yield what is wrong in the functions of specs and blocks, by its form alone; `spec` is the class to check."""
    names = spec_names(modules)
    for module in modules:
        yield from _classes(module, names)
        if spec in module.tree.body:
            yield from _forgotten(spec, module, modules)


def _forgotten(spec: ast.ClassDef, module: Module, modules: Sequence[Module]) -> Iterator[Diagnostic]:
    """Yield what looks like a task of `spec` and is none, nor named anywhere: a check would pass over it in silence."""
    for function in spec.body:
        if isinstance(function, ast.AsyncFunctionDef) and _looks_like_a_task(function):
            items = (item for one in modules for item in ast.walk(one.tree))
            if not any(function.name in (getattr(item, "attr", ""), getattr(item, "id", "")) for item in items):
                text = f"`{function.name}` is no task, and nobody awaits it"
                yield Diagnostic("K050", text, module.loc(function), "write `@task` above it, or delete it")


def _looks_like_a_task(function: ast.AsyncFunctionDef) -> bool:
    arguments = [argument.arg for argument in function.args.args]
    return not function.decorator_list and arguments in (["self"], ["self", "me"])


def spec_names(modules: Sequence[Module]) -> frozenset[str]:
    """Return the names of `Spec`, `Block` and the classes that extend them: other classes of a file are just Python."""
    classes = [item for module in modules for item in module.tree.body if isinstance(item, ast.ClassDef)]
    names = {"Spec", "Block"}
    while more := {item.name for item in classes if names.intersection(base_names(item))} - names:
        names |= more
    return frozenset(names)


def _classes(module: Module, names: frozenset[str]) -> Iterator[Diagnostic]:
    for item in module.tree.body:
        if isinstance(item, ast.ClassDef) and item.name in names:
            for function in item.body:
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from _forms(function, module)
                    yield from _names(function, module, frozenset())


def _forms(function: ast.AST, module: Module) -> Iterator[Diagnostic]:
    for node in _body(function):
        for inner in ast.walk(node):
            name = type(inner).__name__
            if isinstance(inner, ast.FunctionDef) and inner.name in PARTS:
                continue
            if isinstance(inner, ast.stmt) and not hasattr(Awaits, f"do_{name}"):
                yield Diagnostic("K010", unknown(inner), module.loc(inner), instead(inner))
            elif isinstance(inner, ast.expr) and not isinstance(inner, _WITHIN) and not hasattr(Awaits, f"eval_{name}"):
                yield Diagnostic("K011", unknown(inner), module.loc(inner), instead(inner))


def _body(function: ast.AST) -> list[ast.stmt]:
    body: list[ast.stmt] = getattr(function, "body", [])
    return body


def _names(
    function: ast.FunctionDef | ast.AsyncFunctionDef, module: Module, outer: frozenset[str]
) -> Iterator[Diagnostic]:
    arguments = function.args
    mine = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    bound = outer | mine | assigned_names(function) | {n.name for n in function.body if isinstance(n, ast.FunctionDef)}
    for statement in function.body:
        if isinstance(statement, ast.FunctionDef):
            yield from _names(statement, module, bound)
            continue
        items = list(ast.walk(statement))
        generated = {
            name.id
            for item in items
            if isinstance(item, ast.comprehension)
            for name in ast.walk(item.target)
            if isinstance(name, ast.Name)
        }
        annotations = {id(n) for item in items if isinstance(item, ast.AnnAssign) for n in ast.walk(item.annotation)}
        here = bound | generated
        for item in items:
            if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load) and id(item) not in annotations:
                yield from _name(item, module, here)


def _name(node: ast.Name, module: Module, bound: frozenset[str]) -> Iterator[Diagnostic]:
    name = node.id
    if inspect.isclass(getattr(builtins, name, None)):
        return  # an exception or a Python type: judged by the statement it stands in
    if name in bound or name in module.names or name in PYTHON_WORDS:
        return
    if name in OUTSIDE or name in OUTSIDE_CALLS:
        fix = "use `choose(…)` for what may happen, or delete it"
        yield Diagnostic("K012", f"`{name}` reaches outside the spec", module.loc(node), fix)
    else:
        known = [*bound, *module.names, *QUANTIFIERS]
        fix = OF_ASYNCIO.get(name, UNKNOWN_NAME)
        yield Diagnostic("K020", f"unknown name `{name}`{suggest(name, known)}", module.loc(node), fix)
