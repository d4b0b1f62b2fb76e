"""Expressions as Python text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from checker.backends.text.emitter import Emitter
from checker.diagnostics import InternalError
from checker.ir.domains import BoolT, IntT, MapT, RecordT, SetT, Type, contains, ordinal
from checker.ir.nodes import Apply, Const, Expr, Field, Index, Make, Old, Temp, Var
from checker.ir.ops import Op
from checker.ir.subtypes import covers, natural
from checker.loc import Loc

_ATOM = re.compile(r"\d+|[^\W\d]\w*(\[\w+\])*")


@dataclass(slots=True)
class Scope:
    """The local names that hold variables and temps at one point of the text, and what a failure there points at."""

    emitter: Emitter
    loc: Loc
    variables: Mapping[str, str]
    old: Mapping[str, str] = field(default_factory=dict)
    temps: dict[str, str] = field(default_factory=dict)
    can_fail: bool = False

    def undefined(self, expr: Expr) -> str:
        """Return the call that reports `expr` as having no value."""
        self.can_fail = True
        return f"undefined({self.emitter.site(expr, self.loc)})"


def atom(text: str) -> str:
    """Put parentheses around `text` unless it is a name, a number or an element of something named."""
    return text if _ATOM.fullmatch(text) else f"({text})"


def emit(expr: Expr, scope: Scope) -> str:
    """Return `expr` as one Python expression; not in parentheses at the top."""
    match expr:
        case Const(value):
            return scope.emitter.literal(value)
        case Var(name):
            return scope.variables[name]
        case Old(name):
            return scope.old[name]
        case Temp(name):
            return scope.temps[name]
        case Field(record, name):
            return f"{_operand(record, scope)}[{field_position(record.type, name)}]"
        case Index():
            return _index(expr, scope)
        case Apply():
            return TEXT[expr.op](expr, scope)
        case Make(items, kind):
            parts = f"({''.join(emit(item, scope) + ', ' for item in items)})"
            return f"frozenset({parts})" if isinstance(kind, SetT) else parts
        case _:
            assert_never(expr)


def _operand(expr: Expr, scope: Scope) -> str:
    text = emit(expr, scope)
    match expr:
        case Var() | Old() | Temp() | Field() | Make():
            return text
        case Const():
            return f"({text})" if text.startswith("-") else text
        case Apply() | Index():
            return atom(text)
        case _:
            assert_never(expr)


# --- parts -------------------------------------------------------------------------------------


def field_position(kind: Type, name: str) -> int:
    """Return where in the tuple of a record of type `kind` the field `name` is."""
    if not isinstance(kind, RecordT):
        raise InternalError(f"{kind} is no record")
    return kind.position(name)


def map_position(kind: MapT, index: Expr, scope: Scope) -> tuple[str, str]:
    """Return (text of the position of key `index`, test that it is a key or "" if it must be one).

    The test comes first and binds what the position uses.
    """
    if isinstance(index, Const) and contains(kind.key, index.value):
        return str(ordinal(kind.key, index.value)), ""
    text = emit(index, scope)
    test = ""
    if not covers(kind.key, natural(index)):
        bound = scope.emitter.scratch("key")
        test = _membership(kind.key, f"({bound} := {text})", scope)
        text = bound
    match kind.key:
        case IntT(lo):
            return (text if lo == 0 else f"{atom(text)} - {lo}" if lo > 0 else f"{atom(text)} + {-lo}"), test
        case BoolT():
            return text, test
        case _:
            return f"{scope.emitter.ordinals(kind.key)}[{text}]", test


def _membership(kind: Type, text: str, scope: Scope) -> str:
    if isinstance(kind, IntT):
        return f"{kind.lo} <= {text} <= {kind.hi}"
    return f"contains({scope.emitter.type_object(kind)}, {text})"


def _index(expr: Index, scope: Scope) -> str:
    if isinstance(expr.base.type, MapT):
        base = _operand(expr.base, scope)
        bound = ""
        if not base.isidentifier():
            bound = scope.emitter.scratch("items")
        position, test = map_position(expr.base.type, expr.index, scope)
        if not test:
            return f"{base}[{position}]"
        if bound:  # the base is evaluated before the key
            return f"({bound}[{position}] if (({bound} := {base}),) and {test} else {scope.undefined(expr)})"
        return f"({base}[{position}] if {test} else {scope.undefined(expr)})"
    return _item(expr, scope)


def _item(expr: Index, scope: Scope) -> str:
    """An item of a Seq, by position."""
    base = emit(expr.base, scope)
    first, again = base, base
    if not base.isidentifier():
        again = scope.emitter.scratch("items")
        first = f"({again} := {base})"
    if isinstance(expr.index, Const):
        place = expr.index.value
        assert isinstance(place, int)
        test = first if place == 0 else f"len({first}) > {place} >= 0"
        return f"({again}[{place}] if {test} else {scope.undefined(expr)})"
    index = emit(expr.index, scope)
    place_first, place_again = index, index
    if not index.isidentifier():
        place_again = scope.emitter.scratch("place")
        place_first = f"({place_again} := {index})"
    test = f"len({first}) > {place_first} >= 0"
    return f"({again}[{place_again}] if {test} else {scope.undefined(expr)})"


# --- operators ---------------------------------------------------------------------------------


Builder = Callable[[Apply, Scope], str]


def _infix(symbol: str, *, empty: str = "") -> Builder:
    def build(expr: Apply, scope: Scope) -> str:
        return f" {symbol} ".join(_operand(arg, scope) for arg in expr.args) or empty

    return build


def _call(name: str) -> Builder:
    def build(expr: Apply, scope: Scope) -> str:
        return f"{name}({', '.join(emit(arg, scope) for arg in expr.args)})"

    return build


def _extreme(name: str) -> Builder:
    def build(expr: Apply, scope: Scope) -> str:
        return f"{name}(({''.join(emit(arg, scope) + ', ' for arg in expr.args)}))"

    return build


def _not(expr: Apply, scope: Scope) -> str:
    (arg,) = expr.args
    match arg:
        case Apply(Op.IS_NONE, (option,)):
            return f"{_operand(option, scope)} is not None"
        case Apply(Op.IN, (item, items)):
            return f"{_operand(item, scope)} not in {_operand(items, scope)}"
        case _:
            return f"not {_operand(arg, scope)}"


def _if(expr: Apply, scope: Scope) -> str:
    condition, then, otherwise = (_operand(arg, scope) for arg in expr.args)
    return f"{then} if {condition} else {otherwise}"


def _division(symbol: str) -> Builder:
    def build(expr: Apply, scope: Scope) -> str:
        left, right = expr.args
        divisor = natural(right)
        if isinstance(divisor, IntT) and not divisor.lo <= 0 <= divisor.hi:
            return f"{_operand(left, scope)} {symbol} {_operand(right, scope)}"
        dividend, by = scope.emitter.scratch("dividend"), scope.emitter.scratch("divisor")
        bound = f"(({dividend} := {emit(left, scope)}),) and ({by} := {emit(right, scope)})"
        return f"{dividend} {symbol} {by} if {bound} else {scope.undefined(expr)}"

    return build


def _count(expr: Apply, scope: Scope) -> str:
    # The sign makes a number of a lone bool.
    return "+" + " + ".join(_operand(arg, scope) for arg in expr.args) if expr.args else "0"


def _unwrap(expr: Apply, scope: Scope) -> str:
    option = emit(expr.args[0], scope)
    first, again = option, option
    if not option.isidentifier():
        again = scope.emitter.scratch("value")
        first = f"({again} := {option})"
    return f"{again} if {first} is not None else {scope.undefined(expr)}"


def _is_none(expr: Apply, scope: Scope) -> str:
    return f"{_operand(expr.args[0], scope)} is None"


def _append(expr: Apply, scope: Scope) -> str:
    items, item = expr.args
    return f"{_operand(items, scope)} + ({emit(item, scope)},)"


def _tail(expr: Apply, scope: Scope) -> str:
    items = emit(expr.args[0], scope)
    first, again = items, items
    if not items.isidentifier():
        again = scope.emitter.scratch("items")
        first = f"({again} := {items})"
    return f"{again}[1:] if {first} else {scope.undefined(expr)}"


def _negative(expr: Apply, scope: Scope) -> str:
    return f"-{_operand(expr.args[0], scope)}"


TEXT: Mapping[Op, Builder] = {
    Op.AND: _infix("and", empty="True"),
    Op.OR: _infix("or", empty="False"),
    Op.NOT: _not,
    Op.ITE: _if,
    Op.EQ: _infix("=="),
    Op.NE: _infix("!="),
    Op.LT: _infix("<"),
    Op.LE: _infix("<="),
    Op.GT: _infix(">"),
    Op.GE: _infix(">="),
    Op.ADD: _infix("+"),
    Op.SUB: _infix("-"),
    Op.MUL: _infix("*"),
    Op.DIV: _division("//"),
    Op.MOD: _division("%"),
    Op.NEG: _negative,
    Op.MIN: _extreme("min"),
    Op.MAX: _extreme("max"),
    Op.COUNT: _count,
    Op.IS_NONE: _is_none,
    Op.UNWRAP: _unwrap,
    Op.LEN: _call("len"),
    Op.IN: _infix("in"),
    Op.UNION: _infix("|"),
    Op.INTERSECT: _infix("&"),
    Op.MINUS: _infix("-"),
    Op.SUBSET: _infix("<="),
    Op.APPEND: _append,
    Op.TAIL: _tail,
    Op.REMOVE: _call("removed"),
}
"""Each operator as Python text; the counterpart of `checker.interp.MEANING`."""
