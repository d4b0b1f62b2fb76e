"""Facts that hold only together are found together."""

from __future__ import annotations

from checker.ir.nodes import Action, Actor, Assign, Duty, Expr, Model, Var
from checker.ir.ops import Op
from checker.symbolic.deadline import Deadline
from checker.symbolic.mining.houdini import Houdini
from checker.symbolic.mining.literals import Fact
from checker.symbolic.mining.sampling import explored, sample
from checker.symbolic.scalars import Scalars
from checker.symbolic.system import translate
from tests.support.toy_models import BOOL, const, op, require, variable

A, B, C, X, Y = (Var(name, BOOL) for name in "abcxy")


def action(name: str, guard: tuple[Expr, ...], *then: Assign) -> Action:
    return Action(name, "one", tuple(map(require, guard)), then, Duty.OBLIGED)


def two_of_three_and_one_of_two() -> Model:
    """Return a model in which at most two of a, b, c are true, and x and y are only if all three are."""
    actions = [action("never", (A, B, C), Assign(X, const(True)), Assign(Y, const(True)))]
    for some in ((A, B, C), (X, Y)):
        for one in some:
            others = op(Op.AND, *(other for other in some if other is not one))
            actions.append(action(f"set {one.name}", (op(Op.NOT, others),), Assign(one, const(True))))
            actions.append(action(f"clear {one.name}", (), Assign(one, const(False))))
    variables = tuple(map(variable, (A, B, C, X, Y)))
    return Model("together", (), variables, (Actor("one", Duty.OBLIGED),), tuple(actions), ())


def test_facts_dropped_when_there_were_fewer_are_tried_once_more() -> None:
    model = two_of_three_and_one_of_two()
    houdini = Houdini(sample(Scalars(translate(model)), explored(model, Deadline())), Deadline())
    numbers = {literal.text: number for number, literal in enumerate(houdini.literals)}

    def fact(*texts: str) -> Fact:
        return tuple(sorted(numbers[text] for text in texts))

    houdini.settle()
    assert fact("x", "y") in houdini.dropped
    assert houdini.learn([fact("a", "b", "c", "x", "y")])
    assert {fact("a", "b", "c"), fact("x", "y")} <= houdini.facts.keys()
    assert not houdini.goals
