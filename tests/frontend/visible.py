"""A spec's source as plain Python of which everything can be seen: where a loop stands, what is kept over an await.

Beside it the values that Python has not: records, which are copied, and owned values, which are moved and dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from types import CodeType
from typing import Any


class Failed(Exception):
    """A step does what must not be done; the kind of finding that is."""


class RecordValue:
    """A record: compared and copied by its fields."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordValue) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


class Owned:
    """A value that cannot be copied, as long as it stays where it is; then it is `empty`. `alive`: all that are not."""

    def __init__(self, value: RecordValue, alive: list[Owned]) -> None:
        self.value = value
        self.empty = False
        self.alive = alive
        alive.append(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.value, name)

    def drop(self) -> None:
        if not self.empty:
            self.empty = True
            self.alive.remove(self)

    def taken(self) -> Owned:
        """Return the value as it is somewhere else."""
        if self.empty:
            raise Failed("ownership")
        self.drop()
        return Owned(self.value, self.alive)

    def __enter__(self) -> Owned:
        return self

    def __exit__(self, *error: object) -> None:
        self.drop()


def copied(value: Any) -> Any:
    return RecordValue(**vars(value)) if isinstance(value, RecordValue) else value


def taken(value: Owned | None) -> Owned:
    if value is None:
        raise Failed("ownership")
    return value.taken()


def taken_from(holder: object, name: str) -> Owned:
    value = taken(getattr(holder, name))
    setattr(holder, name, None)
    return value


def dropped(value: Owned | None) -> None:
    if value is not None:
        value.drop()


def dropped_from(holder: object, name: str) -> None:
    dropped(getattr(holder, name))
    setattr(holder, name, None)


class Going:
    """How far a loop has come: an iterator whose position can be seen. A list is gone through as it is then."""

    def __init__(self, items: Sequence[int]) -> None:
        self.items = items
        self.place = 0

    def __iter__(self) -> Going:
        return self

    def __next__(self) -> int:
        if self.place >= len(self.items):
            raise StopIteration
        self.place += 1
        return self.items[self.place - 1]


class Visible(ast.NodeTransformer):
    """Rewrite a spec so that whatever outlives an await is the value of a name: the same program, step by step."""

    def __init__(self) -> None:
        self.names = 0

    def name(self) -> str:
        self.names += 1
        return f"kept_{self.names}"

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        going = ast.Call(ast.Name("Going", ast.Load()), [node.iter], [])
        node.iter = ast.NamedExpr(ast.Name(self.name(), ast.Store()), going)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        node.value = ast.Call(ast.Name("copied", ast.Load()), [node.value], [])
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("move" | "drop" as word), [ast.Attribute(holder, name)]):
                called = {"move": "taken_from", "drop": "dropped_from"}[word]
                return ast.Call(ast.Name(called, ast.Load()), [holder, ast.Constant(name)], [])
            case ast.Call(ast.Name("move" | "drop" as word), [ast.Name() as local]):
                return ast.Call(ast.Name({"move": "taken", "drop": "dropped"}[word], ast.Load()), [local], [])
            case ast.Call(ast.Name("rest"), [_], [ast.keyword("when", condition) as when]):
                none = ast.arguments([], [], None, [], [], None, [])
                when.value = ast.Lambda(none, condition)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if any(isinstance(part, ast.Await) for part in ast.walk(node.right)):
            node.left = ast.NamedExpr(ast.Name(self.name(), ast.Store()), node.left)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Attribute):
            return self.generic_visit(node)
        read = ast.Attribute(node.target.value, node.target.attr, ast.Load())
        assigned: ast.AST = self.visit(ast.Assign([node.target], ast.BinOp(read, node.op, node.value)))
        return assigned


def compiled(source: str) -> CodeType:
    """Compile the source of a spec for `Run`."""
    return compile(ast.fix_missing_locations(Visible().visit(ast.parse(source))), "<spec>", "exec")
