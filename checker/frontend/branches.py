"""The branches of `first`, `any_of` and `both`: what they are called, what they give, how waits are meant."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from checker.frontend.context import DONE, IDLE, START
from checker.frontend.values import Builtin, Static, is_expr, literal
from checker.ir.domains import BoolT, OptionT, OwnT, Type
from checker.ir.nodes import Const, Duty

POINT = re.compile(r"[A-Za-z_][A-Za-z0-9_. -]*")  # what an await point may be called


@dataclass(frozen=True, slots=True)
class Manner:
    """How a wait is meant: what the wrappers say."""

    name: str = ""
    duty: Duty | None = None
    rests: bool = False
    when: ast.expr | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a wrapper."""

    code: str
    text: str
    fix: str


def misnamed(label: Static | None) -> Wrong | None:
    """Tell why `label` cannot be the name of an await point; None if it can."""
    if not (isinstance(label, Const) and isinstance(label.value, str)):
        return Wrong("K022", "`at` takes a name and a wait", 'at("flush", …)')
    if label.value in (START, DONE, IDLE):
        return Wrong("K050", f"`{label.value}` is every task's own point", "another name")
    if not POINT.fullmatch(label.value):
        text = f"`{label.value}` cannot be the name of an await point"
        return Wrong("K022", text, "a word, but not start, done or idle")
    return None


def said_twice(name: str, manner: Manner) -> Wrong | None:
    """Tell why `name` cannot be said of a wait of which `manner` has been said around it; None if it can."""
    match name:
        case "at" if manner.name:
            return Wrong("K052", f"a wait that is called `{manner.name}` is given a second name", "one name")
        case "rest" if manner.rests:
            return Wrong("K052", "a wait is said twice to `rest`", "one `rest`; its conditions joined by `and` or `or`")
        case "may" | "obliged" | "fault" if manner.duty is not None:
            outer = manner.duty.value
            return Wrong("K052", f"one wait is `{outer}` and `{name}`", f"one of them, `{name}(…)` or `{outer}(…)`")
    return None


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
