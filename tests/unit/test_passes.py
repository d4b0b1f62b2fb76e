"""Passes on random action systems: the same steps from every state, reachable or not, failed ones included."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from checker.frontend.guards import conjuncts
from checker.interp import Interpreter
from checker.ir.build import apply, negation
from checker.ir.domains import BoolT, EnumT, IntT, MapT, values
from checker.ir.nodes import (
    FALSE,
    Action,
    Actor,
    Apply,
    Assign,
    Conjunct,
    Const,
    Duty,
    Expr,
    If,
    Index,
    Model,
    Old,
    State,
    StepProperty,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.machine import Failure, Label
from checker.passes.locations import locations
from checker.passes.simplify import possible, simplify_action
from checker.passes.start import start
from checker.passes.temps import temps
from tests.support.random_models import random_model
from tests.support.toy_models import const, variable

Step = tuple[Label, State | str]


def steps(machine: Interpreter, state: State) -> list[Step]:
    return [
        (label, after.fault.value if isinstance(after, Failure) else after)
        for label, after in machine.successors(state)
    ]


def states(model: Model) -> list[State]:
    return list(product(*(values(variable.type) for variable in model.variables)))


def compare(seed: int) -> int:
    """Compare a model with its simplified actions; return how many of these are shorter."""
    model = locations(random_model(Random(f"passes/{seed}")))
    # What a step has set, it may read: the updates of two actions after each other.
    twice = [
        replace(one, name=f"{one.name}+{other.name}", update=(*one.update, *other.update))
        for one, other in zip(model.actions, model.actions[1:], strict=False)
    ]
    model = replace(model, actions=(*model.actions, *twice))
    simple = replace(model, actions=tuple(map(simplify_action, model.actions)))
    before, after = Interpreter(model), Interpreter(simple)
    for state in states(model):
        assert steps(before, state) == steps(after, state), (seed, state)
    return sum(one.update != other.update for one, other in zip(model.actions, simple.actions, strict=True))


def test_simplified_updates_take_the_same_steps() -> None:
    assert sum(map(compare, range(120))) > 20


@pytest.mark.nightly
def test_many_simplified_updates_take_the_same_steps() -> None:
    assert sum(map(compare, range(1000, 11_000))) > 2000


BIT = IntT(0, 1)
M = Var("m", MapT(BIT, BIT))


def at(index: Expr) -> Index:
    return Index(M, index, BIT)


def test_a_write_may_change_which_place_it_was() -> None:
    """After `m[m[0]] = 1` from all zeros `m[m[0]]` is `m[1]`, which is 0."""
    here = at(at(const(0)))
    action = Action("a", "A", (), (Assign(here, const(1)), Assign(Var("x", BIT), here)))
    assert simplify_action(action) == action


def test_a_location_does_not_hide_that_an_earlier_conjunct_has_no_value() -> None:
    i, pc = Var("i", IntT(0, 5)), Var("pc", BIT)
    far, here = apply(Op.EQ, at(i), const(1)), apply(Op.EQ, pc, const(1))
    model = Model(
        "order",
        (),
        (variable(i, 5), variable(M), variable(pc)),
        (Actor("A", Duty.OBLIGED),),
        (Action("a", "A", (Conjunct(far), Conjunct(here)), (Assign(pc, const(0)),)),),
        (),
    )
    for found in (model, locations(model)):
        ((_, after),) = Interpreter(found).successors((5, (0, 0), 0))
        assert isinstance(after, Failure)


def test_a_conjunct_that_nobody_can_change_is_no_location() -> None:
    """To wait for what never comes is to wait: the alternative is there, and a report can tell what it lacks."""
    never, pc = Var("never", BoolT()), Var("pc", BIT)
    action = Action("a", "A", (Conjunct(never), Conjunct(apply(Op.EQ, pc, const(0)))), (Assign(pc, const(1)),))
    model = Model("never", (), (variable(never), variable(pc)), (Actor("A", Duty.OBLIGED),), (action,), ())
    (marked,) = locations(model).actions
    assert [(conjunct.location, conjunct.expr == never) for conjunct in marked.guard] == [(True, False), (False, True)]


PC = Var("A.pc", EnumT("A.pc", ("start", "wait", "done")))


def stands(place: str) -> Conjunct:
    return Conjunct(apply(Op.EQ, PC, Const(place, PC.type)), location=True)


def goes(name: str, source: str, target: str, duty: Duty = Duty.OBLIGED) -> Action:
    point = "start" if source == "start" else ""
    return Action(name, "A", (stands(source),), (Assign(PC, Const(target, PC.type)),), duty, point=point)


@pytest.mark.parametrize(
    ("more", "is_taken"),
    [
        ((goes("on", "wait", "done"),), True),
        ((goes("on", "wait", "done"), goes("again", "wait", "start")), False),  # one step less each time round
        ((goes("on", "wait", "done", Duty.MAY),), True),
    ],
)
def test_a_first_step_is_taken_at_once_if_it_is_taken_once(more: tuple[Action, ...], is_taken: bool) -> None:
    variables = (variable(PC, "start", owner="A"),)
    model = Model("first", (), variables, (Actor("A", Duty.OBLIGED),), (goes("A.start", "start", "wait"), *more), ())
    taken = start(model)
    assert taken.variables[0].inits == (("wait",) if is_taken else ("start",))
    assert len(taken.actions) == len(model.actions) - is_taken


N = Var("n", IntT(0, 9))
BEFORE = Old("n", IntT(0, 9))
WIDE = Var("wide", IntT(0, 10**6))


@pytest.mark.parametrize(
    ("expr", "allowed"),
    [
        (apply(Op.LE, BEFORE, N), True),
        (apply(Op.NE, BEFORE, N), False),
        (apply(Op.OR, apply(Op.NE, BEFORE, const(3)), apply(Op.EQ, N, const(3))), True),
        (apply(Op.EQ, WIDE, Old("wide", WIDE.type)), True),  # by its form
        (apply(Op.LE, WIDE, Old("wide", WIDE.type)), False),  # it does, but nobody tries so many values
        (apply(Op.EQ, Index(M, N, BIT), Index(M, BEFORE, BIT)), True),
        (apply(Op.GE, Index(M, N, BIT), const(0)), False),  # it may have no value
    ],
)
def test_a_step_property_allows_a_step_that_changes_nothing_or_first_steps_stay(expr: Expr, allowed: bool) -> None:
    variables = (variable(PC, "start", owner="A"), variable(N), variable(M), variable(WIDE))
    actions = goes("A.start", "start", "wait"), goes("on", "wait", "done")
    model = Model("kept", (), variables, (Actor("A", Duty.OBLIGED),), actions, (StepProperty("kept", expr),))
    assert len(start(model).actions) == len(actions) - allowed


UNKNOWN = apply(Op.EQ, at(Var("i", IntT(0, 5))), const(1))


def test_a_conjunct_that_may_have_no_value_keeps_its_action() -> None:
    """It fails where `i` is outside, though a later conjunct is false everywhere."""
    one = Action("a", "A", (Conjunct(UNKNOWN), Conjunct(FALSE)), ())
    assert possible(one)
    assert not possible(replace(one, guard=one.guard[::-1]))


def test_what_may_fail_stays_though_nobody_reads_it() -> None:
    y = Var("x", BIT)
    block = (
        If(UNKNOWN, (), ()),
        Assign(Temp("t", BIT), at(Var("i", IntT(0, 5)))),
        Assign(Temp("u", BIT), Var("i", IntT(0, 5))),
        Assign(y, const(1)),
    )
    action = Action("a", "A", (), block)
    assert simplify_action(action).update == block


def test_a_local_set_on_one_way_only_stays_in_the_state() -> None:
    x, y = Var("A.x", BIT), Var("y", BIT)
    update = (If(apply(Op.EQ, y, const(1)), (Assign(x, const(1)),), ()), Assign(y, x))
    model = Model(
        "ways",
        (),
        (variable(x, owner="A"), variable(y)),
        (Actor("A", Duty.OBLIGED),),
        (Action("a", "A", (), update),),
        (),
    )
    assert temps(model) == model


def test_not_both_is_one_conjunct() -> None:
    x, y = Var("x", BoolT()), Var("y", BoolT())
    both = Apply(Op.NOT, (Apply(Op.AND, (x, y), BoolT()),), BoolT())
    assert conjuncts(both) == [apply(Op.OR, negation(x), negation(y))]
