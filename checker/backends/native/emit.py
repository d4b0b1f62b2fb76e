"""A model as one module of LLVM: its steps, who can move, and which conditions hold.

| function | returns |
|---|---|
| `step(state, out, taken, fails, counts, source, asleep, sleeping)` | the number of successors |
| `moves(state, masks)` | nothing; puts into `masks` who has an enabled action, and whom those of each duty move |
| `holds_…(state, old)` | a mask of the conditions that hold; one without a value does not |

`step` puts the words of the successors into `out` and their actions, 32 bits each, into `taken`, in the order of
labels. Where a step fails it puts `source` into `fails`, at the number of the place that failed, if nothing is there
yet. Successors by the actions in `asleep` are left out, the others have their sleep sets in `sleeping` (see
`sleep`). `counts` says how often the arms of each `If` were entered and, behind them, how often each action was
taken. `state`, `old` and `out` are words as `layout` packs them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias, assert_never

from llvmlite import ir

from checker.backends.native.expressions import Expressions
from checker.backends.native.layout import Layout
from checker.backends.native.sleep import BITS, sleeping
from checker.backends.native.values import (
    I32,
    I64,
    ONE,
    PTR,
    ZERO,
    Field,
    Items,
    Mask,
    Number,
    Opt,
    Parts,
    Val,
    fields,
    known,
    number,
    read,
)
from checker.diagnostics import InternalError, UsageError
from checker.ir import nodes
from checker.ir.domains import BoolT, EnumT, MapT, RecordT, SetT, size
from checker.ir.nodes import Action, Apply, Assert, Assign, Choose, Const, Duty, Expr, If, Index, Model, Stmt, Temp, Var
from checker.ir.ops import Op
from checker.ir.subtypes import covers, natural
from checker.ir.walk import statements

MOST = 62  # conditions or actors in one mask
_LONGEST = 1 << 16  # successors of one state
_DUTIES = (Duty.OBLIGED, Duty.MAY, Duty.FAULT)
_Flags: TypeAlias = dict[int, Number]


class Emitter:
    """The module of one model. `most` is how many successors a state can have, `places` how many places can fail."""

    def __init__(self, model: Model, layout: Layout) -> None:
        self.model = model
        self.layout = layout
        self.module = ir.Module(name=model.name)
        self.places = 0
        self.loaded: Sequence[Any] = ()  # the words of the state that `step` is given
        self.most = sum(_ways(action.update) for action in model.actions)
        if self.most > _LONGEST:
            raise UsageError(f"the native engine takes at most {_LONGEST} steps from one state, not {self.most}")
        ifs = [stmt for action in model.actions for stmt in statements(action.update) if isinstance(stmt, If)]
        self.arms = {id(stmt): 2 * place for place, stmt in enumerate(ifs)}
        self.actions = 2 * len(ifs)  # where in `counts` those of actions begin
        self.sleeping = sleeping(model)

    def words(self, build: Any, pointer: Any) -> list[Any]:
        """Load the state at `pointer`."""
        return [build.load(self._word(build, pointer, place), typ=I64) for place in range(self.layout.words)]

    def state(self, words: Sequence[Any]) -> dict[str, Val]:
        """Return the values of the variables."""
        pairs = zip(self.model.variables, self.layout.nodes, strict=True)
        return {variable.name: read(node, words) for variable, node in pairs}

    def _word(self, code: Any, pointer: Any, place: int) -> Any:
        return code.gep(pointer, [number(place)], source_etype=I64)

    def _function(self, name: str, result: Any, *arguments: tuple[str, Any]) -> tuple[Any, Any]:
        kind = ir.FunctionType(result, [argument for _, argument in arguments])
        function = ir.Function(self.module, kind, name)
        for found, (argument, _) in zip(function.args, arguments, strict=True):
            found.name = argument
            if found.type == PTR:
                found.add_attribute("noalias")
        return function, ir.IRBuilder(function.append_basic_block("entry"))

    # --- conditions ----------------------------------------------------------------------------

    def holds(self, name: str, exprs: Sequence[Expr]) -> None:
        """Emit `holds_<name>(state, old)`."""
        if len(exprs) > MOST:
            raise UsageError(f"the native engine judges at most {MOST} conditions at once, not {len(exprs)}")
        function, build = self._function(f"holds_{name}", I64, ("state", PTR), ("old", PTR))
        now = self.state(self.words(build, function.args[0]))
        before = self.state(self.words(build, function.args[1])) if name == "steps" else {}
        mask = build.alloca(I64)
        build.store(ZERO, mask)
        for place, expr in enumerate(exprs):
            after = function.append_basic_block("after")
            code = Expressions(build, now, lambda after=after: build.branch(after))  # type: ignore[misc]
            code.old = before
            holds = code.get(code.number(expr))
            build.store(build.or_(build.load(mask, typ=I64), build.shl(holds, number(place))), mask)
            build.branch(after)
            build.position_at_end(after)
        build.ret(build.load(mask, typ=I64))

    def moves(self) -> None:
        """Emit `moves(state, masks)`."""
        if len(self.model.actors) > MOST:
            raise UsageError(f"the native engine masks at most {MOST} actors, not {len(self.model.actors)}")
        function, build = self._function("moves", ir.VoidType(), ("state", PTR), ("masks", PTR))
        bits = {actor.name: 1 << place for place, actor in enumerate(self.model.actors)}
        now = self.state(self.words(build, function.args[0]))
        for action in self.model.actions:
            after = function.append_basic_block("after")
            code = Expressions(build, now, lambda after=after: build.branch(after))  # type: ignore[misc]
            for conjunct in action.guard:
                self._unless(code, code.number(conjunct.expr), after)
            moved = bits[action.owner] | sum(bits[name] for name in action.participants)
            for place, mask in ((0, bits[action.owner]), (1 + _DUTIES.index(action.duty), moved)):
                word = self._word(build, function.args[1], place)
                build.store(build.or_(build.load(word, typ=I64), number(mask)), word)
            build.branch(after)
            build.position_at_end(after)
        build.ret_void()

    def _unless(self, code: Expressions, condition: Number, otherwise: Any) -> None:
        if known(condition):
            return
        rest = code.block("holds")
        code.builder.cbranch(code.is_true(condition), rest, otherwise)
        code.builder.position_at_end(rest)

    # --- steps ---------------------------------------------------------------------------------

    def step(self) -> None:
        """Emit `step`."""
        arguments = [(name, PTR) for name in ("state", "out", "taken", "fails", "counts")]
        function, build = self._function("step", I64, *arguments, ("source", I64), ("asleep", I64), ("sleeping", PTR))
        count, enabled = build.alloca(I64, name="count"), build.alloca(I64, name="enabled")
        build.store(ZERO, count)
        build.store(ZERO, enabled)
        self.loaded = self.words(build, function.args[0])
        now = self.state(self.loaded)
        frame = _Frame(function, build, now, count, enabled)
        for place, group in groupby(enumerate(self.model.actions), key=lambda item: _location(item[1])[0]):
            if place is None:
                for index, action in group:
                    self._action(frame, index, action, action.guard)
            else:
                self._by_location(frame, place, list(group))
        build.ret(build.load(count, typ=I64))

    def _by_location(self, frame: _Frame, place: Expr, group: list[tuple[int, Action]]) -> None:
        """Emit consecutive actions that differ by where one location is as the cases of a switch."""
        build = frame.build
        after = frame.function.append_basic_block("elsewhere")
        code = Expressions(build, frame.now, lambda: build.unreachable())
        where = code.value(place)
        switch = build.switch(code.get(code.number(place)), after)
        cases: dict[int, list[tuple[int, Action]]] = {}
        for index, action in group:
            value = _location(action)[1]
            assert value is not None
            at = code.coerce(where.kind, code.value(value))
            cases.setdefault(int(at.number.constant), []).append((index, action))  # type: ignore[union-attr]
        for at_number, actions in cases.items():
            block = frame.function.append_basic_block("here")
            switch.add_case(number(at_number), block)
            build.position_at_end(block)
            for index, action in actions:
                self._action(frame, index, action, action.guard[1:])
            build.branch(after)
        build.position_at_end(after)

    def _action(self, frame: _Frame, index: int, action: Action, guard: Sequence[nodes.Conjunct]) -> None:
        frame.build.comment(f"{action.name}  {action.loc}")
        after = frame.function.append_basic_block("after")
        step = _Step(self, frame, index, action, after)
        for conjunct in guard:
            self._unless(step, step.number(conjunct.expr), after)
        step.run(list(action.update))
        frame.build.position_at_end(after)


@dataclass(frozen=True, slots=True)
class _Frame:
    """`step` as it is emitted: the values of the variables before, how many successors there are, who is enabled."""

    function: Any
    build: Any
    now: Mapping[str, Val]
    count: Any
    enabled: Any


class _Step(Expressions):
    """The code of one action's update."""

    def __init__(self, emitter: Emitter, frame: _Frame, index: int, action: Action, after: Any) -> None:
        super().__init__(frame.build, frame.now, self._failed)
        _, self._out, self._taken, self._fails, self._counts, self._source = frame.function.args[:6]
        self._asleep, self._sleeping = frame.function.args[6:]
        self._emitter = emitter
        self._frame = frame
        self._words = emitter.loaded
        self._index = index
        self._exit = after  # where to go when this list of choices has been tried
        # With choices, what comes before them is run once here and once for each list of choices by definition: which
        # arms were entered is remembered and counted at the end.
        self._remember = any(isinstance(stmt, Choose) for stmt in statements(action.update))
        self._flags: _Flags = {}

    # --- statements ----------------------------------------------------------------------------

    def run(self, block: list[Stmt]) -> None:
        """Emit the rest of an update; ends the block."""
        for place, stmt in enumerate(block):
            match stmt:
                case Assign(target, value):
                    self._assign(target, self.value(value))
                case Assert(condition):
                    self.fail_unless(self.number(condition))
                case If() if _has_choice(stmt):
                    self._split(stmt, block[place + 1 :])
                    return
                case If():
                    self._branch(stmt)
                case Choose():
                    self._choose(stmt, block[place + 1 :])
                    return
                case _:
                    assert_never(stmt)
        self._succeed()

    def _straight(self, block: Sequence[Stmt]) -> None:
        for stmt in block:
            match stmt:
                case Assign(target, value):
                    self._assign(target, self.value(value))
                case Assert(condition):
                    self.fail_unless(self.number(condition))
                case If():
                    self._branch(stmt)
                case Choose():
                    raise InternalError("a choice in a branch that is not split")
                case _:
                    assert_never(stmt)

    def _assign(self, target: Expr, value: Val) -> None:
        if not covers(target.type, value.kind):
            self.fail_unless(self.within(target.type, value))
        self._store(target, self.coerce(target.type, value))

    def _store(self, target: Expr, value: Val) -> None:
        """Set a place: what it is part of is put together anew, up to the variable."""
        match target:
            case Var(name):
                self.variables[name] = value
            case Temp(name):
                self.temps[name] = value
            case nodes.Field(record, name):
                whole = self.value(record)
                assert isinstance(whole, Parts)
                assert isinstance(whole.kind, RecordT)
                items = self.with_item(whole.items, number(whole.kind.position(name)), value)
                self._store(record, Parts(whole.kind, items))
            case Index(base, index):
                whole = self.value(base)
                place = self.place(whole, index)
                assert isinstance(whole, (Parts, Items))
                items = self.with_item(whole.items, place, value)
                changed = Parts(whole.kind, items) if isinstance(whole, Parts) else None
                self._store(base, changed or Items(whole.kind, whole.length, items))  # type: ignore[union-attr,arg-type]
            case Apply(Op.UNWRAP, (option,)):
                slot = self.value(option)
                assert isinstance(slot, Opt)
                self._store(option, Opt(slot.kind, ONE, value))
            case _:
                raise InternalError(f"{target} cannot be assigned to")

    def _branch(self, stmt: If) -> None:
        """Emit an `If` whose arms meet again."""
        condition = self.number(stmt.condition)
        before = self._env()
        blocks = self.block("then"), self.block("else")
        self.builder.cbranch(self.is_true(condition), *blocks)
        ends = []
        for turn, (block, arm) in enumerate(zip(blocks, (stmt.then, stmt.otherwise), strict=True)):
            self._restore(before)
            self.builder.position_at_end(block)
            self._enter(stmt, turn)
            self._straight(arm)
            ends.append((self.builder.block, self._env()))
        self._meet(*ends[0], *ends[1])

    def _meet(self, left_end: Any, left: _Env, right_end: Any, right: _Env) -> None:
        names = [name for name in left[0] if left[0][name] is not right[0][name]]
        temps = [name for name in left[1] if name in right[1] and left[1][name] is not right[1][name]]
        flags = sorted({*left[2], *right[2]})
        merged = self.join(
            left_end,
            [*(left[0][name] for name in names), *(left[1][name] for name in temps), *_flag_values(left[2], flags)],
            right_end,
            [*(right[0][name] for name in names), *(right[1][name] for name in temps), *_flag_values(right[2], flags)],
        )
        self.variables = {**left[0], **dict(zip(names, merged, strict=False))}
        kept = {name: value for name, value in left[1].items() if name in right[1]}
        self.temps = {**kept, **dict(zip(temps, merged[len(names) :], strict=False))}
        numbers = [mask.number for mask in merged[len(names) + len(temps) :] if isinstance(mask, Mask)]
        self._flags = dict(zip(flags, numbers, strict=True))

    def _split(self, stmt: If, rest: list[Stmt]) -> None:
        """Emit an `If` with choices in it: what follows is emitted for each arm."""
        condition = self.number(stmt.condition)
        before = self._env()
        blocks = self.block("then"), self.block("else")
        self.builder.cbranch(self.is_true(condition), *blocks)
        for turn, (block, arm) in enumerate(zip(blocks, (stmt.then, stmt.otherwise), strict=True)):
            self._restore(before)
            self.builder.position_at_end(block)
            self._enter(stmt, turn)
            self.run([*arm, *rest])

    def _choose(self, stmt: Choose, rest: list[Stmt]) -> None:
        """Emit the rest of the update as the body of a loop over the values there are to choose from."""
        build = self.builder
        kind = SetT(stmt.target.type)
        options = self.coerce(kind, self.value(stmt.options))
        assert isinstance(options, Mask)
        mask = self.get(options.number)
        self.fail_unless(mask)
        start, head, body, chosen, latch = build.block, *map(self.block, ("turn", "option", "chosen", "next"))
        build.branch(head)
        build.position_at_end(head)
        turn = build.phi(I64, name="turn")
        turn.add_incoming(ZERO, start)
        build.cbranch(build.icmp_signed("<", turn, number(size(stmt.target.type))), body, self._exit)
        build.position_at_end(body)
        build.cbranch(self.is_true(build.and_(build.lshr(mask, turn), ONE)), chosen, latch)
        build.position_at_end(chosen)
        self.temps[stmt.target.name] = self.unrank(stmt.target.type, turn)
        outer, self._exit = self._exit, latch
        self.run(rest)
        self._exit = outer
        build.position_at_end(latch)
        turn.add_incoming(build.add(turn, ONE), latch)
        build.branch(head)

    # --- ends ----------------------------------------------------------------------------------

    def _enter(self, stmt: If, turn: int) -> None:
        if not (stmt.then, stmt.otherwise)[turn]:
            return
        arm = self._emitter.arms[id(stmt)] + turn
        if self._remember:
            self._flags[arm] = ONE
        else:
            self._count_up(arm, ONE)

    def _count_up(self, place: int, times: Number) -> None:
        word = self.builder.gep(self._counts, [number(place)], source_etype=I64)
        self.builder.store(self.builder.add(self.builder.load(word, typ=I64), self.get(times)), word)

    def _failed(self) -> None:
        build = self.builder
        for arm, times in self._flags.items():
            self._count_up(arm, times)
        word = build.gep(self._fails, [number(self._emitter.places)], source_etype=I64)
        self._emitter.places += 1
        first = build.load(word, typ=I64)
        fresh = build.icmp_signed("<", first, ZERO)
        build.store(build.select(fresh, self._source, first), word)
        build.branch(self._exit)

    def _succeed(self) -> None:
        build, width = self.builder, self._emitter.layout.words
        for arm, times in self._flags.items():
            self._count_up(arm, times)
        count = build.load(self._frame.count, typ=I64)
        self._count_up(self._emitter.actions + self._index, ONE)
        first = build.mul(count, number(width)) if width > 1 else count
        for place, word in enumerate(self._packed()):
            build.store(word, build.gep(self._out, [build.add(first, number(place))], source_etype=I64))
        build.store(I32(self._index), build.gep(self._taken, [count], source_etype=I32))
        build.store(build.add(count, self._awake(count)), self._frame.count)
        build.branch(self._exit)

    def _awake(self, count: Any) -> Any:
        """Put down the sleep set of a successor; return 0 if the action sleeps, so that the next takes its place.

        That is no branch: nobody could predict it.
        """
        build, index = self.builder, self._index
        enabled = build.load(self._frame.enabled, typ=I64)
        sleeping = build.and_(enabled, number(self._emitter.sleeping[index]))
        build.store(build.trunc(sleeping, I32), build.gep(self._sleeping, [count], source_etype=I32))
        if index >= BITS:
            return ONE
        build.store(build.or_(enabled, number(1 << index)), self._frame.enabled)
        return build.xor(build.and_(build.lshr(self._asleep, number(index)), ONE), ONE)

    def _packed(self) -> list[Any]:
        """Return the words of the state after the step: what was not assigned stays where it is."""
        layout, build = self._emitter.layout, self.builder
        kept = [0] * layout.words
        parts: list[list[Any]] = [[] for _ in kept]
        for variable, node in zip(self._emitter.model.variables, layout.nodes, strict=True):
            old, new = self._frame.now[variable.name], self.variables[variable.name]
            if new is old:
                continue
            for was, now in zip(fields(node, old), fields(node, new), strict=True):
                if now.slot.bits and not _same(was, now):
                    kept[now.slot.word] |= now.slot.mask << now.slot.shift
                    code = self._code(now)
                    parts[now.slot.word].append(build.shl(code, number(now.slot.shift)) if now.slot.shift else code)
        result = []
        for word, changed, mask in zip(self._words, parts, kept, strict=True):
            found = build.and_(word, number(~mask)) if mask else word
            for part in changed:
                found = build.or_(found, part)
            result.append(found)
        return result

    def _code(self, field: Field) -> Any:
        """Return the code to be put into a slot: 0 for what is not there."""
        value, lo = self.get(field.number), field.slot.lo
        if field.tag is not None:
            code = self.builder.sub(value, number(lo - 1)) if lo != 1 else value
            code = self.pick(field.tag, code, ZERO)
        else:
            code = self.builder.sub(value, number(lo)) if lo else value
        if known(code) == 0 or not field.there:
            return code
        there = self.all([self.compare(symbol, found, number(limit)) for symbol, found, limit in field.there])
        return self.pick(there, code, ZERO)

    # --- what is known where ------------------------------------------------------------------

    def _env(self) -> _Env:
        return dict(self.variables), dict(self.temps), dict(self._flags)

    def _restore(self, env: _Env) -> None:
        self.variables, self.temps, self._flags = dict(env[0]), dict(env[1]), dict(env[2])


_Env: TypeAlias = tuple[dict[str, Val], dict[str, Val], _Flags]


def _flag_values(flags: _Flags, arms: Sequence[int]) -> list[Val]:
    """Return flags as values, so that they meet as variables do."""
    return [Mask(_FLAG, flags.get(arm, ZERO)) for arm in arms]


_FLAG = SetT(BoolT())


def _same(was: Field, now: Field) -> bool:
    """Tell whether a slot is as it was."""
    return (
        was.number is now.number
        and was.tag is now.tag
        and all(a[1] is b[1] for a, b in zip(was.there, now.there, strict=True))
    )


def _has_choice(stmt: If) -> bool:
    return any(isinstance(inner, Choose) for inner in statements((stmt,)))


def _ways(block: Sequence[Stmt]) -> int:
    """Return at most how many lists of choices a block has."""
    ways = 1
    for stmt in block:
        if isinstance(stmt, Choose):
            ways *= size(stmt.target.type)
        elif isinstance(stmt, If):
            ways *= max(_ways(stmt.then), _ways(stmt.otherwise))
    return ways


def _location(action: Action) -> tuple[Expr | None, Const | None]:
    """The place and the constant that the first conjunct compares, if it is about a location and cannot fail."""
    if not action.guard or not action.guard[0].location:
        return None, None
    match action.guard[0].expr:
        case Apply(Op.EQ, (place, Const() as value)) if _is_plain(place) and isinstance(place.type, EnumT):
            return place, value
        case _:
            return None, None


def _is_plain(expr: Expr) -> bool:
    match expr:
        case Var():
            return True
        case nodes.Field(record):
            return _is_plain(record)
        case Index(base, Const() as key):
            return isinstance(base.type, MapT) and covers(base.type.key, natural(key)) and _is_plain(base)
        case _:
            return False
