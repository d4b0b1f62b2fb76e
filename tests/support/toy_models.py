"""Small hand-made models, and the few words they are written in."""

from __future__ import annotations

from checker.ir.domains import (
    BoolT,
    EnumT,
    IntT,
    MapT,
    OptionT,
    OwnT,
    RecordT,
    SeqT,
    SetT,
    Type,
    Value,
    default,
)
from checker.ir.nodes import (
    Action,
    Actor,
    Apply,
    Assert,
    Assign,
    Choose,
    Conjunct,
    Const,
    Duty,
    Expr,
    Fault,
    Field,
    If,
    Index,
    Make,
    Model,
    Property,
    Stmt,
    Temp,
    Var,
    Variable,
)
from checker.ir.ops import Op
from checker.ir.subtypes import natural
from checker.loc import Loc

BOOL = BoolT()


def const(value: Value, kind: Type | None = None) -> Const:
    """A constant; of a bool or number the type is known."""
    if kind is None:
        assert isinstance(value, int)
        kind = BOOL if isinstance(value, bool) else IntT(value, value)
    return Const(value, kind)


def op(operator: Op, *args: Expr) -> Apply:
    """An operator applied, with the type that follows from its arguments."""
    return Apply(operator, args, natural(Apply(operator, args, BOOL)))


def eq(left: Expr, right: Expr) -> Apply:
    return op(Op.EQ, left, right)


def at(base: Expr, index: Expr) -> Index:
    assert isinstance(base.type, MapT | SeqT)
    return Index(base, index, base.type.value if isinstance(base.type, MapT) else base.type.item)


def part(record: Expr, name: str) -> Field:
    assert isinstance(record.type, RecordT)
    return Field(record, name, record.type.field(name))


def require(expr: Expr, *, location: bool = False, line: int = 0, resource: str = "") -> Conjunct:
    return Conjunct(expr, location=location, resource=resource, loc=Loc("toy.py", line))


def variable(var: Var, *inits: Value, owner: str = "") -> Variable:
    return Variable(var.name, var.type, inits or (default(var.type),), owner)


def philosophers(seats: int) -> Model:
    """Each takes the left fork, then the right one: they deadlock with a fork each."""
    place = EnumT("Place", ("thinks", "has_left", "eats"))
    forks = MapT(IntT(0, seats - 1), BOOL)
    taken = Var("taken", forks)
    variables, actors, actions = [variable(taken)], [], []
    for seat in range(seats):
        name = f"philosopher[{seat}]"
        pc = Var(f"{name}.at", place)
        left, right = at(taken, const(seat)), at(taken, const((seat + 1) % seats))
        variables.append(variable(pc, owner=name))
        actors.append(Actor(name, Duty.OBLIGED))

        def move(verb: str, source: str, target: str, guard: tuple[Expr, ...], *then: tuple[Index, bool]) -> None:
            standing = require(eq(pc, const(source, place)), location=True)  # noqa: B023
            sets = tuple(Assign(fork, const(value)) for fork, value in then)
            update = (*sets, Assign(pc, const(target, place)))  # noqa: B023
            actions.append(Action(f"{name}.{verb}", name, (standing, *map(require, guard)), update))  # noqa: B023

        move("left", "thinks", "has_left", (op(Op.NOT, left),), (left, True))
        move("right", "has_left", "eats", (op(Op.NOT, right),), (right, True))
        move("release", "eats", "thinks", (), (left, False), (right, False))
    return Model("philosophers", (("seats", seats),), tuple(variables), tuple(actors), tuple(actions), ())


def counter(limit: int, *properties: Property, strict: bool = False) -> Model:
    """One actor counts to `limit` and stops, or runs out of the range of its number."""
    n = Var("n", IntT(0, limit))
    guard = () if strict else (require(op(Op.LT, n, const(limit)), line=3),)
    up = Action(
        "clock.up", "clock", guard, (Assign(n, op(Op.ADD, n, const(1)), Loc("toy.py", 4)),), loc=Loc("toy.py", 2)
    )
    clock = Actor("clock", Duty.OBLIGED, finished=eq(n, const(limit)))
    return Model("counter", (), (variable(n),), (clock,), (up,), properties)


def odometers(count: int, limit: int) -> Model:
    """Actors that each count to `limit` and begin again, in numbers so large that each has a word of its own."""
    actors, variables, actions = [], [], []
    for place in range(count):
        n = Var(f"n{place}", IntT(0, 2**60))
        more, last = require(op(Op.LT, n, const(limit)), line=3), require(eq(n, const(limit)), line=5)
        steps: tuple[tuple[Conjunct, Expr], ...] = ((more, op(Op.ADD, n, const(1))), (last, const(0)))
        for name, (guard, value) in zip(("up", "turn"), steps, strict=True):
            loc = Loc("toy.py", 2 + 10 * place)
            actions.append(Action(f"a{place}.{name}", f"a{place}", (guard,), (Assign(n, value, loc),), loc=loc))
        actors.append(Actor(f"a{place}", Duty.OBLIGED))
        variables.append(variable(n))
    return Model("odometers", (), tuple(variables), tuple(actors), tuple(actions), ())


def kitchen_sink() -> Model:
    """Every type, statement and partial operator at least once, with steps that fail."""
    small = IntT(0, 2)
    color = EnumT("Color", ("red", "green"))
    batch = RecordT("Batch", (("size", small), ("handle", OwnT(color))))
    queue, slot = Var("queue", SeqT(small, 2)), Var("slot", OptionT(batch))
    table, chosen = Var("table", MapT(IntT(1, 3), small)), Var("chosen", SetT(small))
    paint = Var("paint", MapT(color, BOOL))
    item, other = Temp("item", small), Temp("other", small)
    n = at(table, const(1))
    value = op(Op.UNWRAP, slot)

    def action(name: str, guard: tuple[Expr, ...], *update: Stmt) -> Action:
        return Action(name, "a", tuple(require(expr, line=10) for expr in guard), update, loc=Loc("toy.py", 20))

    pick = Choose(item, const(frozenset({0, 2}), SetT(small)), Loc("toy.py", 30))
    actions = (
        action("push", (), pick, Assign(queue, op(Op.APPEND, queue, item), Loc("toy.py", 31))),
        action(
            "pop",
            (op(Op.GT, at(queue, const(0)), const(0)),),
            Assign(n, at(queue, const(0))),
            Assign(queue, op(Op.TAIL, queue)),
        ),
        action("fill", (op(Op.IS_NONE, slot),), Assign(slot, Make((n, const("green", color)), batch))),
        action(
            "take",
            (eq(part(value, "size"), const(2)),),
            Assign(slot, Make((const(0), Const(None, OwnT(color))), batch)),
        ),
        action(
            "part",
            (op(Op.NOT, op(Op.IS_NONE, slot)),),
            Assign(part(value, "size"), op(Op.ADD, part(value, "size"), const(1))),
        ),
        action(
            "empty",
            (),
            Assert(op(Op.NOT, op(Op.IS_NONE, slot)), "nothing there", Fault.OWNERSHIP, Loc("toy.py", 40)),
            Assign(slot, Const(None, slot.type)),
        ),
        action(
            "nested",
            (op(Op.LT, op(Op.LEN, chosen), const(2)),),
            If(
                eq(n, const(0)),
                (
                    pick,
                    Choose(other, op(Op.MINUS, const(frozenset({0, 1, 2}), SetT(small)), chosen)),
                    Assign(at(table, op(Op.ADD, other, const(1))), item),
                ),
                (Assign(item, const(1)), Assign(n, op(Op.SUB, n, item))),
            ),
            If(op(Op.IN, item, queue), (Assign(queue, op(Op.REMOVE, queue, item)),)),
            Assign(chosen, op(Op.UNION, chosen, Make((item,), SetT(small)))),
        ),
        action(
            "starve",
            (eq(op(Op.LEN, chosen), const(2)),),
            Choose(item, op(Op.MINUS, chosen, const(frozenset({0, 1}), SetT(small)))),
            Assign(chosen, const(frozenset(), SetT(small))),
        ),
        action("index", (), Assign(at(table, op(Op.ADD, n, const(2))), op(Op.MOD, const(2), n))),
        action(
            "paint",
            (op(Op.LT, op(Op.COUNT, at(paint, const("red", color)), op(Op.GE, n, const(1))), const(2)),),
            Assign(
                at(paint, op(Op.ITE, eq(n, const(0)), const("red", color), const("green", color))),
                op(Op.NOT, at(paint, const("green", color))),
            ),
        ),
    )
    return Model(
        "sink",
        (),
        (variable(queue), variable(slot), variable(table, (0, 0, 0), (1, 2, 0)), variable(chosen), variable(paint)),
        (Actor("a", Duty.OBLIGED),),
        actions,
        (),
    )
