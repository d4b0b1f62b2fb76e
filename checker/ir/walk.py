"""The one traversal of expressions and statements; finding, renaming and free names are written on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias, assert_never

from checker.diagnostics import InternalError
from checker.ir.nodes import (
    Action,
    AlwaysEventually,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Eventually,
    Expr,
    Field,
    If,
    Index,
    Invariant,
    LeadsTo,
    Make,
    Old,
    Place,
    Progress,
    Property,
    Sometimes,
    StepProperty,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op

Rewrite: TypeAlias = Callable[[Expr], Expr]


# --- expressions -------------------------------------------------------------------------------


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of `expr`, from the left."""
    match expr:
        case Const() | Var() | Old() | Temp():
            return ()
        case Field(record):
            return (record,)
        case Index(base, index):
            return (base, index)
        case Apply(_, args):
            return args
        case Make(items):
            return items
        case _:
            assert_never(expr)


def map_children(expr: Expr, rewrite: Rewrite) -> Expr:
    """Return `expr` with each direct part replaced by `rewrite(part)`; the same object if none changed."""
    match expr:
        case Const() | Var() | Old() | Temp():
            return expr
        case Field(record, name, kind):
            changed = rewrite(record)
            return expr if changed is record else Field(changed, name, kind)
        case Index(base, index, kind):
            new_base, new_index = rewrite(base), rewrite(index)
            return expr if new_base is base and new_index is index else Index(new_base, new_index, kind)
        case Apply(op, args, kind):
            new_args = tuple(map(rewrite, args))
            return expr if _same(new_args, args) else Apply(op, new_args, kind)
        case Make(items, kind):
            new_items = tuple(map(rewrite, items))
            return expr if _same(new_items, items) else Make(new_items, kind)
        case _:
            assert_never(expr)


def substitute(expr: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """Replace each part of `expr` that is a key of `mapping`, outermost first; what is put in is not searched."""
    if expr in mapping:
        return mapping[expr]
    return map_children(expr, lambda part: substitute(part, mapping))


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield `expr` and all its parts, each before its own parts."""
    pending = [expr]
    while pending:
        part = pending.pop()
        yield part
        pending += children(part)[::-1]


def variables(expr: Expr) -> frozenset[str]:
    """Return the names of the state variables `expr` reads, now (`Var`) or before the step (`Old`)."""
    return frozenset(part.name for part in walk(expr) if isinstance(part, (Var, Old)))


def temps(expr: Expr) -> frozenset[str]:
    """Return the names of the `Temp`s in `expr`."""
    return frozenset(part.name for part in walk(expr) if isinstance(part, Temp))


# --- places ------------------------------------------------------------------------------------


def root(place: Expr) -> Var | Temp:
    """Return the variable or temp that assigning to `place` changes; InternalError if `place` is no place.

    Besides `Field` and `Index` a place may pass through `unwrap`: a field of the record in an Option.
    """
    match place:
        case Var() | Temp():
            return place
        case Field(base) | Index(base) | Apply(Op.UNWRAP, (base,)):
            return root(base)
        case Const() | Old() | Apply() | Make():
            raise InternalError(f"{place} cannot be assigned to")
        case _:
            assert_never(place)


def indices(place: Expr) -> tuple[Expr, ...]:
    """Return the index expressions on the way to `place`, outermost base first."""
    match place:
        case Index(base, index):
            return (*indices(base), index)
        case Field(base) | Apply(Op.UNWRAP, (base,)):
            return indices(base)
        case Const() | Var() | Old() | Temp() | Apply() | Make():
            return ()
        case _:
            assert_never(place)


# --- statements --------------------------------------------------------------------------------


def statements(block: Iterable[Stmt]) -> Iterator[Stmt]:
    """Yield every statement of `block`, nested ones after the `If` they are in."""
    pending = [*block][::-1]
    while pending:
        stmt = pending.pop()
        yield stmt
        match stmt:
            case If(_, then, otherwise):
                pending += otherwise[::-1]
                pending += then[::-1]
            case Assign() | Choose() | Assert():
                pass
            case _:
                assert_never(stmt)


def expressions(stmt: Stmt) -> tuple[Expr, ...]:
    """Return what `stmt` itself evaluates: not its target (but its target's indices), not nested statements."""
    match stmt:
        case Assign(target, value):
            return (value, *indices(target))
        case If(condition):
            return (condition,)
        case Choose(_, options):
            return (options,)
        case Assert(condition):
            return (condition,)
        case _:
            assert_never(stmt)


def written(block: Iterable[Stmt]) -> frozenset[str]:
    """Return the names of the state variables that `block` may assign, wholly or in part."""
    found: set[str] = set()
    pending = list(block)
    while pending:
        stmt = pending.pop()
        match stmt:
            case Assign(target):
                place = root(target)
                if isinstance(place, Var):
                    found.add(place.name)
            case If(_, then, otherwise):
                pending += then
                pending += otherwise
            case Choose() | Assert():
                pass
            case _:
                assert_never(stmt)
    return frozenset(found)


def reads(block: Iterable[Stmt]) -> frozenset[str]:
    """Return the names of the state variables that `block` may read. A partial write of a variable is no read."""
    return frozenset(name for stmt in statements(block) for expr in expressions(stmt) for name in variables(expr))


def action_reads(action: Action) -> frozenset[str]:
    """Return the names of the state variables that the guard or the update of `action` may read."""
    guard = frozenset(name for conjunct in action.guard for name in variables(conjunct.expr))
    return guard | reads(action.update)


def property_reads(prop: Property) -> tuple[Expr, ...]:
    """Return the expressions that `prop` is judged by."""
    match prop:
        case Progress(_, _, to):
            return () if to is None else (to,)
        case LeadsTo(_, left, right):
            return left, right
        case Invariant() | StepProperty() | Sometimes() | Eventually() | AlwaysEventually():
            return (prop.expr,)
        case _:
            assert_never(prop)


def map_expressions(stmt: Stmt, rewrite: Rewrite) -> Stmt:
    """Return `stmt` with each whole expression replaced by `rewrite(expr)`, nested statements and targets included.

    InternalError if `rewrite` turns a target into something that cannot be assigned to.
    """
    match stmt:
        case Assign(target, value):
            new_target, new_value = rewrite(target), rewrite(value)
            unchanged = new_target is target and new_value is value
            return stmt if unchanged else replace(stmt, target=_place(new_target), value=new_value)
        case If(condition, then, otherwise):
            return replace(
                stmt,
                condition=rewrite(condition),
                then=tuple(map_expressions(inner, rewrite) for inner in then),
                otherwise=tuple(map_expressions(inner, rewrite) for inner in otherwise),
            )
        case Choose(target, options):
            new_target = rewrite(target)
            if not isinstance(new_target, Temp):
                raise InternalError(f"{new_target} cannot be chosen")
            return replace(stmt, target=new_target, options=rewrite(options))
        case Assert(condition):
            return replace(stmt, condition=rewrite(condition))
        case _:
            assert_never(stmt)


def _place(expr: Expr) -> Place:
    if not isinstance(expr, (Var, Temp, Field, Index)):
        raise InternalError(f"{expr} cannot be assigned to")
    root(expr)
    return expr


def _same(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> bool:
    return all(a is b for a, b in zip(left, right, strict=True))
