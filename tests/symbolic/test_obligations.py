"""What has to be shown: false proofs are refused for what is wrong in them, and no more is asked than is needed."""

from __future__ import annotations

import pytest

from checker.backends.text.machine import TextMachine
from checker.engine.search import explore
from checker.ir.domains import IntT
from checker.ir.leaves import Leaf
from checker.ir.nodes import FALSE, Action, Actor, Assign, Duty, Expr, If, Model, Var
from checker.symbolic.deadline import Deadline
from checker.symbolic.obligations import refused
from checker.symbolic.proof import Proof, Rank, Strategy
from checker.symbolic.script import flat
from checker.symbolic.system import System, translate
from checker.waits.analysis import WaitAnalysis
from checker.waits.complete import complete
from tests.support.toy_models import const, eq, require, variable

N, M = (Var(name, IntT(0, 1)) for name in "nm")


def made(*actions: Action, resting: Expr = FALSE) -> Model:
    """Return a model of these actions; actor w is obliged, and has something to do where n is m; at first m is 1."""
    own = Action("w.go", "w", (require(eq(N, M)),), ())
    names = dict.fromkeys(action.owner for action in actions)
    actors = (Actor("w", Duty.OBLIGED, resting=resting), *(Actor(name, Duty.MAY) for name in names))
    return Model("made", (), (variable(N), variable(M, 1)), actors, (own, *actions), ())


def unmet(model: Model, *ranks: str, level: str = "obliged") -> set[tuple[str, ...]]:
    """Return what is refused of a claim that w never hangs, by this ranking of numbers n, m, 1 - n or n - 1."""
    system = translate(model)
    numbers = tuple(Rank(rank, number(system, rank)) for rank in ranks)
    proof = Proof((), True, (), numbers, (Strategy(level, tuple(range(len(ranks))), ("w",)),))
    return {item.about for item in refused(system, proof, Deadline())}


def number(system: System, rank: str) -> str:
    n, m = (system.leaves[Leaf(name, ())] for name in "nm")
    return flat({"n": n, "m": m, "1 - n": 1 - n, "n - 1": n - 1}[rank])


def is_stuck(model: Model) -> bool:
    """Tell whether w is stuck at first, by search."""
    machine = TextMachine(model)
    return bool(complete(explore(machine, go_on=True), WaitAnalysis(machine))[0].stuck & 1)


def test_a_component_that_grows_is_outweighed_by_none_behind_it() -> None:
    """n goes up and down for ever, and m down and up; they are never the same."""
    down = (Assign(N, const(0)), Assign(M, const(1)))
    up = (Assign(N, const(1)), Assign(M, const(0)))
    tick = Action("clock.tick", "clock", (), (If(eq(N, const(0)), up, down),))
    assert is_stuck(made(tick))
    assert ("obliged", "w") in unmet(made(tick), "n", "m")


def test_each_component_is_bounded() -> None:
    assert ("bounded",) in unmet(made(), "n", "n - 1")
    assert ("bounded",) not in unmet(made(), "n", "m")


@pytest.mark.parametrize("duty", [Duty.MAY, Duty.FAULT])
def test_who_is_moved_only_by_what_nobody_owes_is_not_shown_to_go_on(duty: Duty) -> None:
    cut = Action("net.cut", "net", (), (Assign(N, const(0)),), participants=("w",), duty=duty)
    assert is_stuck(made(cut))
    assert unmet(made(cut)) == {("obliged", "w")}


def test_who_is_moved_by_what_another_owes_goes_on() -> None:
    meet = Action("other.meet", "other", (), (Assign(N, const(0)),), participants=("w",))
    assert not is_stuck(made(meet))
    assert unmet(made(meet)) == set()


def test_who_comes_to_rest_with_something_to_do_goes_on() -> None:
    give = Action("other.give", "other", (), (Assign(N, const(1)), Assign(M, const(1))))
    model = made(give, resting=eq(N, const(1)))
    assert not is_stuck(model)
    assert unmet(model, "1 - n") == set()


def test_who_comes_to_rest_unseen_is_not_shown_to_go_on() -> None:
    give = Action("other.give", "other", (), (Assign(N, const(1)), Assign(M, const(0))))
    assert unmet(made(give, resting=eq(N, const(1))), "1 - n") == {("obliged", "w")}
