"""The branches of `first`, `any_of` and `both`: what they are called, what they give, how waits are meant."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from checker.frontend.values import Builtin, Static, is_expr, literal
from checker.ir.domains import BoolT, OptionT, OwnT, Type
from checker.ir.nodes import Duty


@dataclass(frozen=True, slots=True)
class Manner:
    """How a wait is meant: what the wrappers say."""

    name: str = ""
    duty: Duty | None = None
    rests: bool = False
    when: ast.expr | None = None


def called(node: ast.Call) -> str:
    """Return the name of what a branch calls."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def branch_names(node: ast.Call) -> dict[str, ast.expr]:
    """Return the branches by name; one given by position is named after what it calls."""
    names: dict[str, ast.expr] = {}
    for argument in node.args:
        inner = argument
        while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.args:
            if isinstance(inner.args[0], ast.Lambda):
                break
            inner = inner.args[0]
        called = inner.func if isinstance(inner, ast.Call) else inner
        base = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "branch")
        name = base
        while name in names:
            name += "_"
        names[name] = argument
    names |= {keyword.arg or "": keyword.value for keyword in node.keywords}
    return names


def instead_of(callee: Static) -> str:
    """Say what to write instead of a branch that is none."""
    match callee:
        case Builtin("at"):
            return "a branch is called as its keyword says; at(…) goes round the whole select"
        case Builtin("rest"):
            return "rest(…) goes round the whole select"
        case Builtin("first" | "any_of" | "both" as name):
            return f"an async helper that awaits `{name}(…)`"
        case _:
            return "an awaitable or an async helper"


def field_type(value: Static) -> Type:
    """Return the type of a select's field for a branch of this value: Bool without, an Option of it with one."""
    if not is_expr(value) or value == literal(None):
        return BoolT()
    kind = value.type
    return kind if isinstance(kind, OptionT | OwnT) else OptionT(kind)
