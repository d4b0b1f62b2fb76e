"""The pageserver-stop deadlock of pagestream, small and by hand: what the reports are drawn from in these tests.

Seven actors. A handle queued between batcher and executor keeps the timeline's gate open, while the executor
flushes to a compute that need not read; the connection would be cancelled by `stop`, after the tenant is down.
"""

from __future__ import annotations

from checker.ir.domains import BoolT, EnumT, IntT, OwnT, RecordT, Type, Value
from checker.ir.nodes import (
    FALSE,
    TRUE,
    Action,
    Actor,
    Apply,
    Assign,
    Conjunct,
    Const,
    Duty,
    Expr,
    Make,
    Model,
    Progress,
    Sometimes,
    Var,
    Variable,
)
from checker.ir.ops import Op
from checker.loc import Loc

SPEC = "specs/page_service/__init__.py"
HANDLE = RecordT("Handle", (("shard", IntT(0, 0)),))
SLOT = OwnT(HANDLE)

POINTS: dict[str, tuple[str, ...]] = {
    "stop": ("idle", "listener", "tenants", "cancel", "done"),
    "tenant_shutdown": ("idle", "timelines", "done"),
    "timeline_shutdown": ("idle", "cancel", "gate", "done"),
    "executor": ("recv", "storage", "flush", "done"),
    "batcher": ("read", "resolve", "send", "done"),
    "compute": ("running", "done"),
    "kill": ("armed", "done"),
}
DUTIES = {"compute": Duty.MAY, "kill": Duty.FAULT}
DATA: tuple[tuple[str, Type, Value], ...] = (
    ("c2s", IntT(0, 1), 0),
    ("s2c", IntT(0, 1), 0),
    ("sent", IntT(0, 4), 0),
    ("batcher.handle", SLOT, None),
    ("batches.value", SLOT, None),
    ("executor.handle", SLOT, None),
    ("timeline_cancel.fired", BoolT(), False),
    ("connection_cancel.fired", BoolT(), False),
    ("socket.reset", BoolT(), False),
)
TYPES: dict[str, Type] = {name: type_ for name, type_, _ in DATA}
PCS: dict[str, Type] = {actor: EnumT("", points) for actor, points in POINTS.items()}


def loc(line: int) -> Loc:
    return Loc(SPEC, line, 8)


def var(name: str) -> Var:
    return Var(name, TYPES[name])


def pc(actor: str) -> Var:
    return Var(f"{actor}.pc", PCS[actor])


def at(actor: str, point: str) -> Expr:
    return Apply(Op.EQ, (pc(actor), Const(point, PCS[actor])), BoolT())


def num(value: int) -> Const:
    return Const(value, IntT(0, 4))


def empty(slot: str) -> Expr:
    return Apply(Op.IS_NONE, (var(slot),), BoolT())


def neg(expr: Expr) -> Expr:
    return Apply(Op.NOT, (expr,), BoolT())


def less(left: str, right: int) -> Expr:
    return Apply(Op.LT, (var(left), num(right)), BoolT())


def either(*parts: Expr) -> Expr:
    return Apply(Op.OR, parts, BoolT())


def put(name: str, value: Expr) -> Assign:
    return Assign(var(name), value)


def none(name: str) -> Assign:
    return put(name, Const(None, TYPES[name]))


def bump(name: str, by: int) -> Assign:
    return put(name, Apply(Op.ADD if by > 0 else Op.SUB, (var(name), num(abs(by))), IntT(0, 4)))


def action(
    actor: str,
    name: str,
    line: int,
    move: tuple[str, str],
    waits: tuple[tuple[Expr, str, str], ...] = (),
    update: tuple[Assign, ...] = (),
    participants: tuple[str, ...] = (),
) -> Action:
    """Build `actor.name`: from point to point, awaiting each (condition, resource, held in) of `waits`."""
    start, end = move
    guard = (
        Conjunct(at(actor, start), location=True, loc=loc(line)),
        *(Conjunct(expr, resource, held_in, loc=loc(line)) for expr, resource, held_in in waits),
    )
    moved = (Assign(pc(actor), Const(end, PCS[actor])),) if end != start else ()
    duty = DUTIES.get(actor, Duty.OBLIGED)
    return Action(f"{actor}.{name}", actor, guard, (*update, *moved), duty, participants, False, start, loc(line))


FIRED, TRIP = Const(True, BoolT()), var("connection_cancel.fired")
NEW = Make((Const(0, IntT(0, 0)),), HANDLE)
GATE = Apply(Op.AND, tuple(map(empty, ("batcher.handle", "batches.value", "executor.handle"))), BoolT())


def shutdown_actions() -> tuple[Action, ...]:
    return (
        action("stop", "begin", 24, ("idle", "listener")),
        action("stop", "listener", 27, ("listener", "tenants")),
        action("stop", "tenants", 31, ("tenants", "cancel"), ((at("tenant_shutdown", "done"), "tenant shutdown", ""),)),
        action("stop", "cancel", 33, ("cancel", "done"), (), (put("connection_cancel.fired", FIRED),)),
        action(
            "tenant_shutdown", "begin", 40, ("idle", "timelines"), ((at("stop", "tenants"), "stop's tenants step", ""),)
        ),
        action(
            "tenant_shutdown",
            "timelines",
            44,
            ("timelines", "done"),
            ((at("timeline_shutdown", "done"), "timeline shutdown", ""),),
        ),
        action(
            "timeline_shutdown",
            "begin",
            52,
            ("idle", "cancel"),
            ((at("tenant_shutdown", "timelines"), "tenant shutdown's timelines step", ""),),
        ),
        action("timeline_shutdown", "cancel", 55, ("cancel", "gate"), (), (put("timeline_cancel.fired", FIRED),)),
        action("timeline_shutdown", "gate", 58, ("gate", "done"), ((GATE, "gate `timeline`", "batches.value"),)),
    )


def connection_actions() -> tuple[Action, ...]:
    open_socket = (neg(var("socket.reset")), "socket", "")
    return (
        action(
            "executor",
            "recv",
            71,
            ("recv", "storage"),
            ((neg(empty("batches.value")), "batches", ""),),
            (put("executor.handle", var("batches.value")), none("batches.value")),
        ),
        action("executor", "storage", 76, ("storage", "flush"), (), (none("executor.handle"),)),
        action(
            "executor",
            "flush.wrote",
            81,
            ("flush", "recv"),
            ((less("s2c", 1), "socket.write_end", "s2c"), open_socket),
            (bump("s2c", 1),),
        ),
        action(
            "executor",
            "flush.cancelled",
            82,
            ("flush", "done"),
            ((either(TRIP, var("socket.reset")), "connection cancel", ""),),
            (none("batches.value"),),
        ),
        action(
            "batcher",
            "read",
            95,
            ("read", "resolve"),
            ((neg(less("c2s", 1)), "socket.read_end", ""),),
            (bump("c2s", -1),),
        ),
        action("batcher", "resolve", 99, ("resolve", "send"), (), (put("batcher.handle", NEW),)),
        action(
            "batcher",
            "send",
            103,
            ("send", "read"),
            ((empty("batches.value"), "batches", "batches.value"),),
            (put("batches.value", var("batcher.handle")), none("batcher.handle")),
        ),
        action(
            "compute",
            "send",
            120,
            ("running", "running"),
            ((less("c2s", 1), "socket.c2s", ""), (less("sent", 4), "requests left", "")),
            (bump("c2s", 1), bump("sent", 1)),
        ),
        action(
            "compute",
            "read",
            124,
            ("running", "running"),
            ((neg(less("s2c", 1)), "socket.s2c", ""),),
            (bump("s2c", -1),),
        ),
        action("kill", "reset", 131, ("armed", "done"), (), (put("socket.reset", FIRED),)),
    )


def actor(name: str, line: int) -> Actor:
    resting: dict[str, Expr] = {
        "batcher": Apply(Op.AND, (at("batcher", "read"), neg(var("connection_cancel.fired"))), BoolT()),
        "executor": Apply(Op.AND, (at("executor", "recv"), empty("batches.value")), BoolT()),
        "compute": TRUE,
        "kill": TRUE,
    }
    idle: Expr = at(name, "idle") if "idle" in POINTS[name] and name != "stop" else FALSE
    return Actor(name, DUTIES.get(name, Duty.OBLIGED), at(name, "done"), resting.get(name, idle), "", loc(line))


def model() -> Model:
    variables = (
        *(Variable(f"{name}.pc", PCS[name], (points[0],), name, loc(10)) for name, points in POINTS.items()),
        *(Variable(name, type_, (first,), "", loc(12)) for name, type_, first in DATA),
    )
    starts = {"stop": 22, "tenant_shutdown": 38, "timeline_shutdown": 50, "executor": 68, "batcher": 92}
    properties = (
        Progress("stops", "stop", None, loc(150)),
        Progress("timeline_ends", "timeline_shutdown", None, loc(151)),
        Sometimes(
            "hung_before_fix",
            Apply(
                Op.AND, (at("executor", "flush"), neg(empty("batches.value")), var("timeline_cancel.fired")), BoolT()
            ),
            loc(155),
        ),
    )
    actors = tuple(actor(name, starts.get(name, 118)) for name in POINTS)
    return Model(
        "PageService",
        (("handle", "strong"), ("scenario", "stop")),
        variables,
        actors,
        shutdown_actions() + connection_actions(),
        properties,
    )


# The handle travels in `batches.value` when the timeline's gate begins to close.
STEPS = (
    "compute.send", "batcher.read", "batcher.resolve", "batcher.send", "executor.recv", "compute.send",
    "executor.storage", "executor.flush.wrote", "batcher.read", "batcher.resolve", "batcher.send", "executor.recv",
    "compute.send", "executor.storage", "batcher.read", "batcher.resolve", "batcher.send", "compute.send",
    "batcher.read", "batcher.resolve", "stop.begin", "stop.listener", "tenant_shutdown.begin",
    "timeline_shutdown.begin", "timeline_shutdown.cancel",
)  # fmt: skip
