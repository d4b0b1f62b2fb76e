"""Actions as Python text: one function from a state to its steps."""

from __future__ import annotations

from itertools import groupby
from typing import assert_never

from checker.backends.text.emitter import Emitter
from checker.backends.text.expressions import Scope, emit, field_position, map_position
from checker.diagnostics import InternalError
from checker.interp import known_loc
from checker.ir.domains import EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, Type, size
from checker.ir.nodes import (
    Action,
    Apply,
    Assert,
    Assign,
    Choose,
    Conjunct,
    Const,
    Expr,
    Field,
    If,
    Index,
    Make,
    Model,
    Old,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.ir.subtypes import covers, natural
from checker.ir.walk import statements, written

_CHAIN = 4  # this many locations are told apart one by one, more by halving
_LITERAL = 8  # tuples up to this length are rebuilt part by part


def emit_successors(model: Model, emitter: Emitter) -> None:
    """Emit `successors(state)`: the steps in the order of their labels, as (Label, next state or Failure)."""
    _Text(model, emitter).emit()


class _Text:
    """The text of one model while it is being written."""

    def __init__(self, model: Model, emitter: Emitter) -> None:
        self.model = model
        self.emitter = emitter
        self.now = {variable.name: emitter.name(variable.name) for variable in model.variables}
        self.next = {name: emitter.name(f"new_{local}") for name, local in self.now.items()}
        self.arm = 0  # number of the next arm of an `If`, as in `checker.interp.arms`

    def emit(self) -> None:
        emitter = self.emitter
        with emitter.block("def successors(state):"):
            names = "".join(f"{name}, " for name in self.now.values())
            emitter.line(f"({names}) = state" if names else "pass")
            emitter.line("out = []")
            emitter.line("append = out.append")
            numbered = list(enumerate(self.model.actions))
            for place, group in groupby(numbered, key=lambda item: self._place(item[1])):
                if place:
                    self._by_location(place, list(group))
                else:
                    for number, action in group:
                        self._action(number, action, action.guard)
            emitter.line("return out")

    # --- which actions are tried ---------------------------------------------------------------

    def _place(self, action: Action) -> str:
        """Text of what the first conjunct compares with a constant if it is about a location, else ""."""
        test = _location(action)
        return "" if test is None else emit(test[0], Scope(self.emitter, action.loc, self.now))

    def _by_location(self, place: str, group: list[tuple[int, Action]]) -> None:
        """Emit consecutive actions that differ by where one location is. Order within one location is kept."""
        by_value: dict[str, list[tuple[int, Action]]] = {}
        for number, action in group:
            test = _location(action)
            assert test is not None
            by_value.setdefault(self.emitter.literal(test[1].value), []).append((number, action))
        # `If`s are numbered in the order of the actions, the text may visit them in another one.
        first_arms = self._first_arms(group)
        self._choose_location(place, list(by_value.items()), first_arms)
        self.arm = first_arms[-1]

    def _first_arms(self, group: list[tuple[int, Action]]) -> dict[int, int]:
        found, arm = {}, self.arm
        for number, action in group:
            found[number] = arm
            arm += 2 * sum(isinstance(stmt, If) for stmt in statements(action.update))
        found[-1] = arm
        return found

    def _choose_location(
        self, place: str, cases: list[tuple[str, list[tuple[int, Action]]]], first_arms: dict[int, int]
    ) -> None:
        if len(cases) > _CHAIN:
            half = len(cases) // 2
            members = ", ".join(value for value, _ in cases[:half])
            with self.emitter.block(f"if {place} in {self.emitter.constant(f'frozenset(({members},))')}:"):
                self._choose_location(place, cases[:half], first_arms)
            with self.emitter.block("else:"):
                self._choose_location(place, cases[half:], first_arms)
            return
        for turn, (value, actions) in enumerate(cases):
            with self.emitter.block(f"{'elif' if turn else 'if'} {place} == {value}:"):
                for number, action in actions:
                    self.arm = first_arms[number]
                    self._action(number, action, action.guard[1:])

    # --- one action ----------------------------------------------------------------------------

    def _action(self, number: int, action: Action, guard: tuple[Conjunct, ...]) -> None:
        emitter = self.emitter
        emitter.forget()
        emitter.line(f"# {action.name}  {action.loc}")
        scope = Scope(emitter, action.loc, dict(self.now))
        label = emitter.label(number)
        with emitter.guarded([f"append(({label}, failed(stop)))"]) as need:
            tests = []
            for conjunct in guard:
                scope.loc = known_loc(conjunct.loc, action.loc)
                tests.append(emit(conjunct.expr, scope))
            if tests:
                joined = " and ".join(f"({test})" for test in tests) if len(tests) > 1 else tests[0]
                with emitter.block(f"if {joined}:"):
                    self._update(number, action, scope)
            else:
                self._update(number, action, scope)
            if scope.can_fail:
                need()

    def _update(self, number: int, action: Action, scope: Scope) -> None:
        emitter = self.emitter
        if not any(isinstance(stmt, Choose) for stmt in statements(action.update)):
            self._block(action, action.update, scope)
            emitter.line(f"append(({emitter.label(number)}, {self._state(scope)}))")
            return
        emitter.line("path, sizes = [], []")
        label = f"Label({number}, tuple(path))"
        inner = Scope(emitter, action.loc, dict(self.now))
        with emitter.block("while True:"):
            emitter.line("turn = 0")
            with emitter.guarded([f"append(({label}, failed(stop)))"]) as need:
                self._block(action, action.update, inner)
                emitter.line(f"append(({label}, {self._state(inner)}))")
                need()  # there may be nothing to choose from
            with emitter.block("if not advance(path, sizes):"):
                emitter.line("break")

    def _state(self, scope: Scope) -> str:
        return f"({''.join(scope.variables[name] + ', ' for name in self.now)})"

    # --- statements ----------------------------------------------------------------------------

    def _block(self, action: Action, block: tuple[Stmt, ...], scope: Scope) -> None:
        for stmt in block:
            scope.loc = known_loc(stmt.loc, action.loc)
            match stmt:
                case Assign():
                    self._assign(stmt, scope)
                case If():
                    self._if(action, stmt, scope)
                case Choose():
                    self._choose(stmt, scope)
                case Assert(condition):
                    with self.emitter.block(f"if not ({emit(condition, scope)}):"):
                        self._broken(stmt, scope)
                case _:
                    assert_never(stmt)

    def _broken(self, stmt: Stmt, scope: Scope, value: str = "") -> None:
        scope.can_fail = True
        more = f", {value}" if value else ""
        self.emitter.line(f"broken({self.emitter.site(stmt, scope.loc)}{more})")

    def _assign(self, stmt: Assign, scope: Scope) -> None:
        target = stmt.target
        text = emit(stmt.value, scope)
        if isinstance(target, (Var, Temp)):
            self._bind(target, text, scope, checked=stmt)
            return
        part = self.emitter.scratch("part")
        self.emitter.line(f"{part} = {text}")
        self._check(stmt, part, scope)
        self._store(target, part, scope)

    def _bind(self, target: Var | Temp, text: str, scope: Scope, checked: Assign | None = None) -> None:
        """Give a variable or temp the value `text`."""
        if isinstance(target, Var):
            name = self.next[target.name]
        else:
            name = scope.temps.get(target.name) or self.emitter.scratch(target.name.replace(".", "_"))
        if name != text:
            self.emitter.line(f"{name} = {text}")
        if checked is not None:
            self._check(checked, name, scope)
        if isinstance(target, Var):
            scope.variables = {**scope.variables, target.name: name}
        else:
            scope.temps[target.name] = name

    def _check(self, stmt: Assign, name: str, scope: Scope) -> None:
        bad = outside(stmt.target.type, natural(stmt.value), name, self.emitter)
        if bad:
            with self.emitter.block(f"if {bad}:"):
                self._broken(stmt, scope, name)

    def _store(self, target: Expr, value: str, scope: Scope) -> None:
        """Emit the assignment of `value`, a name or a tuple of names, to a part of a variable or temp."""
        match target:
            case Var() | Temp():
                self._bind(target, value, scope)
            case Field(record, name):
                whole = self._whole(record, scope)
                position = field_position(record.type, name)
                self._store(record, _with_item(whole, position, _parts(record.type), value), scope)
            case Index(base, index):
                whole = self._whole(base, scope)
                self._store(base, self._with_index(target, whole, index, value, scope), scope)
            case Apply(Op.UNWRAP, (option,)):
                self._store(option, value, scope)
            case Const() | Old() | Apply() | Make():
                raise InternalError(f"{target} cannot be assigned to")
            case _:
                assert_never(target)

    def _whole(self, expr: Expr, scope: Scope) -> str:
        text = emit(expr, scope)
        if text.isidentifier():
            return text
        whole = self.emitter.scratch("whole")
        self.emitter.line(f"{whole} = {text}")
        return whole

    def _with_index(self, target: Index, whole: str, index: Expr, value: str, scope: Scope) -> str:
        emitter = self.emitter
        place = emitter.scratch("place")
        if isinstance(target.base.type, MapT):
            position, test = map_position(target.base.type, index, scope)
            if position.isdigit():
                return _with_item(whole, int(position), size(target.base.type.key), value)
        else:
            found = emitter.scratch("index")
            position, test = found, f"len({whole}) > ({found} := {emit(index, scope)}) >= 0"
        if test:
            with emitter.block(f"if not {test}:"):
                emitter.line(scope.undefined(target))
        emitter.line(f"{place} = {position}")
        return f"{whole}[:{place}] + ({value},) + {whole}[{place} + 1:]"

    def _if(self, action: Action, stmt: If, scope: Scope) -> None:
        emitter = self.emitter
        test = emit(stmt.condition, scope)
        arm, self.arm = self.arm, self.arm + 2
        for name in sorted(written((stmt,)), key=list(self.now).index):
            if scope.variables[name] == self.now[name]:
                self._bind(Var(name, self._type(name)), self.now[name], scope)
        with emitter.block(f"if {test}:"):
            if stmt.then:
                emitter.line(f"hits[{arm}] += 1")
            self._arm(action, stmt.then, scope)
        if stmt.otherwise:
            with emitter.block("else:"):
                emitter.line(f"hits[{arm + 1}] += 1")
                self._arm(action, stmt.otherwise, scope)

    def _arm(self, action: Action, block: tuple[Stmt, ...], scope: Scope) -> None:
        if block:
            self._block(action, block, scope)
        else:
            self.emitter.line("pass")

    def _type(self, name: str) -> Type:
        return next(variable.type for variable in self.model.variables if variable.name == name)

    def _choose(self, stmt: Choose, scope: Scope) -> None:
        emitter = self.emitter
        ordered = emitter.scratch("ordered")
        domain = emitter.domain(stmt.target.type)
        options = emitter.scratch("options")
        emitter.line(f"{options} = {emit(stmt.options, scope)}")
        emitter.line(f"{ordered} = [value for value in {domain} if value in {options}]")
        with emitter.block(f"if not {ordered}:"):
            self._broken(stmt, scope)
        with emitter.block("if turn == len(path):"):
            emitter.line("path.append(0)")
            emitter.line(f"sizes.append(len({ordered}))")
        self._bind(stmt.target, f"{ordered}[path[turn]]", scope)
        emitter.line("turn += 1")


def _location(action: Action) -> tuple[Expr, Const] | None:
    """The place and the constant that the first conjunct compares, if it is about a location and cannot fail."""
    if not action.guard or not action.guard[0].location:
        return None
    match action.guard[0].expr:
        case Apply(Op.EQ, (place, Const() as value)) if _is_plain(place) and not isinstance(value.value, frozenset):
            return place, value
        case _:
            return None


def _is_plain(expr: Expr) -> bool:
    match expr:
        case Var():
            return True
        case Field(record):
            return _is_plain(record)
        case Index(base, Const() as key):
            return isinstance(base.type, MapT) and covers(base.type.key, natural(key)) and _is_plain(base)
        case _:
            return False


def _parts(kind: Type) -> int:
    return len(kind.fields) if isinstance(kind, RecordT) else 0


def _with_item(whole: str, position: int, size: int, value: str) -> str:
    """Text of the tuple `whole` of `size` items with another item at `position`."""
    if size <= _LITERAL:
        return f"({''.join((value if place == position else f'{whole}[{place}]') + ', ' for place in range(size))})"
    return f"{whole}[:{position}] + ({value},) + {whole}[{position + 1}:]"


def outside(kind: Type, given: Type, name: str, emitter: Emitter) -> str:
    """Return the test that the value `name`, of type `given`, is none of `kind`; "" if it always is one."""
    if covers(kind, given):
        return ""
    match kind, given:
        case IntT(lo, hi), IntT(least, most):
            if lo <= least:
                return f"{name} > {hi}"
            return f"{name} < {lo}" if most <= hi else f"not {lo} <= {name} <= {hi}"
        case EnumT(_, members), EnumT():
            return f"{name} not in {members!r}"
        case ((OptionT(item) | OwnT(item)), (OptionT(inner) | OwnT(inner))):
            return f"{name} is not None and ({outside(item, inner, name, emitter)})"
        case ((OptionT(item) | OwnT(item)), _):
            return outside(item, given, name, emitter)
        case SeqT(item, capacity), SeqT(inner, _) if covers(item, inner):
            return f"len({name}) > {capacity}"
        case _:
            return f"not contains({emitter.type_object(kind)}, {name})"
