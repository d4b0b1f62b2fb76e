"""Run an action on a partly known state: where can it lead from the states in which these leaves have these values?

An abstract interpretation (Cousot & Cousot 1977) of guard and update. It keeps every state that is possible and may
keep some that are not: conditions narrow the places they compare, an update that must fail leads nowhere, branches
and choices are followed apart as long as there are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import reduce
from typing import TypeAlias, assert_never

from checker.diagnostics import InternalError
from checker.ir.domains import BoolT, MapT, RecordT, SetT, Type, Value
from checker.ir.leaves import At, Mark, Path, Step, positions
from checker.ir.nodes import Apply, Assert, Assign, Choose, Const, Expr, Field, If, Index, Make, Old, Stmt, Temp, Var
from checker.ir.ops import Op
from checker.waits.abstract import (
    EITHER,
    Abstract,
    Impossible,
    Items,
    Maybe,
    Members,
    anything,
    concrete,
    exactly,
    fitted,
    join,
    joined,
    meet,
    of_lengths,
    updated,
    without,
)
from checker.waits.operators import COMPARISONS, STRICT

FOLLOWED = 16  # states followed apart; more are joined

Known: TypeAlias = dict[str, Abstract]  # by variable, and by `temp_key` of a temp
Location: TypeAlias = tuple[str, Path]
Change: TypeAlias = Callable[[Abstract], Abstract]


def temp_key(name: str) -> str:
    """Return the key of a temp: no variable's name starts with `%`."""
    return "%" + name


# --- evaluation --------------------------------------------------------------------------------


def evaluate(expr: Expr, known: Known) -> Abstract:
    """Return what `expr` may be; `Impossible` if it has no value in any of the states."""
    match expr:
        case Const(value, kind):
            return exactly(kind, value)
        case Var(name):
            return known[name]
        case Temp(name):
            return known[temp_key(name)]
        case Old(name):
            raise InternalError(f"`old.{name}` in an action")
        case Field(record, name):
            parts = evaluate(record, known)
            assert isinstance(parts, tuple) and isinstance(record.type, RecordT)
            return parts[record.type.position(name)]
        case Index(base, index):
            return _element(expr, evaluate(base, known), evaluate(index, known))
        case Apply(Op.AND, args):
            return _connected(args, known, stop=False)
        case Apply(Op.OR, args):
            return _connected(args, known, stop=True)
        case Apply(Op.ITE, (condition, then, otherwise)):
            return _chosen(condition, then, otherwise, known)
        case Apply(op, args):
            return STRICT[op]([evaluate(arg, known) for arg in args])
        case Make(items, kind):
            return _made(expr, [evaluate(item, known) for item in items])
        case _:
            assert_never(expr)


def _places_in(expr: Index, base: Abstract, index: Abstract) -> list[int]:
    """Return the positions of `base` that `index` may mean."""
    if isinstance(base, Items):
        allowed: Iterable[Value] = range(max(base.lengths))
        listed = index if isinstance(index, frozenset) else frozenset(allowed)
        return [place for place in range(max(base.lengths)) if place in listed]
    assert isinstance(expr.base.type, MapT)
    keys = positions(expr.base.type.key)
    named = concrete(index)
    return list(keys.values()) if named is None else sorted(keys[key] for key in named if key in keys)


def _element(expr: Index, base: Abstract, index: Abstract) -> Abstract:
    parts = base.items if isinstance(base, Items) else base
    assert isinstance(parts, tuple)
    return joined([parts[place] for place in _places_in(expr, base, index)])


def _connected(args: tuple[Expr, ...], known: Known, *, stop: bool) -> Abstract:
    """Evaluate AND (`stop` is False) or OR (True): from the left, until an argument is `stop`."""
    stops = False
    for arg in args:
        try:
            value = evaluate(arg, known)
            stops = stops or stop in _bools(value)
            known = assume(arg, known, not stop)
        except Impossible:
            if stops:
                return frozenset({stop})
            raise
    return EITHER if stops else frozenset({not stop})


def _bools(value: Abstract) -> frozenset[Value]:
    return value if isinstance(value, frozenset) else EITHER


def _chosen(condition: Expr, then: Expr, otherwise: Expr, known: Known) -> Abstract:
    found = []
    for branch, wanted in ((then, True), (otherwise, False)):
        try:
            found.append(evaluate(branch, assume(condition, known, wanted)))
        except Impossible:
            continue
    return joined(found)


def _made(expr: Make, items: list[Abstract]) -> Abstract:
    match expr.type:
        case RecordT() | MapT():
            return tuple(items)
        case SetT(item):
            listed = [concrete(part) for part in items]
            certain = (part for part in listed if part is not None and len(part) == 1)
            possible = (frozenset(positions(item)) if part is None else part for part in listed)
            return Members(frozenset[Value]().union(*certain), frozenset[Value]().union(*possible))
        case _:
            return Items(frozenset({len(items)}), tuple(items))


# --- places ------------------------------------------------------------------------------------


def _locate(expr: Expr, known: Known) -> list[Location]:
    """Return the places `expr` may denote, in a variable or temp; [] if it is no place."""
    match expr:
        case Var(name):
            return [(name, ())]
        case Temp(name):
            return [(temp_key(name), ())]
        case Field(record, name):
            assert isinstance(record.type, RecordT)
            return _stepped(_locate(record, known), [record.type.position(name)])
        case Apply(Op.UNWRAP, (slot,)):
            return _stepped(_locate(slot, known), [Mark.PAYLOAD])
        case Index(base, index):
            bases = _locate(base, known)
            if not bases:
                return []
            places = _places_in(expr, evaluate(base, known), evaluate(index, known))
            return _stepped(bases, places if isinstance(base.type, MapT) else [At(place) for place in places])
        case Const() | Old() | Apply() | Make():
            return []
        case _:
            assert_never(expr)


def _stepped(locations: list[Location], steps: Iterable[Step]) -> list[Location]:
    steps = tuple(steps)
    return [(name, (*path, step)) for name, path in locations for step in steps]


def _narrowed(expr: Expr, known: Known, value: Abstract) -> Known:
    """Return `known` where `expr` is certain to be within `value`; unchanged if `expr` is not one certain place."""
    if isinstance(expr, Apply) and expr.op is Op.LEN and isinstance(value, frozenset):
        (items,) = expr.args
        return _changed(items, known, lambda old: _of_lengths_in(old, value))
    return _changed(expr, known, lambda old: _in_form_of(old, value))


def _in_form_of(old: Abstract, value: Abstract) -> Abstract:
    """Return `value`, found by comparing with an option, in the form of the bare value it stands for."""
    if isinstance(value, Maybe) and not isinstance(old, Maybe) and value.payload is not None:
        return value.payload
    return value


def _changed(expr: Expr, known: Known, change: Change) -> Known:
    located = _locate(expr, known)
    if len(located) != 1:
        return known
    (name, path), *_ = located
    if name not in known:
        return known
    return {**known, name: updated(known[name], path, change)}


def _of_lengths_in(items: Abstract, lengths: frozenset[Value]) -> Abstract:
    if not isinstance(items, Items):
        return items
    return of_lengths(frozenset(length for length in items.lengths if length in lengths), items.items)


# --- conditions --------------------------------------------------------------------------------

_OPPOSITE = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
}


def assume(condition: Expr, known: Known, wanted: bool) -> Known:
    """Return what is known where `condition` is `wanted`; `Impossible` if it cannot be."""
    match condition:
        case Apply(Op.NOT, (arg,)):
            return assume(arg, known, not wanted)
        case Apply(Op.AND | Op.OR as op, args):
            if wanted is (op is Op.AND):
                return reduce(lambda so_far, arg: assume(arg, so_far, wanted), args, known)
            return _some_stops(args, known, wanted)
        case Apply(op, (left, right)) if op in _OPPOSITE:
            return _compared(op if wanted else _OPPOSITE[op], left, right, known)
        case Apply(Op.IS_NONE, (slot,)):
            _expect(evaluate(condition, known), wanted)
            return _changed(slot, known, lambda old: _with_emptiness(old, wanted))
        case Apply(Op.IN, (item, members)):
            _expect(evaluate(condition, known), wanted)
            return _member(item, members, known, wanted)
        case _:
            _expect(evaluate(condition, known), wanted)
            return _narrowed(condition, known, frozenset({wanted})) if isinstance(condition.type, BoolT) else known


def _expect(value: Abstract, wanted: bool) -> None:
    if wanted not in _bools(value):
        raise Impossible


def _some_stops(args: tuple[Expr, ...], known: Known, stop: bool) -> Known:
    """Assume that some argument is `stop`, those before it not: join what is known in each case."""
    found: list[Known] = []
    for arg in args:
        with suppress(Impossible):
            found.append(assume(arg, known, stop))
        try:
            known = assume(arg, known, not stop)
        except Impossible:
            break
    if not found:
        raise Impossible
    return reduce(_joined_states, found)


def _joined_states(left: Known, right: Known) -> Known:
    return {name: join(left[name], right[name]) for name in left if name in right}


def _compared(op: Op, left: Expr, right: Expr, known: Known) -> Known:
    a, b = evaluate(left, known), evaluate(right, known)
    match op:
        case Op.EQ:
            both = meet(a, b)
            return _narrowed(right, _narrowed(left, known, both), both)
        case Op.NE:
            return _narrowed(right, _narrowed(left, known, without(a, b)), without(b, a))
        case _:
            holds = COMPARISONS[op]
            if not (isinstance(a, frozenset) and isinstance(b, frozenset)):
                return known
            lefts = frozenset(x for x in a if any(holds(x, y) for y in b))
            rights = frozenset(y for y in b if any(holds(x, y) for x in a))
            if not lefts:
                raise Impossible
            return _narrowed(right, _narrowed(left, known, lefts), rights)


def _with_emptiness(slot: Abstract, empty: bool) -> Abstract:
    if not isinstance(slot, Maybe):
        return slot
    return Maybe(True, None) if empty else Maybe(False, slot.payload)


def _member(item: Expr, members: Expr, known: Known, wanted: bool) -> Known:
    found, items = evaluate(members, known), evaluate(item, known)
    if not isinstance(found, Members) or not isinstance(items, frozenset):
        return known
    allowed = items & found.possible if wanted else items - found.certain
    if not allowed:
        raise Impossible
    known = _narrowed(item, known, allowed)
    if len(allowed) > 1:
        return known
    if wanted:
        return _narrowed(members, known, Members(found.certain | allowed, found.possible))
    return _narrowed(members, known, Members(found.certain, found.possible - allowed))


# --- statements --------------------------------------------------------------------------------


def execute(block: tuple[Stmt, ...], states: list[Known]) -> list[Known]:
    """Return the states in which `block` may end when begun in `states`; [] if it must fail."""
    for stmt in block:
        states = [after for before in states for after in _step(stmt, before)]
        if len(states) > FOLLOWED:
            states = [reduce(_joined_states, states)]
    return states


def _step(stmt: Stmt, known: Known) -> list[Known]:
    try:
        match stmt:
            case Assign(target, value):
                return [_assigned(target, _stored(evaluate(value, known), value, target.type), known)]
            case If(condition, then, otherwise):
                return _branch(condition, then, known, True) + _branch(condition, otherwise, known, False)
            case Choose(target, options):
                return _choices(target, evaluate(options, known), known)
            case Assert(condition):
                return [assume(condition, known, True)]
            case _:
                assert_never(stmt)
    except Impossible:
        return []


def _stored(found: Abstract, value: Expr, domain: Type) -> Abstract:
    """Return what a place of type `domain` holds when it is set to `value`, which may be `found`."""
    if isinstance(value, (Const, Var, Temp, Field, Index)) and value.type == domain:
        return found  # what a place of the same type holds
    return fitted(found, domain)


def _branch(condition: Expr, block: tuple[Stmt, ...], known: Known, wanted: bool) -> list[Known]:
    try:
        return execute(block, [assume(condition, known, wanted)])
    except Impossible:
        return []


def _choices(target: Temp, options: Abstract, known: Known) -> list[Known]:
    key = temp_key(target.name)
    if not isinstance(options, Members):
        return [{**known, key: anything(target.type)}]
    found = [exactly(target.type, value) for value in options.possible]
    if len(found) <= FOLLOWED:
        return [{**known, key: value} for value in found]
    return [{**known, key: joined(found)}]


def _assigned(target: Expr, value: Abstract, known: Known) -> Known:
    """Assign to the place `target`, or, where several are possible, perhaps to each of them."""
    if isinstance(target, Temp):
        return {**known, temp_key(target.name): value}
    located = _locate(target, known)
    if not located:
        raise Impossible
    if len(located) == 1:
        (name, path), *_ = located
        return {**known, name: updated(known[name], path, lambda _: value)}
    after = dict(known)
    for name, path in located:
        try:
            after[name] = join(after[name], updated(after[name], path, lambda _: value))
        except Impossible:
            continue
    return after
