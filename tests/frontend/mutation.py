"""Random mistakes in spec files: what a hasty or hostile author might write."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable

BINARY = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.Div, ast.Pow, ast.BitOr, ast.BitAnd, ast.LShift)
COMPARE = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot)
CONSTANTS = (0, 1, -1, 2, 7, 10**9, True, None, "x", "", 1.5, b"", ...)
WORDS = (
    *("self", "me", "old", "Int", "Bool", "Own", "Record", "Actor", "move", "own", "owned", "drop", "choose", "first"),
    *("any_of", "until", "both", "step", "rest", "any", "all", "sum", "len", "count", "range", "print", "int"),
)
DECORATORS = ("task", "action", "awaitable", "invariant", "sometimes", "transition", "staticmethod")


def mutate(text: str, rng: random.Random) -> str:
    """Return the source with one to three mistakes in it; most of the time still Python."""
    if rng.random() < 0.1:
        return characters(text, rng)
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            return characters(text, rng)  # `unparse` wants its parts as they are
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(MUTATIONS)(tree, rng)
    return ast.unparse(ast.fix_missing_locations(tree))


def characters(text: str, rng: random.Random) -> str:
    """Return the text with some of its characters gone or doubled."""
    start = rng.randrange(len(text))
    end = min(len(text), start + rng.choice((1, 2, 5, 40)))
    return text[:start] + text[start:end] * rng.choice((0, 2)) + text[end:]


def blocks(tree: ast.Module) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for node in ast.walk(tree) for name in ("body", "orelse", "finalbody")]
    return [block for block in found if isinstance(block, list) and block]


def rearrange(tree: ast.Module, rng: random.Random) -> None:
    """Delete, double, swap or move a statement."""
    block, other = rng.choice(blocks(tree)), rng.choice(blocks(tree))
    at, place = rng.randrange(len(block)), rng.randrange(len(block))
    match rng.randrange(4):
        case 0:
            block[at : at + 1] = [] if len(block) > 1 else [ast.Pass()]
        case 1:
            block.insert(at, copy.deepcopy(block[at]))
        case 2:
            block[at], block[place] = block[place], block[at]
        case _:
            other.insert(rng.randrange(len(other) + 1), copy.deepcopy(block[at]))


def insert(tree: ast.Module, rng: random.Random) -> None:
    """Put a statement into, or around, another."""
    block = rng.choice(blocks(tree))
    at = rng.randrange(len(block))
    inner = copy.deepcopy(block[at])
    expr = copy.deepcopy(any_expression(tree, rng))
    name = rng.choice(names(tree))
    made: tuple[ast.stmt, ...] = (
        ast.If(expr, [inner], []),
        ast.While(expr, [inner], []),
        ast.For(ast.Name(name, ast.Store()), expr, [inner], []),
        ast.With([ast.withitem(expr, ast.Name(name, ast.Store()))], [inner]),
        ast.Try([inner], [], [], [copy.deepcopy(rng.choice(rng.choice(blocks(tree))))]),
        ast.Assign([ast.Name(name, ast.Store())], expr),
        ast.AugAssign(ast.Name(name, ast.Store()), ast.Add(), expr),
        ast.Expr(expr),
        ast.Return(expr),
        ast.Return(None),
        ast.Break(),
        ast.Continue(),
        ast.Assert(expr),
    )
    chosen = rng.choice(made)
    if isinstance(chosen, ast.If | ast.While | ast.For | ast.With | ast.Try):
        block[at] = chosen
    else:
        block.insert(at, chosen)


def names(tree: ast.Module) -> list[str]:
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return [*sorted(found), *WORDS]


def expressions(tree: ast.Module) -> list[ast.expr]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.expr)]


def any_expression(tree: ast.Module, rng: random.Random) -> ast.expr:
    return rng.choice(expressions(tree) or [ast.Constant(1)])


class Replace(ast.NodeTransformer):
    """Puts `new` where `old` stands."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old = old
        self.new = new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.old:
            return self.new
        self.generic_visit(node)
        return node


def splice(tree: ast.Module, rng: random.Random) -> None:
    """Replace an expression by another one of the file, or by something made of it."""
    old = any_expression(tree, rng)
    if isinstance(getattr(old, "ctx", None), ast.Store):
        return
    mine = copy.deepcopy(old)
    other = copy.deepcopy(any_expression(tree, rng))
    clause = ast.comprehension(ast.Name(rng.choice(names(tree)), ast.Store()), other, [], 0)
    made: tuple[ast.expr, ...] = (
        other,
        other,
        other,
        ast.Await(mine),
        ast.Call(mine, [], []),
        ast.Call(mine, [other], []),
        ast.Call(ast.Name(rng.choice(names(tree)), ast.Load()), [mine], []),
        ast.BinOp(mine, rng.choice(BINARY)(), other),
        ast.Compare(mine, [rng.choice(COMPARE)()], [other]),
        ast.BoolOp(rng.choice((ast.And, ast.Or))(), [mine, other]),
        ast.UnaryOp(rng.choice((ast.Not, ast.USub, ast.Invert, ast.UAdd))(), mine),
        ast.IfExp(mine, other, copy.deepcopy(mine)),
        ast.GeneratorExp(mine, [clause]),
        ast.Tuple([mine, other], ast.Load()),
        ast.Subscript(mine, other, ast.Load()),
        ast.Attribute(mine, rng.choice(names(tree)), ast.Load()),
        ast.Lambda(ast.arguments([], [], None, [], [], None, []), mine),
        ast.Constant(rng.choice(CONSTANTS)),
    )
    Replace(old, rng.choice(made)).visit(tree)


def rename(tree: ast.Module, rng: random.Random) -> None:
    """Change a name, an attribute, a keyword, a parameter or what a function or class is called."""
    kinds = (ast.Name, ast.Attribute, ast.keyword, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    kind = rng.choice(kinds)
    found = [node for node in ast.walk(tree) if isinstance(node, kind)]
    if found:
        slot = {ast.Name: "id", ast.Attribute: "attr", ast.keyword: "arg", ast.arg: "arg"}.get(kind, "name")
        setattr(rng.choice(found), slot, rng.choice(names(tree)))


def operators(tree: ast.Module, rng: random.Random) -> None:
    """Change an operator or a constant."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.BinOp | ast.AugAssign | ast.Compare | ast.Constant)]
    match rng.choice(found or [None]):
        case ast.BinOp() | ast.AugAssign() as node:
            node.op = rng.choice(BINARY)()
        case ast.Compare() as node:
            node.ops[0] = rng.choice(COMPARE)()
        case ast.Constant() as node:
            node.value = rng.choice(CONSTANTS)


def calls(tree: ast.Module, rng: random.Random) -> None:
    """Change how many arguments a call or a function has."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Call | ast.arguments)]
    match rng.choice(found or [None]):
        case ast.Call() as node:
            parts: list[list[ast.expr] | list[ast.keyword]] = [node.args, node.keywords]
            part = rng.choice(parts)
            if part and rng.random() < 0.7:
                del part[rng.randrange(len(part))]
            else:
                node.args.insert(0, copy.deepcopy(any_expression(tree, rng)))
        case ast.arguments() as node:
            if node.args and rng.random() < 0.7:
                del node.args[rng.randrange(len(node.args))]
                node.defaults = node.defaults[: len(node.args)]
            else:
                node.args.append(ast.arg(rng.choice(names(tree))))


def colours(tree: ast.Module, rng: random.Random) -> None:
    """Drop an await, make a function async or not, change a decorator."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Await | ast.FunctionDef | ast.AsyncFunctionDef)]
    node = rng.choice(found or [None])
    match node:
        case ast.Await(value=value):
            Replace(node, value).visit(tree)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            match rng.randrange(4):
                case 0:
                    node.decorator_list = []
                case 1:
                    node.decorator_list.append(ast.Name(rng.choice(DECORATORS), ast.Load()))
                case 2:
                    node.decorator_list = [ast.Name(rng.choice(DECORATORS), ast.Load())]
                case _:
                    other = ast.AsyncFunctionDef if isinstance(node, ast.FunctionDef) else ast.FunctionDef
                    Replace(node, other(node.name, node.args, node.body, node.decorator_list)).visit(tree)


MUTATIONS: tuple[Callable[[ast.Module, random.Random], None], ...] = (
    rearrange,
    insert,
    splice,
    splice,
    rename,
    operators,
    calls,
    colours,
)
