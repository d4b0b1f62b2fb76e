"""Liveness of the specs: what `progress` forbids is a fair lasso; verdicts do not depend on the passes."""

from __future__ import annotations

import pytest

from checker.api import check_model, make_machine
from checker.engine.conditions import mask_of
from checker.engine.search import explore
from checker.engine.select import select
from checker.frontend import load
from checker.liveness.components import arena, fair_parts
from checker.liveness.demand import demand
from checker.liveness.fairness import fairness
from checker.options import Options
from checker.waits.analysis import WaitAnalysis
from checker.waits.complete import complete, goal_reachable
from checker.waits.conditions import ALL

STUCK = [
    ({"handle": "strong"}, "gate_closes[0]", "tenants.timeline_shutdown[0]"),
    ({"handle": "strong", "scenario": "stop"}, "stops", "stop"),
    ({"throttle": "deaf"}, "gate_closes[0]", "tenants.timeline_shutdown[0]"),
]


@pytest.mark.parametrize(("settings", "name", "actor"), STUCK, ids=["detach", "stop", "deaf"])
def test_every_stuck_state_begins_a_fair_behaviour_without_the_goal(
    settings: dict[str, str], name: str, actor: str
) -> None:
    """Where an actor is exactly stuck, some fair behaviour goes on for ever without what it should have done."""
    model = load("page_service", settings)
    machine = make_machine(model)
    exploration = explore(machine, go_on=True)
    analysis = WaitAnalysis(machine)
    goal = mask_of(machine, [demand(select(model, (name,)).liveness[0]).goal])
    without = [not goal(state, None) for state in exploration.states]
    region = [number for number, outside in enumerate(without) if outside]
    fair = {node for part in fair_parts(arena(exploration, fairness(model)), region) for node in part}
    ends = [number in fair for number in range(len(without))]
    doomed = goal_reachable(exploration, ends, level=ALL)  # the goal is never left again: no way to it leads through it
    stuck = [n for n, masks in enumerate(complete(exploration, analysis)) if masks.stuck & analysis.bits[actor]]
    assert stuck
    assert all(without[number] and doomed[number] for number in stuck)


@pytest.mark.parametrize(
    ("spec", "settings"),
    [
        ("starvation", {}),
        ("starvation", {"fair": "strong"}),
        ("starvation", {"lock": "queue"}),
        ("page_service", {"handle": "strong", "mode": "serial", "requests": "1", "kill": "off"}),
        ("page_service", {"throttle": "deaf", "mode": "serial", "requests": "1", "kill": "off"}),
    ],
)
def test_the_passes_change_no_verdict(spec: str, settings: dict[str, str]) -> None:
    found = []
    for last in (None, "elaborate"):
        model = load(spec, settings, dump_after=last)
        names = tuple(prop.name for prop in select(model, ()).liveness)
        report = check_model(model, options=Options(properties=names, go_on=True))
        found.append([(result.name, result.verdict) for result in report.properties])
    assert found[0] == found[1]
