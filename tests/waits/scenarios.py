"""Small systems with a known answer, as action IR."""

from __future__ import annotations

from collections.abc import Sequence

from checker.ir.domains import BoolT, EnumT, IntT, Type, Value
from checker.ir.nodes import (
    Action,
    Actor,
    Apply,
    Assign,
    Conjunct,
    Const,
    Duty,
    Expr,
    Model,
    Stmt,
    Var,
    Variable,
)
from checker.ir.ops import Op
from checker.passes.locations import locations

BOOL = BoolT()


def var(name: str, kind: Type = BOOL) -> Var:
    return Var(name, kind)


def const(value: Value, kind: Type) -> Const:
    return Const(value, kind)


def equal(left: Var, value: Value) -> Expr:
    return Apply(Op.EQ, (left, Const(value, left.type)), BOOL)


def negation(arg: Expr) -> Expr:
    return Apply(Op.NOT, (arg,), BOOL)


def put(target: Var, value: Value) -> Stmt:
    return Assign(target, Const(value, target.type))


def act(
    name: str,
    guard: Sequence[Expr],
    update: Sequence[Stmt] = (),
    *,
    duty: Duty = Duty.OBLIGED,
    participants: tuple[str, ...] = (),
) -> Action:
    """An action named `owner.what`."""
    conjuncts = tuple(map(Conjunct, guard))
    return Action(name, name.split(".")[0], conjuncts, tuple(update), duty, participants)


def model(variables: dict[Var, Value], actions: Sequence[Action], **actors: Actor) -> Model:
    """A model whose actors are the owners of `actions` (obliged, or as given in `actors`), locations marked."""
    names = dict.fromkeys(action.owner for action in actions)
    found = tuple(actors.get(name, Actor(name, Duty.OBLIGED)) for name in names)
    declared = tuple(Variable(v.name, v.type, (value,)) for v, value in variables.items())
    return locations(Model("scenario", (), declared, found, tuple(actions), ()))


def philosophers(count: int) -> Model:
    """Each takes the left fork, then the right one, then puts both back: the classic."""
    stage = EnumT("Stage", ("thinks", "has_left", "eats"))
    seats = [var(f"stage{i}", stage) for i in range(count)]
    forks = [var(f"fork{i}") for i in range(count)]  # True: taken
    actions = []
    for i, seat in enumerate(seats):
        left, right = forks[i], forks[(i + 1) % count]
        actions += [
            act(f"p{i}.left", [equal(seat, "thinks"), negation(left)], [put(left, True), put(seat, "has_left")]),
            act(f"p{i}.right", [equal(seat, "has_left"), negation(right)], [put(right, True), put(seat, "eats")]),
            act(f"p{i}.back", [equal(seat, "eats")], [put(left, False), put(right, False), put(seat, "thinks")]),
        ]
    return model({**dict.fromkeys(seats, "thinks"), **dict.fromkeys(forks, False)}, actions)


STOP = EnumT("Stop", ("idle", "stopping", "done"))


def pipeline(*, cancel_first: bool) -> Model:
    """A shutdown waits for a gate that a queued handle keeps open; the executor that would drop it flushes to a client.

    The executor's flush also listens to the connection's cancel, which `stop` fires: after the shutdown (the deadlock
    of PAGE_SERVICE C1), or, with `cancel_first`, before it. Without `stop` firing it at all this would be the
    hostage of H1; the client may read, a fault may reset the connection.
    """
    stop = var("stop_stage", STOP)
    handle, full, cancelled, dead = var("handle"), var("window_full"), var("cancelled"), var("reset")
    open_gate = negation(handle)
    shut, fire = put(stop, "done"), put(cancelled, True)
    begin = [put(stop, "stopping"), *([fire] if cancel_first else [])]
    actions = [
        act("stop.begin", [equal(stop, "idle")], begin),
        act("stop.end", [equal(stop, "stopping"), open_gate], [shut, fire]),
        act("executor.flush", [handle, negation(full)], [put(handle, False)]),
        act("executor.cancel", [handle, cancelled], [put(handle, False)]),
        act("executor.broken", [handle, dead], [put(handle, False)]),
        act("client.read", [full], [put(full, False)], duty=Duty.MAY),
        act("network.reset", [negation(dead)], [put(dead, True)], duty=Duty.FAULT),
    ]
    return model(
        {stop: "idle", handle: True, full: True, cancelled: False, dead: False},
        actions,
        stop=Actor("stop", Duty.OBLIGED, finished=equal(stop, "done")),
        executor=Actor("executor", Duty.OBLIGED, resting=negation(handle)),
        client=Actor("client", Duty.MAY, resting=negation(full)),
        network=Actor("network", Duty.FAULT, resting=dead),
    )


def hostage() -> Model:
    """The pipeline when nobody fires the connection's cancel: only the client can end the wait."""
    base = pipeline(cancel_first=False)
    actions = tuple(action for action in base.actions if action.name != "executor.cancel")
    return locations(Model(base.name, (), base.variables, base.actors, actions, ()))


def two_permits() -> Model:
    """`a` waits for both permits while `c` for ever takes one and returns it: dead, and no state shows it.

    `c` always has an enabled action, so in every single state it looks as if it might return both.
    """
    free, wants = IntT(0, 2), EnumT("Wants", ("both", "done"))
    permits, stage, held = var("permits", free), var("a_stage", wants), var("held", IntT(0, 1))
    take = Assign(permits, Apply(Op.SUB, (permits, const(1, free)), IntT(-1, 1)))
    give = Assign(permits, Apply(Op.ADD, (permits, const(1, free)), IntT(1, 3)))
    return model(
        {permits: 1, stage: "both", held: 0},
        [
            act(
                "a.take",
                [equal(stage, "both"), Apply(Op.GE, (permits, const(2, free)), BOOL)],
                [put(stage, "done"), put(permits, 0)],
            ),
            act("c.take", [equal(held, 0), Apply(Op.GE, (permits, const(1, free)), BOOL)], [take, put(held, 1)]),
            act("c.give", [equal(held, 1)], [give, put(held, 0)]),
        ],
        a=Actor("a", Duty.OBLIGED, finished=equal(stage, "done")),
    )


def lost_notification() -> Model:
    """The notifier looked before the waiter waited, and has ended; a clock ticks for ever beside them."""
    told, gone, tick, waiting = var("told"), var("gone"), var("tick"), var("waiting")
    return model(
        {told: False, gone: False, tick: False, waiting: False},
        [
            act("waiter.wait", [negation(waiting)], [put(waiting, True)]),
            act("waiter.wake", [waiting, told], [put(waiting, False)]),
            act("notifier.tell", [negation(gone), waiting], [put(told, True), put(gone, True)]),
            act("notifier.leave", [negation(gone), negation(waiting)], [put(gone, True)]),
            act("clock.tick", [tick], [put(tick, False)]),
            act("clock.tock", [negation(tick)], [put(tick, True)]),
        ],
        notifier=Actor("notifier", Duty.OBLIGED, finished=gone),
    )
