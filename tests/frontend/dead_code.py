"""Code without what is never reached: behind a loop that nothing leaves, a jump, a helper that never returns."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Set as AbstractSet


def without_dead_code(body: str, endless: AbstractSet[str]) -> tuple[str, bool]:
    """Return the body of a function without what is never reached, and whether it can end.

    `endless`: the helpers that never return.
    """
    made = ast.parse(textwrap.dedent(body))
    made.body, falls_through = live(made.body, endless)
    return ast.unparse(made), falls_through or any(isinstance(part, ast.Return) for part in ast.walk(made))


def live(statements: list[ast.stmt], endless: AbstractSet[str]) -> tuple[list[ast.stmt], bool]:
    """Return what is reached of statements, which is cut down in place, and whether what follows them is."""
    for place, statement in enumerate(statements):
        if not goes_on(statement, endless):
            return statements[: place + 1], False
    return statements, True


def goes_on(statement: ast.stmt, endless: AbstractSet[str]) -> bool:
    """Tell whether what follows a statement is reached."""
    match statement:
        case ast.Return() | ast.Break() | ast.Continue():
            return False
        case ast.If():
            statement.body, then = live(statement.body, endless)
            statement.orelse, otherwise = live(statement.orelse, endless)
            return then or otherwise
        case ast.While() | ast.For():
            statement.body, _ = live(statement.body, endless)
            return not (isinstance(statement, ast.While) and is_true(statement.test)) or leaves(statement.body)
        case ast.With() | ast.Try():
            statement.body, reached = live(statement.body, endless)
            return reached
        case ast.Match():
            reached = False
            for case in statement.cases:
                case.body, falls = live(case.body, endless)
                reached = reached or falls
            return reached
        case ast.Expr(ast.Await(awaited)) | ast.Assign(value=ast.Await(awaited)):
            return not never(awaited, endless)
    return True


def is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and test.value is True


def leaves(body: list[ast.stmt]) -> bool:
    """Tell whether a `break` in the body of a loop is about this loop."""
    for statement in body:
        match statement:
            case ast.Break():
                return True
            case ast.If(body=then, orelse=otherwise):
                if leaves(then) or leaves(otherwise):
                    return True
            case ast.With(body=inner) | ast.Try(body=inner):
                if leaves(inner):
                    return True
            case ast.Match(cases=cases):
                if any(leaves(case.body) for case in cases):
                    return True
    return False


def never(awaited: ast.expr, endless: AbstractSet[str]) -> bool:
    """Tell whether a wait never ends because of the helpers it is for."""
    match awaited:
        case ast.Call(ast.Attribute(ast.Name("self"), name)):
            return name in endless
        case ast.Call(ast.Name("both"), keywords=branches):
            return any(never(branch.value, endless) for branch in branches)
        case ast.Call(ast.Name("first" | "any_of"), keywords=branches):
            return all(never(branch.value, endless) for branch in branches)
        case ast.Call(ast.Name("at" | "may" | "obliged" | "fault" | "rest"), args):
            return never(args[-1], endless)
    return False
