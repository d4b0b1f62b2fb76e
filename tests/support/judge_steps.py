"""The judge's own reading of a model: values, evaluation, and every step from every state of its space."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import product
from typing import Any

from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type
from checker.ir.nodes import (
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Field,
    If,
    Index,
    Make,
    Model,
    State,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op


class NoValue(Exception):
    pass


class Failed(Exception):
    pass


# --- values ------------------------------------------------------------------------------------


def all_values(kind: Type) -> list[Any]:
    match kind:
        case BoolT():
            return [False, True]
        case IntT(lo, hi):
            return list(range(lo, hi + 1))
        case EnumT(_, members):
            return list(members)
        case OptionT(item) | OwnT(item):
            return [None, *all_values(item)]
        case RecordT(_, fields):
            return list(product(*(all_values(field) for _, field in fields)))
        case MapT(key, item):
            return list(product(all_values(item), repeat=len(all_values(key))))
        case SetT(item):
            bits = product((False, True), repeat=len(all_values(item)))
            return [frozenset(v for v, b in zip(all_values(item), row, strict=True) if b) for row in bits]
        case SeqT(item, capacity):
            return [row for length in range(capacity + 1) for row in product(all_values(item), repeat=length)]


def fits(kind: Type, value: Any) -> bool:
    match kind:
        case IntT(lo, hi):
            return bool(lo <= value <= hi)
        case OptionT(item) | OwnT(item):
            return value is None or fits(item, value)
        case SeqT(item, capacity):
            return len(value) <= capacity and all(fits(item, part) for part in value)
        case SetT(item):
            return all(fits(item, part) for part in value)
        case MapT(_, item):
            return all(fits(item, part) for part in value)
        case RecordT(_, fields):
            return all(fits(field, part) for (_, field), part in zip(fields, value, strict=True))
        case BoolT():
            return value is True or value is False
        case EnumT(_, members):
            return value in members


# --- expressions as closures over (variables, temps) -------------------------------------------

Run = Callable[[list[Any], dict[str, Any]], Any]


def _unwrap(x: Any) -> Any:
    if x is None:
        raise NoValue
    return x


def _tail(q: Any) -> Any:
    if not q:
        raise NoValue
    return q[1:]


def _remove(q: Any, x: Any) -> Any:
    return q[: q.index(x)] + q[q.index(x) + 1 :] if x in q else q


def _divide(a: int, b: int) -> int:
    if not b:
        raise NoValue
    return a // b


def _modulo(a: int, b: int) -> int:
    if not b:
        raise NoValue
    return a % b


TWO: dict[Op, Callable[[Any, Any], Any]] = {
    Op.EQ: lambda a, b: a == b,
    Op.NE: lambda a, b: a != b,
    Op.LT: lambda a, b: a < b,
    Op.LE: lambda a, b: a <= b,
    Op.GT: lambda a, b: a > b,
    Op.GE: lambda a, b: a >= b,
    Op.ADD: lambda a, b: a + b,
    Op.SUB: lambda a, b: a - b,
    Op.MUL: lambda a, b: a * b,
    Op.DIV: _divide,
    Op.MOD: _modulo,
    Op.IN: lambda a, b: a in b,
    Op.UNION: lambda a, b: a | b,
    Op.INTERSECT: lambda a, b: a & b,
    Op.MINUS: lambda a, b: a - b,
    Op.SUBSET: lambda a, b: a <= b,
    Op.APPEND: lambda a, b: (*a, b),
    Op.REMOVE: _remove,
}
ONE: dict[Op, Callable[[Any], Any]] = {
    Op.NOT: lambda a: not a,
    Op.NEG: lambda a: -a,
    Op.IS_NONE: lambda a: a is None,
    Op.UNWRAP: _unwrap,
    Op.LEN: len,
    Op.TAIL: _tail,
}
MANY: dict[Op, Callable[[list[Any]], Any]] = {
    Op.MIN: min,
    Op.MAX: max,
    Op.COUNT: lambda xs: sum(map(bool, xs)),
}


class Steps:
    """The whole state space of one model, reachable or not, and all steps."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.slot = {v.name: i for i, v in enumerate(model.variables)}
        self.states: list[State] = list(product(*(all_values(v.type) for v in model.variables)))
        self.number = {s: i for i, s in enumerate(self.states)}
        self.actor = {a.name: i for i, a in enumerate(model.actors)}
        self._truths: dict[int, list[bool]] = {}
        self._guards = [[self.compile(c.expr) for c in a.guard] for a in model.actions]
        self._updates = [self._block(a.update) for a in model.actions]

    # --- evaluation ---

    def compile(self, e: Expr) -> Run:
        match e:
            case Const(value):
                return lambda v, t: value
            case Var(name):
                i = self.slot[name]
                return lambda v, t: v[i]
            case Temp(name):
                return lambda v, t: t[name]
            case Field(record, name):
                assert isinstance(record.type, RecordT)
                run, n = self.compile(record), [f for f, _ in record.type.fields].index(name)
                return lambda v, t: run(v, t)[n]
            case Index(base, index):
                return self._index(base, index)
            case Make(items, kind):
                runs = [self.compile(x) for x in items]
                build: Any = frozenset if isinstance(kind, SetT) else tuple
                return lambda v, t: build([r(v, t) for r in runs])
            case Apply(op, args):
                return self._apply(op, [self.compile(a) for a in args])
            case _:
                raise NotImplementedError(e)

    def _index(self, base: Expr, index: Expr) -> Run:
        b, i = self.compile(base), self.compile(index)
        keys = {k: n for n, k in enumerate(all_values(base.type.key))} if isinstance(base.type, MapT) else None

        def run(v: list[Any], t: dict[str, Any]) -> Any:
            whole, at = b(v, t), i(v, t)
            if keys is not None:
                if at not in keys:
                    raise NoValue
                return whole[keys[at]]
            if not 0 <= at < len(whole):
                raise NoValue
            return whole[at]

        return run

    def _apply(self, op: Op, runs: list[Run]) -> Run:
        if op is Op.AND:
            return lambda v, t: all(r(v, t) for r in runs)
        if op is Op.OR:
            return lambda v, t: any(r(v, t) for r in runs)
        if op is Op.ITE:
            c, a, b = runs
            return lambda v, t: a(v, t) if c(v, t) else b(v, t)
        if op in TWO:
            two, (x, y) = TWO[op], runs
            return lambda v, t: two(x(v, t), y(v, t))
        if op in ONE:
            one, (z,) = ONE[op], runs
            return lambda v, t: one(z(v, t))
        many = MANY[op]
        return lambda v, t: many([r(v, t) for r in runs])

    def true(self, e: Expr, s: int) -> bool:
        """Whether a condition of the model holds in state number `s`; what has no value does not."""
        if id(e) not in self._truths:  # the model keeps its expressions, so their ids stay theirs
            self._truths[id(e)] = [self._holds(self.compile(e), state) for state in self.states]
        return self._truths[id(e)][s]

    def false(self, e: Expr, s: int) -> bool:
        """Whether a condition has a value in state number `s`, and it is false."""
        try:
            return not self.compile(e)(list(self.states[s]), {})
        except NoValue:
            return False

    def _holds(self, run: Run, s: State) -> bool:
        try:
            return bool(run(list(s), {}))
        except NoValue:
            return False

    # --- steps ---

    def _block(self, block: Iterable[Stmt]) -> Callable[[list[Any], dict[str, Any]], Iterator[None]]:
        """Run the block in place once for every list of choices; what fails is not yielded."""
        steps = [self._statement(s) for s in block]

        def run(v: list[Any], t: dict[str, Any], at: int = 0) -> Iterator[None]:
            if at == len(steps):
                yield
                return
            before, temps = v[:], dict(t)
            try:
                for _ in steps[at](v, t):
                    yield from run(v, t, at + 1)
                    v[:] = before
                    t.clear()
                    t.update(temps)
            except (NoValue, Failed):
                v[:] = before

        return run

    def _statement(self, s: Stmt) -> Callable[[list[Any], dict[str, Any]], Iterator[None]]:
        match s:
            case Assign(target, value):
                return self._assign(target, self.compile(value), target.type)
            case If(condition, then, otherwise):
                c, a, b = self.compile(condition), self._block(then), self._block(otherwise)
                return lambda v, t: a(v, t) if c(v, t) else b(v, t)
            case Choose(target, options):
                return self._choose(target, self.compile(options))
            case Assert(condition):
                return self._assert(self.compile(condition))

    def _assert(self, condition: Run) -> Callable[[list[Any], dict[str, Any]], Iterator[None]]:
        def run(v: list[Any], t: dict[str, Any]) -> Iterator[None]:
            if not condition(v, t):
                raise Failed
            yield

        return run

    def _choose(self, target: Temp, options: Run) -> Callable[[list[Any], dict[str, Any]], Iterator[None]]:
        domain = all_values(target.type)

        def run(v: list[Any], t: dict[str, Any]) -> Iterator[None]:
            found = options(v, t)
            for value in domain:
                if value in found:
                    t[target.name] = value
                    yield

        return run

    def _assign(self, target: Expr, value: Run, kind: Type) -> Callable[[list[Any], dict[str, Any]], Iterator[None]]:
        put = self._put(target)

        def run(v: list[Any], t: dict[str, Any]) -> Iterator[None]:
            new = value(v, t)
            if not fits(kind, new):
                raise Failed
            put(v, t, new)
            yield

        return run

    def _put(self, target: Expr) -> Callable[[list[Any], dict[str, Any], Any], None]:
        match target:
            case Var(name):
                i = self.slot[name]
                return lambda v, t, x: v.__setitem__(i, x)
            case Temp(name):
                return lambda v, t, x: t.__setitem__(name, x)
            case Apply(Op.UNWRAP, (slot,)):
                return self._put(slot)
            case Field(record, name):
                assert isinstance(record.type, RecordT)
                n = [f for f, _ in record.type.fields].index(name)
                return self._put_at(record, lambda v, t: n)
            case Index(base, index):
                if isinstance(base.type, MapT):
                    keys, at = {k: n for n, k in enumerate(all_values(base.type.key))}, self.compile(index)
                    return self._put_at(base, lambda v, t: keys.get(at(v, t), -1))
                return self._put_at(base, self.compile(index))
            case _:
                raise NotImplementedError(target)

    def _put_at(self, base: Expr, where: Run) -> Callable[[list[Any], dict[str, Any], Any], None]:
        read, put = self.compile(base), self._put(base)

        def run(v: list[Any], t: dict[str, Any], x: Any) -> None:
            whole, n = read(v, t), where(v, t)
            if not 0 <= n < len(whole):
                raise NoValue
            put(v, t, (*whole[:n], x, *whole[n + 1 :]))

        return run

    def guard_holds(self, a: int, s: State) -> bool:
        try:
            return all(g(s, {}) for g in self._guards[a])  # type: ignore[arg-type]
        except NoValue:
            return False

    @cached_property
    def edges(self) -> list[list[tuple[int, int]]]:
        """(action, successor) of every state of the space, reachable or not."""
        found: list[list[tuple[int, int]]] = []
        for s in self.states:
            row: list[tuple[int, int]] = []
            for a in range(len(self.model.actions)):
                if self.guard_holds(a, s):
                    v = list(s)
                    row.extend((a, self.number[tuple(v)]) for _ in self._updates[a](v, {}))
            found.append(row)
        return found

    @cached_property
    def initial(self) -> list[int]:
        return [self.number[s] for s in product(*(v.inits for v in self.model.variables))]

    @cached_property
    def enabled(self) -> list[frozenset[int]]:
        """Actions with a true guard, of every state."""
        actions = range(len(self.model.actions))
        return [frozenset(a for a in actions if self.guard_holds(a, s)) for s in self.states]
