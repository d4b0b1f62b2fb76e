"""What is waited for: awaitables, conditions, branches."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from checker.frontend.places import Activity
from checker.frontend.values import Bound, Function, Scope, Static
from checker.ir.nodes import Stmt, Var
from checker.loc import NOWHERE, Loc

UNTIL = "until"


@dataclass(frozen=True, eq=False, slots=True)
class Arm:
    """One awaitable being waited for: its parts and the variables that carry its parameters."""

    bound: Bound
    parts: dict[str, ast.FunctionDef]
    scope: Scope
    carried: tuple[Var, ...]
    node: ast.AST

    @property
    def is_condition(self) -> bool:
        """Is it a condition, written where it is waited for, and no block's?"""
        return self.bound.enclosed is not None

    @property
    def point(self) -> str:
        path = self.bound.self_ref.path if self.bound.self_ref and not self.is_condition else ""
        return ".".join(part for part in (path, self.bound.function.name) if part)

    @property
    def resource(self) -> str:
        if self.is_condition:
            return ""
        path = self.bound.self_ref.path_in_a_state if self.bound.self_ref else ""
        return ".".join(part for part in (path, self.bound.function.name) if part)


@dataclass(frozen=True, eq=False, slots=True)
class Reached:
    """An awaitable that is called and not yet waited for: its arguments are where they are carried."""

    bound: Bound
    scope: Scope
    carried: list[Var]
    node: ast.AST


@dataclass(eq=False, slots=True)
class BranchOf:
    """A branch that runs as an activity of its own."""

    name: str
    activity: Activity
    result: Static
    drop: tuple[Stmt, ...] = ()
    resource: str = ""
    loc: Loc = NOWHERE


def condition_of(node: ast.Call, scope: Scope) -> tuple[Bound, ast.Call] | None:
    """Return `until(lambda: condition)` as an awaitable that is ready when the condition holds, and a call of it.

    None if there is no such condition.
    """
    match node:
        case ast.Call(args=[ast.Lambda(args=arguments, body=body)], keywords=[]) if not ast.unparse(arguments):
            result = ast.copy_location(ast.Return(body), body)
            none = ast.arguments([], [], None, [], [], None, [])
            ready = ast.copy_location(ast.FunctionDef("ready", none, [result], [], None, None), body)
            made = ast.copy_location(ast.FunctionDef(UNTIL, none, [ready], [], None, None), node)
            call = ast.copy_location(ast.Call(node.func, [], []), node)
            return Bound(Function(made, scope.module, "awaitable"), scope.self_ref, scope), call
    return None
