"""The IR prints itself: deterministic, short, and close to what a spec would say (without `self.`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from checker.ir.domains import MapT, RecordT, SeqT, SetT, show, values
from checker.ir.nodes import (
    FALSE,
    Action,
    Actor,
    AlwaysEventually,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Duty,
    Eventually,
    Expr,
    Fault,
    Field,
    If,
    Index,
    Invariant,
    LeadsTo,
    Make,
    Model,
    Old,
    Progress,
    Property,
    Sometimes,
    StepProperty,
    Stmt,
    Temp,
    Var,
    Variable,
)
from checker.ir.ops import Op

INDENT = "    "

# How tightly each form binds, as in Python: a part is put in parentheses where its own number is not higher.
_TERNARY, _OR, _AND, _NOT, _COMPARE, _UNION, _INTERSECT, _SUM, _PRODUCT, _NEGATIVE, _ATOM = range(11)

_INFIX: dict[Op, tuple[str, int]] = {
    Op.AND: ("and", _AND),
    Op.OR: ("or", _OR),
    Op.EQ: ("==", _COMPARE),
    Op.NE: ("!=", _COMPARE),
    Op.LT: ("<", _COMPARE),
    Op.LE: ("<=", _COMPARE),
    Op.GT: (">", _COMPARE),
    Op.GE: (">=", _COMPARE),
    Op.IN: ("in", _COMPARE),
    Op.SUBSET: ("<=", _COMPARE),
    Op.UNION: ("|", _UNION),
    Op.INTERSECT: ("&", _INTERSECT),
    Op.ADD: ("+", _SUM),
    Op.SUB: ("-", _SUM),
    Op.MINUS: ("-", _SUM),
    Op.MUL: ("*", _PRODUCT),
    Op.DIV: ("//", _PRODUCT),
    Op.MOD: ("%", _PRODUCT),
}
_ASSOCIATIVE = frozenset({Op.AND, Op.OR, Op.UNION, Op.INTERSECT, Op.ADD, Op.MUL})
_EMPTY = {Op.AND: "True", Op.OR: "False"}


def keyed(name: str, places: Sequence[int], keys: Iterable[str]) -> str:
    """Return `name` with each of `keys` in brackets after so many of its letters: `conns[0].gates[1].closed`."""
    for place, key in reversed(list(zip(places, keys, strict=False))):
        name = f"{name[:place]}[{key}]{name[place:]}"
    return name


def placed(variable: str, places: Sequence[int], steps: Sequence[str]) -> str:
    """Return the name of a part of a variable, from its keys and fields on the way there: `conns[0].held[1].guard`."""
    own, rest = steps[: len(places)], steps[len(places) :]
    return keyed(variable, places, (step[1:-1].strip('"') for step in own)) + "".join(rest)


# --- expressions -------------------------------------------------------------------------------


def print_expr(expr: Expr) -> str:
    """Print `expr` in spec syntax: `batches.value is not None and len(socket.s2c) < 1`."""
    return _print(expr)[0]


def _print(expr: Expr) -> tuple[str, int]:
    match expr:
        case Const(value, kind):
            text = show(kind, value)
            return text, _NEGATIVE if text.startswith("-") else _ATOM
        case Var(name) | Temp(name):
            return name, _ATOM
        case Old(name):
            return f"old.{name}", _ATOM
        case Field(record, name):
            return f"{_part(record, _NEGATIVE)}.{name}", _ATOM
        case Index(base, index):
            return f"{_part(base, _NEGATIVE)}[{print_expr(index)}]", _ATOM
        case Apply(op, args):
            return _apply(op, args)
        case Make():
            return _make(expr), _ATOM
        case _:
            assert_never(expr)


def _part(expr: Expr, above: int) -> str:
    text, binding = _print(expr)
    return text if binding > above else f"({text})"


def _list(args: Iterable[Expr]) -> str:
    return ", ".join(map(print_expr, args))


def _apply(op: Op, args: tuple[Expr, ...]) -> tuple[str, int]:
    if op in _INFIX:
        return _infix(op, args)
    match op:
        case Op.NOT:
            return _negation(args[0])
        case Op.ITE:
            condition, then, otherwise = args
            parts = f"{_part(then, _TERNARY)} if {_part(condition, _TERNARY)} else {print_expr(otherwise)}"
            return parts, _TERNARY
        case Op.NEG:
            return f"-{_part(args[0], _PRODUCT)}", _NEGATIVE
        case Op.IS_NONE:
            return f"{_part(args[0], _COMPARE)} is None", _COMPARE
        case Op.UNWRAP:  # a spec unwraps by using the value
            return _print(args[0])
        case Op.APPEND:
            return f"{_part(args[0], _UNION)} + [{print_expr(args[1])}]", _SUM
        case Op.TAIL:
            return f"{_part(args[0], _NEGATIVE)}[1:]", _ATOM
        case _:
            return f"{op.symbol}({_list(args)})", _ATOM


def _infix(op: Op, args: tuple[Expr, ...]) -> tuple[str, int]:
    symbol, binding = _INFIX[op]
    if len(args) < 2:
        return _print(args[0]) if args else (_EMPTY.get(op, f"{symbol}()"), _ATOM)
    below = binding - 1 if op in _ASSOCIATIVE or binding in (_SUM, _PRODUCT) else binding
    first = _part(args[0], below)
    rest = (_part(arg, binding if op not in _ASSOCIATIVE else below) for arg in args[1:])
    return f" {symbol} ".join([first, *rest]), binding


def _negation(arg: Expr) -> tuple[str, int]:
    match arg:
        case Apply(Op.IS_NONE, (option,)):
            return f"{_part(option, _COMPARE)} is not None", _COMPARE
        case Apply(Op.IN, (item, items)):
            return f"{_part(item, _COMPARE)} not in {_part(items, _COMPARE)}", _COMPARE
        case _:
            return f"not {_part(arg, _AND)}", _NOT


def _make(expr: Make) -> str:
    match expr.type:
        case RecordT(name, fields):
            pairs = (f"{field}={print_expr(item)}" for (field, _), item in zip(fields, expr.items, strict=True))
            return f"{name}({', '.join(pairs)})"
        case MapT(key, _):
            keys = (show(key, value) for value in values(key))
            entries = (f"{k}: {print_expr(item)}" for k, item in zip(keys, expr.items, strict=True))
            return "{" + ", ".join(entries) + "}"
        case SetT():
            return "{" + _list(expr.items) + "}"
        case SeqT():
            return f"[{_list(expr.items)}]"
        case _:
            return f"{expr.type}({_list(expr.items)})"


# --- statements --------------------------------------------------------------------------------


def print_stmt(stmt: Stmt) -> str:
    """Print `stmt`, on several lines if it is an `If`; without a newline at the end."""
    return "\n".join(_stmt_lines(stmt))


def _stmt_lines(stmt: Stmt) -> list[str]:
    match stmt:
        case Assign():
            return [_assign(stmt)]
        case If(condition, then, otherwise):
            lines = [f"if {print_expr(condition)}:", *_block(then)]
            return [*lines, "else:", *_block(otherwise)] if otherwise else lines
        case Choose(target, options):
            return [f"{target.name} = choose({print_expr(options)})"]
        case Assert(condition, message, fault):
            note = "" if fault is Fault.ASSERTION else f"  # {fault.value}"
            return [f'assert {print_expr(condition)}, "{message}"{note}']
        case _:
            assert_never(stmt)


def _block(block: tuple[Stmt, ...]) -> list[str]:
    lines = [line for stmt in block for line in _stmt_lines(stmt)]
    return [INDENT + line for line in lines or ["pass"]]


def _assign(stmt: Assign) -> str:
    target = print_expr(stmt.target)
    match stmt.value:
        case Apply(Op.ADD | Op.SUB as op, (left, right)) if left == stmt.target:
            return f"{target} {op.symbol}= {print_expr(right)}"
        case Apply(Op.APPEND | Op.REMOVE as op, (left, right)) if left == stmt.target:
            return f"{target}.{op.symbol}({print_expr(right)})"
        case Apply(Op.TAIL, (left,)) if left == stmt.target:
            return f"{target}.pop(0)"
        case _:
            return f"{target} = {print_expr(stmt.value)}"


# --- actions and models ------------------------------------------------------------------------


def print_action(action: Action) -> str:
    """Print `action` as a spec would declare it, one `require` a conjunct; without a newline at the end."""
    duty = action.duty.value + (", strongly fair" if action.strong else "")
    moves = f" with {', '.join(action.participants)}" if action.participants else ""
    point = f" leaving {action.point}" if action.point else ""
    lines = [f"action {action.name} of {action.owner}{moves} ({duty}){point}:"]
    for conjunct in action.guard:
        note = " ".join(filter(None, ["location" if conjunct.location else "", conjunct.resource]))
        held = f" held in {conjunct.held_in}" if conjunct.held_in else ""
        comment = f"  # {note}{held}" if note or held else ""
        lines.append(f"{INDENT}require({print_expr(conjunct.expr)}){comment}")
    lines += [INDENT + line for stmt in action.update for line in _stmt_lines(stmt)]
    return "\n".join(lines)


def print_model(model: Model) -> str:
    """Print the whole of `model`; ends in a newline."""
    settings = ", ".join(f"{name}={value!r}" for name, value in model.params)
    parts = [f"model {model.name}({settings})\n"]
    parts += ["\n".join(map(_variable, model.variables)), "\n".join(map(_actor, model.actors))]
    parts += map(print_action, model.actions)
    parts += map(_property, model.properties)
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _variable(variable: Variable) -> str:
    inits = " | ".join(show(variable.type, value) for value in variable.inits) or "any value"
    owner = f"  # of {variable.owner}" if variable.owner else ""
    return f"{variable.name}: {variable.type} = {inits}{owner}"


def _actor(actor: Actor) -> str:
    parts = [f"actor {actor.name}: {actor.duty.value}" if actor.duty is not Duty.OBLIGED else f"actor {actor.name}"]
    if actor.parent:
        parts.append(f"branch of {actor.parent}")
    if actor.finished != FALSE:
        parts.append(f"finished when {print_expr(actor.finished)}")
    if actor.resting != FALSE:
        parts.append(f"rests when {print_expr(actor.resting)}")
    return ", ".join(parts)


def _property(prop: Property) -> str:
    match prop:
        case Invariant(name, expr):
            return f"invariant {name}: {print_expr(expr)}"
        case StepProperty(name, expr):
            return f"transition {name}: {print_expr(expr)}"
        case Sometimes(name, expr):
            return f"sometimes {name}: {print_expr(expr)}"
        case Progress(name, actor, to):
            return f"progress {name}: {actor}" + ("" if to is None else f" to {print_expr(to)}")
        case LeadsTo(name, left, right):
            return f"leads_to {name}: {print_expr(left)} leads to {print_expr(right)}"
        case Eventually(name, expr):
            return f"eventually {name}: {print_expr(expr)}"
        case AlwaysEventually(name, expr):
            return f"always_eventually {name}: {print_expr(expr)}"
        case _:
            assert_never(prop)
