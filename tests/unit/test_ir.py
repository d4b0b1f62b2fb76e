"""The IR prints, walks and checks itself."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from checker.diagnostics import InternalError
from checker.engine.search import explore
from checker.interp import Interpreter
from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, RecordT, SeqT, SetT, Type, contains
from checker.ir.nodes import (
    Action,
    Apply,
    Assert,
    Assign,
    Choose,
    Conjunct,
    Expr,
    Fault,
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
from checker.ir.subtypes import covers, join, natural
from checker.ir.text import print_action, print_expr, print_model, print_stmt
from checker.ir.verify import verify
from checker.ir.walk import (
    action_reads,
    children,
    expressions,
    indices,
    map_children,
    map_expressions,
    reads,
    root,
    statements,
    substitute,
    temps,
    variables,
    walk,
    written,
)
from checker.machine import Undefined
from tests.support.random_models import random_model
from tests.support.toy_models import at, const, counter, eq, kitchen_sink, op, part, philosophers

SMALL = IntT(0, 2)
BATCH = RecordT("Batch", (("size", SMALL), ("tag", OptionT(SMALL))))
N, M = Var("n", SMALL), Var("m", SMALL)
QUEUE = Var("socket.s2c", SeqT(SMALL, 2))
SLOT = Var("batches.value", OptionT(BATCH))
HELD = Var("held", MapT(SMALL, BoolT()))
NAMES = Var("names", SetT(SMALL))
GONE = Var("gone", BoolT())


# --- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (
            op(Op.AND, op(Op.NOT, op(Op.IS_NONE, SLOT)), op(Op.LT, op(Op.LEN, QUEUE), const(1))),
            "batches.value is not None and len(socket.s2c) < 1",
        ),
        (op(Op.OR, op(Op.AND, GONE, GONE), GONE), "gone and gone or gone"),
        (op(Op.AND, op(Op.OR, GONE, GONE), GONE), "(gone or gone) and gone"),
        (op(Op.NOT, op(Op.AND, GONE, GONE)), "not (gone and gone)"),
        (op(Op.NOT, eq(N, M)), "not n == m"),
        (eq(eq(N, M), GONE), "(n == m) == gone"),
        (op(Op.SUB, N, op(Op.SUB, M, const(1))), "n - (m - 1)"),
        (op(Op.SUB, op(Op.SUB, N, M), const(1)), "n - m - 1"),
        (op(Op.MUL, op(Op.ADD, N, M), op(Op.NEG, N)), "(n + m) * -n"),
        (op(Op.MIN, N, M, const(1)), "min(n, m, 1)"),
        (op(Op.ITE, GONE, N, M), "n if gone else m"),
        (op(Op.NOT, op(Op.IN, N, NAMES)), "n not in names"),
        (op(Op.GE, op(Op.COUNT, GONE, eq(N, M)), const(1)), "count(gone, n == m) >= 1"),
        (part(op(Op.UNWRAP, SLOT), "size"), "batches.value.size"),
        (at(HELD, op(Op.ADD, N, const(1))), "held[n + 1]"),
        (op(Op.TAIL, QUEUE), "socket.s2c[1:]"),
        (op(Op.APPEND, QUEUE, N), "socket.s2c + [n]"),
        (Make((N, const(None, OptionT(SMALL))), BATCH), "Batch(size=n, tag=None)"),
        (Make((N, M), SetT(SMALL)), "{n, m}"),
        (op(Op.MINUS, NAMES, Make((N,), SetT(SMALL))), "names - {n}"),
        (Old("n", SMALL), "old.n"),
        (const("red", EnumT("Color", ("red",))), '"red"'),
        (op(Op.AND), "True"),
    ],
)
def test_expressions_print_as_a_spec_would_say_them(expr: Expr, text: str) -> None:
    assert print_expr(expr) == text


def test_statements_print_as_a_spec_would_say_them() -> None:
    block = If(
        GONE,
        (Assign(QUEUE, op(Op.APPEND, QUEUE, N)), Assign(N, op(Op.ADD, N, const(1)))),
        (Choose(Temp("t", SMALL), NAMES), Assert(GONE, "why", Fault.OWNERSHIP), If(GONE, ())),
    )
    assert print_stmt(block).splitlines() == [
        "if gone:",
        "    socket.s2c.append(n)",
        "    n += 1",
        "else:",
        "    t = choose(names)",
        '    assert gone, "why"  # ownership',
        "    if gone:",
        "        pass",
    ]


def test_an_action_prints_who_when_and_what() -> None:
    guard = (Conjunct(eq(N, const(0)), location=True), Conjunct(GONE, resource="gate", held_in="batches.value"))
    action = Action("a.act", "a", guard, (Assign(N, const(1)),), participants=("b",), strong=True, point="flush")
    assert print_action(action).splitlines() == [
        "action a.act of a with b (obliged, strongly fair) leaving flush:",
        "    require(n == 0)  # location",
        "    require(gone)  # gate held in batches.value",
        "    n = 1",
    ]


def test_a_model_prints_whole() -> None:
    assert print_model(counter(2)) == (
        "model counter()\n\nn: Int(0, 2) = 0\n\nactor clock, finished when n == 2\n\n"
        "action clock.up of clock (obliged):\n    require(n < 2)\n    n += 1\n"
    )


# --- walk --------------------------------------------------------------------------------------

BIG = op(Op.AND, at(HELD, N), eq(op(Op.LEN, QUEUE), M))


def test_walk_visits_every_part_before_its_own_parts() -> None:
    found = list(walk(BIG))
    assert found[0] == BIG
    assert found[1:4] == [at(HELD, N), HELD, N]
    assert variables(BIG) == {"held", "n", "socket.s2c", "m"}
    assert temps(eq(Temp("t", SMALL), N)) == {"t"}


def test_map_children_keeps_what_does_not_change() -> None:
    assert map_children(BIG, lambda expr: expr) is BIG
    assert substitute(BIG, {}) is BIG


def test_substitute_replaces_the_outermost_and_stops_there() -> None:
    swapped = substitute(eq(N, op(Op.ADD, N, M)), {N: M, M: N})
    assert swapped == eq(M, op(Op.ADD, M, N))
    assert substitute(at(HELD, N), {at(HELD, N): GONE, N: M}) == GONE


def test_what_a_block_reads_and_writes() -> None:
    block: tuple[Stmt, ...] = (
        If(GONE, (Assign(at(HELD, N), const(True)),), (Assign(Temp("t", SMALL), M),)),
        Assign(part(op(Op.UNWRAP, SLOT), "size"), const(1)),
    )
    assert written(block) == {"held", "batches.value"}
    assert reads(block) == {"gone", "n", "m"}
    assert len(list(statements(block))) == 4
    assert root(part(op(Op.UNWRAP, SLOT), "size")) == SLOT
    assert indices(at(HELD, N)) == (N,)
    assert action_reads(Action("a", "a", (Conjunct(eq(N, M)),), block)) == {"n", "m", "gone"}


def test_map_expressions_reaches_targets_and_nested_statements() -> None:
    stmt = If(GONE, (Assign(N, M), Choose(Temp("t", SMALL), NAMES)))
    renamed = map_expressions(stmt, lambda expr: substitute(expr, {N: M, M: N}))
    assert renamed == If(GONE, (Assign(M, N), Choose(Temp("t", SMALL), NAMES)))
    with pytest.raises(InternalError, match="cannot be assigned to"):
        map_expressions(Assign(N, M), lambda expr: substitute(expr, {N: const(1)}))


# --- types -------------------------------------------------------------------------------------


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_natural_types_hold_every_value_that_is_met(seed: int) -> None:
    """The generated text leaves a range check out where the natural type says so."""
    model = random_model(Random(seed), space=60)
    machine = Interpreter(model)
    found = [conjunct.expr for action in model.actions for conjunct in action.guard]
    found += [e for action in model.actions for stmt in statements(action.update) for e in expressions(stmt)]
    parts = {inner for expr in found for inner in walk(expr) if not temps(inner)}
    for state in explore(machine, go_on=True).states:
        for inner in parts:
            try:
                value = machine.evaluate(inner, state)
            except Undefined:
                continue
            assert contains(natural(inner), value), print_expr(inner)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (SMALL, IntT(1, 2), True),
        (SMALL, IntT(0, 3), False),
        (OptionT(SMALL), SMALL, True),
        (SMALL, OptionT(SMALL), False),
        (SeqT(SMALL, 2), SeqT(SMALL, 3), False),
        (SetT(SMALL), SetT(IntT(1, 1)), True),
        (EnumT("", ("a", "b")), EnumT("", ("b",)), True),
        (MapT(SMALL, SMALL), MapT(IntT(0, 1), SMALL), False),
    ],
)
def test_covers(outer: Type, inner: Type, expected: bool) -> None:
    assert covers(outer, inner) is expected
    if expected:
        assert covers(join(outer, inner), outer)


# --- verify ------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [counter(3), philosophers(3), kitchen_sink()])
def test_well_formed_models_pass(model: Model) -> None:
    assert verify(model) is model


def broken(*update: Stmt, guard: Expr | None = None) -> Model:
    action = Action("clock.odd", "clock", () if guard is None else (Conjunct(guard),), update)
    return replace(counter(2), actions=(action,))


CLOCK = Var("n", IntT(0, 2))


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        (replace(counter(2), variables=counter(2).variables * 2), "variable `n` is declared 2 times"),
        (replace(counter(2), actions=counter(2).actions * 2), "action `clock.up` is declared 2 times"),
        (broken(Assign(Var("m", SMALL), const(1))), "variable `m` is not bound"),
        (broken(Assign(Var("n", SMALL), const(True))), "assigns Bool to Int"),
        (broken(Assign(Var("n", IntT(0, 9)), const(1))), "variable `n` is Int"),
        (broken(Assign(CLOCK, Temp("t", SMALL))), "temp `t` is not bound"),
        (
            broken(If(eq(CLOCK, const(1)), (Assign(Temp("t", SMALL), const(1)),)), Assign(CLOCK, Temp("t", SMALL))),
            "temp `t` is not bound",
        ),
        (broken(guard=CLOCK), "condition `n` is Int"),
        (broken(guard=eq(Old("n", CLOCK.type), const(1))), "`old.n` outside a step property"),
        (broken(guard=Apply(Op.NOT, (CLOCK,), BoolT())), "NOT of (Int(0, 2)) does not apply"),
        (broken(guard=Apply(Op.EQ, (CLOCK,), BoolT())), "wrong number of arguments"),
        (broken(Assign(Index(CLOCK, const(0), SMALL), const(1))), "indexed by"),
        (broken(Assign(Field(CLOCK, "size", SMALL), const(1))), "has no field `size`"),
        (broken(Choose(Temp("t", IntT(0, 0)), const(frozenset({1}), SetT(SMALL)))), "is chosen from"),
        (
            replace(counter(2), variables=(replace(counter(2).variables[0], inits=(7,)),)),
            "initial 7 is outside Int(0, 2)",
        ),
    ],
)
def test_malformed_models_are_internal_errors(model: Model, problem: str) -> None:
    with pytest.raises(InternalError) as caught:
        verify(model, after="a pass")
    assert problem in str(caught.value)
    assert "after a pass" in str(caught.value)


def test_children_are_what_walk_is_written_on() -> None:
    assert children(BIG) == (at(HELD, N), eq(op(Op.LEN, QUEUE), M))
