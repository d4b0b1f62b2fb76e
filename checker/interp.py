"""The reference interpreter: what a model means, in one file.

Every other engine must agree with it, and every trace that is reported is replayed by it. It is written to be
read, not to be fast.

A *state* gives each variable a value. The *initial states* are the product of the variables' initial values, the
last variable changing fastest. An action is *enabled* where its conjuncts hold; they are evaluated from the left
and stop at the first that is false, so that a conjunct may rely on those before it. Its update is run from the
start of the block, statement by statement, on a copy of the state. `Choose` takes one of several values; the update
is run again from its start with other choices until all lists of choices have been tried, in lexicographic order.

A step *fails* (a safety violation, no successor) where an assertion does not hold, where a value is assigned
outside the type of its place, where nothing is there to choose from, and where an expression has no value: in a
conjunct whose turn comes, or in the update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import assert_never

from checker.diagnostics import InternalError
from checker.ir.domains import MapT, RecordT, SeqT, SetT, Type, Value, contains, ordinal, show, values
from checker.ir.nodes import (
    Action,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Fault,
    Field,
    If,
    Index,
    Make,
    Model,
    Old,
    State,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.ir.subtypes import natural
from checker.ir.text import print_expr
from checker.ir.walk import statements
from checker.loc import NOWHERE, Loc
from checker.machine import Failure, Label, Undefined

# --- operators ---------------------------------------------------------------------------------


def _unwrap(option: Value) -> Value:
    if option is None:
        raise Undefined("an empty slot has no value")
    return option


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise Undefined("division by zero")
    return left // right


def _remainder(left: int, right: int) -> int:
    if right == 0:
        raise Undefined("division by zero")
    return left % right


def _tail(items: tuple[Value, ...]) -> tuple[Value, ...]:
    if not items:
        raise Undefined("an empty sequence has no tail")
    return items[1:]


def _remove(items: tuple[Value, ...], item: Value) -> tuple[Value, ...]:
    if item not in items:
        return items
    place = items.index(item)
    return items[:place] + items[place + 1 :]


MEANING: Mapping[Op, Callable[..., Value]] = {
    Op.AND: lambda *args: all(args),
    Op.OR: lambda *args: any(args),
    Op.NOT: lambda arg: not arg,
    Op.ITE: lambda condition, then, otherwise: then if condition else otherwise,
    Op.EQ: lambda left, right: left == right,
    Op.NE: lambda left, right: left != right,
    Op.LT: lambda left, right: left < right,
    Op.LE: lambda left, right: left <= right,
    Op.GT: lambda left, right: left > right,
    Op.GE: lambda left, right: left >= right,
    Op.ADD: lambda *args: sum(args),
    Op.SUB: lambda left, right: left - right,
    Op.MUL: lambda left, right: left * right,
    Op.DIV: _quotient,
    Op.MOD: _remainder,
    Op.NEG: lambda arg: -arg,
    Op.MIN: lambda *args: min(args),
    Op.MAX: lambda *args: max(args),
    Op.COUNT: lambda *args: sum(map(bool, args)),
    Op.IS_NONE: lambda arg: arg is None,
    Op.UNWRAP: _unwrap,
    Op.LEN: len,
    Op.IN: lambda item, items: item in items,
    Op.UNION: lambda left, right: left | right,
    Op.INTERSECT: lambda left, right: left & right,
    Op.MINUS: lambda left, right: left - right,
    Op.SUBSET: lambda left, right: left <= right,
    Op.APPEND: lambda items, item: (*items, item),
    Op.TAIL: _tail,
    Op.REMOVE: _remove,
}
"""Each operator as a function of values; raises `Undefined` where there is no result.

`AND`, `OR` and `ITE` evaluate no argument they do not need; that is `evaluate`'s business.
"""


def why_undefined(expr: Expr) -> str:
    """Say why `expr`, whose parts all have a value, has none itself."""
    match expr:
        case Index(base):
            return f"`{print_expr(expr)}` is outside `{print_expr(base)}`"
        case Apply(Op.UNWRAP, (option,)):
            return f"`{print_expr(option)}` is None where a value is needed"
        case Apply(Op.DIV | Op.MOD):
            return f"`{print_expr(expr)}` divides by zero"
        case Apply(Op.TAIL, (items,)):
            return f"`{print_expr(items)}` is empty where an item is taken"
        case _:
            return f"`{print_expr(expr)}` has no value"


# --- expressions -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Frame:
    """What a step reads and writes while it runs."""

    values: dict[str, Value]
    old: Mapping[str, Value] = field(default_factory=dict)
    temps: dict[str, Value] = field(default_factory=dict)
    given: tuple[int, ...] = ()  # choices to repeat
    taken: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # how many there were to choose from


def _evaluate(expr: Expr, frame: _Frame) -> Value:
    match expr:
        case Const(value):
            return value
        case Var(name):
            return frame.values[name]
        case Old(name):
            return frame.old[name]
        case Temp(name):
            return frame.temps[name]
        case Field(record, name):
            return _items(_evaluate(record, frame))[_record(record.type).position(name)]
        case Index(base, index):
            items = _items(_evaluate(base, frame))
            return items[_position(expr, items, _evaluate(index, frame))]
        case Apply(Op.AND, args):
            return all(_evaluate(arg, frame) for arg in args)
        case Apply(Op.OR, args):
            return any(_evaluate(arg, frame) for arg in args)
        case Apply(Op.ITE, (condition, then, otherwise)):
            return _evaluate(then if _evaluate(condition, frame) else otherwise, frame)
        case Apply(op, args):
            arguments = [_evaluate(arg, frame) for arg in args]
            try:
                return MEANING[op](*arguments)
            except Undefined:
                raise Undefined(why_undefined(expr)) from None
        case Make(parts, kind):
            made = tuple(_evaluate(part, frame) for part in parts)
            return frozenset(made) if isinstance(kind, SetT) else made
        case _:
            assert_never(expr)


def _position(expr: Index, items: tuple[Value, ...], index: Value) -> int:
    """Return where in `items` the element is that `expr` asks for."""
    kind = expr.base.type
    if isinstance(kind, MapT):
        if contains(kind.key, index):
            return ordinal(kind.key, index)
    elif isinstance(index, int) and 0 <= index < len(items):
        return index
    raise Undefined(why_undefined(expr))


def _items(value: Value) -> tuple[Value, ...]:
    if not isinstance(value, tuple):
        raise InternalError(f"{value!r} has no parts")
    return value


def _record(kind: Type) -> RecordT:
    if not isinstance(kind, RecordT):
        raise InternalError(f"{kind} is no record")
    return kind


# --- statements --------------------------------------------------------------------------------


class _Broken(Exception):
    """A statement cannot be completed."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message


class _Failed(Exception):
    """A step cannot be completed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def out_of_range(target: Expr, source: Expr, value: Value) -> str:
    """Say that `value`, which `source` has, cannot be assigned to `target`."""
    if isinstance(target.type, SeqT) and isinstance(value, tuple) and len(value) > target.type.capacity:
        return f"`{print_expr(target)}` is full: it holds {target.type.capacity}"
    return f"`{print_expr(target)}` = {show(natural(source), value)} is outside {target.type}"


def nothing_to_choose(options: Expr) -> str:
    """Say that the set `options` is empty."""
    return f"nothing to choose from in `{print_expr(options)}`"


def _store(target: Expr, value: Value, frame: _Frame) -> None:
    """Set the place `target`: rebuild what it is part of, up to the variable."""
    match target:
        case Var(name):
            frame.values[name] = value
        case Temp(name):
            frame.temps[name] = value
        case Field(record, name):
            items = _items(_evaluate(record, frame))
            _store(record, _replaced(items, _record(record.type).position(name), value), frame)
        case Index(base, index):
            items = _items(_evaluate(base, frame))
            place = _position(target, items, _evaluate(index, frame))
            _store(base, _replaced(items, place, value), frame)
        case Apply(Op.UNWRAP, (option,)):
            _store(option, value, frame)
        case Const() | Old() | Apply() | Make():
            raise InternalError(f"{target} cannot be assigned to")
        case _:
            assert_never(target)


def _replaced(items: tuple[Value, ...], place: int, value: Value) -> tuple[Value, ...]:
    return (*items[:place], value, *items[place + 1 :])


def _choose(stmt: Choose, frame: _Frame) -> None:
    options = _evaluate(stmt.options, frame)
    if not isinstance(options, frozenset):
        raise InternalError(f"{options!r} is no set to choose from")
    ordered = [value for value in values(stmt.target.type) if value in options]
    if not ordered:
        raise _Broken(Fault.RANGE, nothing_to_choose(stmt.options))
    turn = len(frame.taken)
    position = frame.given[turn] if turn < len(frame.given) else 0
    if position >= len(ordered):
        raise InternalError(f"choice {position} of {len(ordered)} in `{stmt.target.name}`")
    frame.taken.append(position)
    frame.sizes.append(len(ordered))
    frame.temps[stmt.target.name] = ordered[position]


def _next_choices(taken: list[int], sizes: list[int]) -> tuple[int, ...] | None:
    """Return the list of choices to try after `taken`, None after the last."""
    for turn in reversed(range(len(taken))):
        if taken[turn] + 1 < sizes[turn]:
            return (*taken[:turn], taken[turn] + 1)
    return None


# --- the machine -------------------------------------------------------------------------------


class Interpreter:
    """A `Machine` that evaluates the model as it stands.

    `hits` counts, for each arm of each `If` that has statements, how often it was entered (in the order of `arms`).
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.hits = [0] * sum(1 for _ in arms(model))
        self._names = tuple(variable.name for variable in model.variables)
        self._arm = {(action, id(stmt)): 2 * place for place, (action, stmt) in enumerate(_ifs(model))}

    def initial(self) -> list[State]:
        """Return the initial states, in the order of the variables' declared values."""
        return list(product(*(variable.inits for variable in self.model.variables)))

    def evaluate(self, expr: Expr, state: State, old: State | None = None) -> Value:
        """Evaluate `expr` in `state`, `Old` in `old`; raise `Undefined` where it has no value."""
        before = {} if old is None else self._named(old)
        return _evaluate(expr, _Frame(self._named(state), before))

    def enabled(self, action: Action, state: State) -> bool | Failure:
        """Tell whether all conjuncts of `action` hold; a Failure if one that is reached has no value."""
        frame = _Frame(self._named(state))
        for conjunct in action.guard:
            try:
                if not _evaluate(conjunct.expr, frame):
                    return False
            except Undefined as undefined:
                return Failure(Fault.RANGE, undefined.message, known_loc(conjunct.loc, action.loc))
        return True

    def successors(self, state: State) -> list[tuple[Label, State | Failure]]:
        """Return every step from `state`, ordered by label."""
        return [step for action in range(len(self.model.actions)) for step in self._steps(action, state)]

    def step(self, state: State, label: Label) -> State | Failure | None:
        """Return where the one step `label` leads; None if its action is not enabled or `label` is no step."""
        return dict(self._steps(label.action, state)).get(label)

    def execute(self, action: int, state: State, choices: tuple[int, ...] = ()) -> tuple[Label, State | Failure]:
        """Run the update of an action, its guard unasked, with `choices` (then 0); the label says what was chosen."""
        frame, result = self._run(action, state, choices)
        return Label(action, tuple(frame.taken)), result

    def _steps(self, index: int, state: State) -> Iterator[tuple[Label, State | Failure]]:
        enabled = self.enabled(self.model.actions[index], state)
        if isinstance(enabled, Failure):
            yield Label(index), enabled
            return
        given: tuple[int, ...] | None = () if enabled else None
        while given is not None:
            frame, result = self._run(index, state, given)
            yield Label(index, tuple(frame.taken)), result
            given = _next_choices(frame.taken, frame.sizes)

    def _run(self, index: int, state: State, choices: tuple[int, ...]) -> tuple[_Frame, State | Failure]:
        frame = _Frame(self._named(state), given=choices)
        try:
            self._block(index, self.model.actions[index].update, frame)
        except _Failed as failed:
            return frame, failed.failure
        return frame, tuple(frame.values.values())

    def _block(self, action: int, block: tuple[Stmt, ...], frame: _Frame) -> None:
        for stmt in block:
            try:
                inner = self._statement(action, stmt, frame)
            except Undefined as undefined:
                broken = _Broken(Fault.RANGE, undefined.message)
            except _Broken as found:
                broken = found
            else:
                self._block(action, inner, frame)
                continue
            loc = known_loc(stmt.loc, self.model.actions[action].loc)
            raise _Failed(Failure(broken.fault, broken.message, loc))

    def _statement(self, action: int, stmt: Stmt, frame: _Frame) -> tuple[Stmt, ...]:
        """Run `stmt`; return the statements that are to be run next: an arm of an `If`."""
        match stmt:
            case Assign(target, value):
                result = _evaluate(value, frame)
                if not contains(target.type, result):
                    raise _Broken(Fault.RANGE, out_of_range(target, value, result))
                _store(target, result, frame)
            case If(condition, then, otherwise):
                holds = _evaluate(condition, frame)
                taken = then if holds else otherwise
                if taken:
                    self.hits[self._arm[action, id(stmt)] + (0 if holds else 1)] += 1
                return taken
            case Choose():
                _choose(stmt, frame)
            case Assert(condition, message, fault):
                if not _evaluate(condition, frame):
                    raise _Broken(fault, message)
            case _:
                assert_never(stmt)
        return ()

    def _named(self, state: State) -> dict[str, Value]:
        return dict(zip(self._names, state, strict=True))


def known_loc(loc: Loc, otherwise: Loc) -> Loc:
    """Return `loc`, or `otherwise` if it is nowhere."""
    return otherwise if loc == NOWHERE else loc


def _ifs(model: Model) -> Iterator[tuple[int, If]]:
    for place, action in enumerate(model.actions):
        yield from ((place, stmt) for stmt in statements(action.update) if isinstance(stmt, If))


def arms(model: Model) -> Iterator[tuple[int, tuple[Stmt, ...]]]:
    """Yield (action, statements) for both arms of every `If`, outer before inner: the order of `Interpreter.hits`."""
    for action, stmt in _ifs(model):
        yield action, stmt.then
        yield action, stmt.otherwise


def initial_state(model: Model, index: int) -> State:
    """Return the initial state number `index`; InternalError if there are fewer."""
    found = next(islice(product(*(variable.inits for variable in model.variables)), index, None), None)
    if found is None:
        raise InternalError(f"there is no initial state {index}")
    return found
