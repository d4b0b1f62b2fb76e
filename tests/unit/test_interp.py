"""The semantics, case by case. What holds here is tested of the other engines in `tests/agree`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.backends.text.expressions import TEXT
from checker.interp import MEANING, Interpreter, arms
from checker.ir.domains import IntT, MapT, OptionT, RecordT, SeqT, SetT, Value
from checker.ir.nodes import (
    Action,
    Actor,
    Assert,
    Assign,
    Choose,
    Conjunct,
    Duty,
    Expr,
    Fault,
    If,
    Make,
    Model,
    Old,
    State,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.ir.verify import verify
from checker.loc import Loc
from checker.machine import Failure, Label, Undefined
from tests.support.toy_models import BOOL, at, const, eq, op, part, require, variable

SMALL = IntT(0, 2)
PAIR = RecordT("Pair", (("left", SMALL), ("right", SMALL)))
N, M = Var("n", SMALL), Var("m", SMALL)
QUEUE = Var("queue", SeqT(SMALL, 2))
SLOT = Var("slot", OptionT(PAIR))
TABLE = Var("table", MapT(IntT(1, 2), SMALL))
VARIABLES = (N, M, QUEUE, SLOT, TABLE)
START: dict[str, Value] = {"n": 0, "m": 0, "queue": (), "slot": None, "table": (0, 0)}
ITEM, OTHER = Temp("item", SMALL), Temp("other", SMALL)
LINE = Loc("toy.py", 7)


def machine(*update: Stmt, guard: tuple[Conjunct, ...] = ()) -> Interpreter:
    action = Action("a.act", "a", guard, update, loc=LINE)
    model = Model("one", (), tuple(map(variable, VARIABLES)), (Actor("a", Duty.OBLIGED),), (action,), ())
    return Interpreter(verify(model))


def state(**values: Value) -> State:
    return tuple({**START, **values}.values())


def run(*update: Stmt, guard: tuple[Conjunct, ...] = (), **values: Value) -> list[tuple[Label, State | Failure]]:
    return machine(*update, guard=guard).successors(state(**values))


def failure(message: str, fault: Fault = Fault.RANGE, loc: Loc = LINE) -> list[tuple[Label, Failure]]:
    return [(Label(0), Failure(fault, message, loc))]


@pytest.mark.parametrize("table", [MEANING, TEXT])
def test_every_operator_has_one_meaning_in_each_engine(table: dict[Op, object]) -> None:
    assert set(table) == set(Op)


def test_initial_states_are_the_product_with_the_last_variable_fastest() -> None:
    several = tuple(variable(var, 0, 2) for var in (N, M))
    model = Model("many", (), several, (), (), ())
    assert Interpreter(verify(model)).initial() == [(0, 0), (0, 2), (2, 0), (2, 2)]


# --- guards ------------------------------------------------------------------------------------


def test_conjuncts_after_a_false_one_are_not_evaluated() -> None:
    first = at(QUEUE, const(0))
    guard = (require(op(Op.GT, op(Op.LEN, QUEUE), const(0))), require(eq(first, const(1))))
    assert run(guard=guard) == []
    assert run(guard=guard, queue=(1,)) == [(Label(0), state(queue=(1,)))]


def test_reached_conjunct_without_value_is_a_failed_step_at_its_line() -> None:
    guard = (require(eq(at(QUEUE, const(0)), const(1)), line=3),)
    assert run(guard=guard) == failure("`queue[0]` is outside `queue`", loc=Loc("toy.py", 3))


def test_and_or_and_if_evaluate_only_what_they_need() -> None:
    bad = eq(op(Op.DIV, const(1), N), const(1))
    tests: tuple[tuple[Expr, Value], ...] = (
        (op(Op.AND, const(False), bad), False),
        (op(Op.OR, const(True), bad), True),
        (op(Op.ITE, const(True), const(5), op(Op.DIV, const(1), N)), 5),
    )
    for expr, expected in tests:
        assert machine().evaluate(expr, state()) == expected
    with pytest.raises(Undefined, match=r"`1 // n` divides by zero"):
        machine().evaluate(op(Op.OR, const(False), bad), state())


def test_old_is_the_state_before_the_step() -> None:
    grows = op(Op.LT, Old("n", SMALL), N)
    assert machine().evaluate(grows, state(n=1), state(n=0)) is True
    assert machine().evaluate(grows, state(n=1), state(n=1)) is False


# --- updates -----------------------------------------------------------------------------------


def test_statements_see_what_those_before_them_wrote() -> None:
    swap = (Assign(N, M), Assign(M, N))
    assert run(*swap, n=1, m=2) == [(Label(0), state(n=2, m=2))]


def test_assignment_outside_the_type_of_the_place_fails() -> None:
    up = Assign(N, op(Op.ADD, N, const(1)))
    assert run(up, n=1) == [(Label(0), state(n=2))]
    assert run(up, n=2) == failure("`n` = 3 is outside Int(0, 2)")
    push = Assign(QUEUE, op(Op.APPEND, QUEUE, const(0)))
    assert run(push, queue=(1, 1)) == failure("`queue` is full: it holds 2")
    pair = Assign(SLOT, Make((op(Op.ADD, N, const(1)), const(0)), PAIR))
    assert run(pair, n=2) == failure("`slot` = Pair(left=3, right=0) is outside Option(Pair)")


def test_parts_are_written_in_place() -> None:
    assert run(Assign(at(TABLE, op(Op.ADD, N, const(1))), const(2)), n=1) == [(Label(0), state(n=1, table=(0, 2)))]
    left = part(op(Op.UNWRAP, SLOT), "left")
    assert run(Assign(left, const(2)), slot=(0, 1)) == [(Label(0), state(slot=(2, 1)))]
    assert run(Assign(left, const(2))) == failure("`slot` is None where a value is needed")


def test_index_outside_fails_when_read_and_when_written() -> None:
    assert run(Assign(at(TABLE, N), const(1))) == failure("`table[n]` is outside `table`")
    assert run(Assign(N, at(TABLE, N))) == failure("`table[n]` is outside `table`")


def test_tail_of_nothing_fails_and_remove_of_nothing_does_not() -> None:
    assert run(Assign(QUEUE, op(Op.TAIL, QUEUE))) == failure("`queue` is empty where an item is taken")
    gone = Assign(QUEUE, op(Op.REMOVE, QUEUE, const(1)))
    assert run(gone, queue=(0, 1)) == [(Label(0), state(queue=(0,)))]
    assert run(gone, queue=(0,)) == [(Label(0), state(queue=(0,)))]


def test_assertions_fail_with_their_fault_and_line() -> None:
    check = Assert(eq(N, const(0)), "n must rest", Fault.OWNERSHIP, Loc("toy.py", 9))
    assert run(check) == [(Label(0), state())]
    assert run(check, n=1) == failure("n must rest", Fault.OWNERSHIP, Loc("toy.py", 9))


def test_statements_after_a_failure_are_not_run_and_there_is_no_successor() -> None:
    assert run(Assert(const(False), "no"), Assign(N, const(9))) == failure("no", Fault.ASSERTION)


# --- choices -----------------------------------------------------------------------------------


def pick(target: Temp, *options: int) -> Choose:
    return Choose(target, const(frozenset(options), SetT(SMALL)), Loc("toy.py", 5))


def test_one_successor_per_choice_in_the_order_of_the_domain() -> None:
    found = run(pick(ITEM, 2, 0), Assign(N, ITEM))
    assert found == [(Label(0, (0,)), state(n=0)), (Label(0, (1,)), state(n=2))]


def test_later_choices_may_depend_on_earlier_ones() -> None:
    update = (
        pick(ITEM, 0, 1),
        If(eq(ITEM, const(0)), (pick(OTHER, 1, 2), Assign(N, OTHER)), (Assign(M, const(1)),)),
    )
    found = run(*update)
    assert found == [(Label(0, (0, 0)), state(n=1)), (Label(0, (0, 1)), state(n=2)), (Label(0, (1,)), state(m=1))]


def test_choosing_from_nothing_fails() -> None:
    assert run(pick(ITEM)) == failure("nothing to choose from in `{}`", loc=Loc("toy.py", 5))


def test_a_failure_ends_one_choice_only() -> None:
    found = run(pick(ITEM, 0, 1), Assign(N, op(Op.DIV, const(1), ITEM)))
    assert [label for label, _ in found] == [Label(0, (0,)), Label(0, (1,))]
    assert isinstance(found[0][1], Failure)
    assert found[1][1] == state(n=1)


def test_execute_repeats_the_choices_it_is_given() -> None:
    subject = machine(pick(ITEM, 0, 1, 2), Assign(N, ITEM))
    assert subject.execute(0, state(), (2,)) == (Label(0, (2,)), state(n=2))
    assert subject.execute(0, state()) == (Label(0, (0,)), state(n=0))
    assert subject.step(state(), Label(0, (1,))) == state(n=1)
    assert subject.step(state(), Label(0, (3,))) is None


# --- what is counted ---------------------------------------------------------------------------


def test_hits_count_the_arms_that_are_entered() -> None:
    subject = machine(If(eq(N, const(0)), (Assign(M, const(1)),), (Assign(M, const(2)),)))
    for n in (0, 0, 1):
        subject.successors(state(n=n))
    assert subject.hits == [2, 1]
    assert [block for _, block in arms(subject.model)] == [(Assign(M, const(1)),), (Assign(M, const(2)),)]


def test_location_of_the_action_stands_in_for_one_that_is_missing() -> None:
    guard = (replace(require(eq(at(QUEUE, const(0)), const(1))), loc=Conjunct(const(True, BOOL)).loc),)
    assert run(guard=guard)[0][1] == Failure(Fault.RANGE, "`queue[0]` is outside `queue`", LINE)
