"""Passes on random action systems: the same steps from every state, reachable or not, failed ones included."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from checker.frontend.guards import conjuncts
from checker.interp import Interpreter
from checker.ir.build import apply, negation
from checker.ir.domains import BoolT, IntT, MapT, values
from checker.ir.nodes import (
    FALSE,
    Action,
    Actor,
    Apply,
    Assign,
    Conjunct,
    Duty,
    Expr,
    If,
    Index,
    Model,
    State,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.machine import Failure, Label
from checker.passes.locations import locations
from checker.passes.simplify import possible, simplify_action
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
