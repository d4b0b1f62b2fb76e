"""Which steps that nobody owes would lead to a goal, on random systems, against paths in the graph of all states."""

from __future__ import annotations

import networkx

from checker.engine.goals import leading
from checker.interp import Interpreter
from checker.ir.build import conjunction
from checker.ir.nodes import Const, Duty, Model, State, Var
from checker.machine import Failure
from tests.support.judging import make
from tests.support.toy_models import eq


def expected(model: Model, start: State, goal: State) -> list[int]:
    """Return the actions beyond obliged ones with which there is a path; one the paths cannot do without."""
    machine = Interpreter(model)

    def path(more: int | None) -> bool:
        graph: networkx.DiGraph[State] = networkx.DiGraph()
        pending, known = [start], {start}
        while pending:
            before = pending.pop()
            for label, after in machine.successors(before):
                if isinstance(after, Failure):
                    continue
                if model.actions[label.action].duty is Duty.OBLIGED or label.action == more:
                    graph.add_edge(before, after)
                    if after not in known:
                        known.add(after)
                        pending.append(after)
        return goal in graph and start in graph and networkx.has_path(graph, start, goal)

    if path(None):
        return []
    return [place for place, action in enumerate(model.actions) if action.duty is not Duty.OBLIGED and path(place)]


def targets(machine: Interpreter, start: State) -> list[State]:
    """Return some other states one and two steps from `start`."""
    near = [after for _, after in machine.successors(start) if not isinstance(after, Failure)][:3]
    far = [after for state in near for _, after in machine.successors(state) if not isinstance(after, Failure)]
    return [state for state in (*near, *far[:6]) if state != start]


def test_what_is_listed_leads_there_and_nothing_is_left_out() -> None:
    compared = 0
    for number in range(40):
        model = make(31, number)
        machine = Interpreter(model)
        start = machine.initial()[0]
        for target in targets(machine, start):
            places = zip(model.variables, target, strict=True)
            goal = conjunction(eq(Var(place.name, place.type), Const(value, place.type)) for place, value in places)
            wanted = expected(model, start, target)
            if wanted:
                assert [model.actions.index(action) for action in leading(machine, start, goal)] == wanted
                compared += 1
    assert compared > 40
