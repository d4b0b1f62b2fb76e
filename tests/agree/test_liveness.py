"""Fair cycles: checker, judges and the lassos that are found agree, on random graphs and on random systems."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, replace
from random import Random

import pytest

from checker.api import check_model
from checker.ir.domains import IntT
from checker.ir.nodes import (
    FALSE,
    Action,
    Actor,
    AlwaysEventually,
    Apply,
    Assign,
    Duty,
    Eventually,
    LeadsTo,
    Liveness,
    Model,
    Var,
)
from checker.ir.ops import Op
from checker.liveness import native
from checker.liveness.components import Arena, arena, fair_parts
from checker.liveness.fairness import Fairness
from checker.liveness.lasso import Lasso, lasso, one_by_one
from checker.options import Options
from checker.report import Report, Verdict
from tests.support.fair_judge import Game, by_fixpoint, by_subsets, random_game, reachable
from tests.support.judge import Judge
from tests.support.random_models import random_model
from tests.support.toy_models import const, philosophers, variable


@dataclass
class Edges:
    offsets: array[int]
    targets: array[int]
    taken: array[int]


def arena_of(game: Game, actions: int) -> Arena:
    edges = Edges(array("i", [0]), array("i"), array("i"))
    for row in game.steps:
        edges.targets.extend(t for _, t in row)
        edges.taken.extend(a for a, _ in row)
        edges.offsets.append(len(edges.targets))
    conditions = (*game.weak, *game.strong)
    does = tuple(sum(1 << place for place, c in enumerate(conditions) if a in c) for a in range(actions))
    weak = (1 << len(game.weak)) - 1
    return arena(edges, Fairness(weak, (1 << len(conditions)) - 1 - weak, does))


def assert_fair(game: Game, found: Lasso, starts: set[int], region: set[int]) -> None:
    """Check a lasso against the definition, step by step."""
    assert found.trigger in starts & region
    node = found.trigger
    for source, action, target in (*found.way, *found.cycle):
        assert source == node and (action, target) in game.steps[source] and target in region
        node = target
    assert node == found.entry
    states = {found.entry, *(source for source, _, _ in found.cycle)}
    taken = {action for _, action, _ in found.cycle}
    for condition in game.weak:
        assert taken & condition or any(not game.enabled(s, condition) for s in states)
    for condition in game.strong:
        assert taken & condition or not any(game.enabled(s, condition) for s in states)


def judged(seed: int, *, states: int, actions: int, large: bool = False) -> bool:
    random = Random(seed)
    out = (1, 2, 2, 3) if large else (0, 1, 1, 2, 2, 3)
    game = random_game(random, states=states, actions=actions, out=out)
    density = random.choice((0.3, 0.5, 0.7)) if large else 0.8
    region = {s for s in range(states) if random.random() < density}
    starts = {s for s in range(states) if random.random() < (0.1 if large else 0.3)}
    there = sorted(reachable(game, starts, region))
    found = arena_of(game, actions)
    parts = list(fair_parts(found, there))
    assert bool(parts) == by_fixpoint(game, starts, region)
    if not large:
        assert bool(parts) == by_subsets(game, starts, region)
    if parts:
        inside = [s in there for s in range(states)]
        way = lasso(found, [(s, 1) for s in sorted(starts & region)], inside, parts)
        assert_fair(game, way, starts, region)
        part = next(frozenset(part) for part in parts if way.entry in part)
        if way.cycle:  # the way that is taken where a shortest cycle would take too long
            assert_fair(
                game, Lasso(way.trigger, way.way, one_by_one(found, way.entry, part.__contains__)), starts, region
            )
    return bool(parts)


def test_small_random_graphs_are_judged_as_by_two_brute_force_judges() -> None:
    verdicts = [judged(seed, states=6, actions=4) for seed in range(1500)]
    assert 300 < sum(verdicts) < 1300


def test_larger_random_graphs_are_judged_as_by_a_fixpoint() -> None:
    verdicts = [judged(seed, states=30, actions=5, large=True) for seed in range(300)]
    assert 20 < sum(verdicts) < 300


# --- whole systems -------------------------------------------------------------------------------


def random_system(seed: int) -> Model:
    """Return a random model with strong fairness here and there, and a property of each kind."""
    random = Random(f"fair/{seed}")
    model = random_model(random)
    actions = tuple(replace(action, strong=random.random() < 0.4) for action in model.actions)
    exprs = [conjunct.expr for action in actions for conjunct in action.guard] or [FALSE]
    one, other, third = (random.choice(exprs) for _ in range(3))
    properties = (LeadsTo("leads", one, other), Eventually("ends", third), AlwaysEventually("again", other))
    return replace(model, actions=actions, properties=properties)


def violated(model: Model, judge: Judge) -> dict[str, bool]:
    """Judge the properties of a model from the definition, on the judge's own graph."""
    owed = [a.duty is Duty.OBLIGED for a in model.actions]
    mine = [{i for i, a in enumerate(model.actions) if a.owner == actor.name and owed[i]} for actor in model.actors]
    strong = tuple(frozenset({i}) for i, a in enumerate(model.actions) if a.strong and owed[i])
    game = Game(tuple(map(tuple, judge.edges)), tuple(frozenset(m) for m in mine if m), strong)
    there = reachable(game, set(judge.initial), set(range(len(judge.states))))

    def begun(prop: Liveness) -> set[int]:
        match prop:
            case LeadsTo(_, left, _):
                return {s for s in there if judge.true(left, s)}
            case Eventually():
                return set(judge.initial)
            case AlwaysEventually():
                return there

    found = {}
    for prop in model.properties:
        assert isinstance(prop, LeadsTo | Eventually | AlwaysEventually)
        goal = prop.right if isinstance(prop, LeadsTo) else prop.expr
        region = {s for s in there if not judge.true(goal, s)}
        found[prop.name] = by_fixpoint(game, begun(prop) & region, region)
    return found


def compare(seed: int, tally: Counter[str]) -> None:
    """Judge one random system by all engines, and from the definition."""
    model = random_system(seed)
    names = tuple(prop.name for prop in model.properties)
    options = Options(properties=names, go_on=True, engine="text")
    report = check_model(model, options=options)
    verdicts = {result.name: result.verdict for result in report.properties}
    if Verdict.INCOMPLETE in verdicts.values():
        tally["a step fails"] += 1
        return
    expected = violated(model, Judge(model))
    assert {name: verdict is Verdict.VIOLATED for name, verdict in verdicts.items()} == expected
    tally["violated"] += sum(expected.values())
    tally["holds"] += len(expected) - sum(expected.values())
    if seed % 8 == 0:
        native = check_model(model, options=replace(options, engine="native"))
        assert (native.findings, native.warnings) == (report.findings, report.warnings)
        tally["native"] += 1


def test_random_systems_are_judged_as_by_the_definition() -> None:
    tally: Counter[str] = Counter()
    for seed in range(100):
        compare(seed, tally)
    assert min(tally["violated"], tally["holds"]) > 25
    assert tally["native"] > 1


def test_who_is_stuck_need_never_move() -> None:
    """From every state in which an actor is exactly stuck, a fair behaviour goes on in which it never moves."""
    stuck = 0
    for seed in range(120):
        model = random_system(seed)
        judge = Judge(model)
        if any(a not in {step for step, _ in judge.edges[s]} for s, row in enumerate(judge.enabled) for a in row):
            continue  # a step fails
        owed = [a.duty is Duty.OBLIGED for a in model.actions]
        for number, actor in enumerate(model.actors):
            states = {s for s, names in enumerate(judge.exact[0]) if number in names}
            mine = [{i for i, a in enumerate(model.actions) if a.owner == one.name and owed[i]} for one in model.actors]
            strong = tuple(frozenset({i}) for i, a in enumerate(model.actions) if a.strong and owed[i])
            outside = -1  # where steps lead that move the actor
            steps = tuple(
                tuple((a, outside if number in judge.moved(a) else t) for a, t in judge.edges[s])
                for s in range(len(judge.states))
            )
            game = Game(steps, tuple(frozenset(m) for m in mine if m), strong)
            for state in states:
                stuck += 1
                assert by_fixpoint(game, {state}, set(range(len(steps)))), (seed, actor.name, state)
            if stuck > 400:
                return
    assert stuck > 50


@pytest.mark.nightly
def test_many_random_systems() -> None:
    for seed in range(10_000, 20_000):
        compare(seed, Counter())


@pytest.mark.nightly
def test_many_random_graphs() -> None:
    for seed in range(10_000, 60_000):
        judged(seed, states=7, actions=4)


# --- the native engine's limits --------------------------------------------------------------------


def ring(actors: int) -> Report:
    """Check, natively, that somebody comes to where nobody goes, on a ring that each of so many actors turns."""
    n = Var("n", IntT(0, 63))
    names = [f"a{number}" for number in range(actors)]
    following = Apply(Op.MOD, (Apply(Op.ADD, (n, const(1)), IntT(0, 64)), const(64)), IntT(0, 63))
    turns = [Action(f"{name}.turn", name, (), (Assign(n, following),)) for name in names]
    never = AlwaysEventually("never", FALSE)
    model = Model(
        "ring", (), (variable(n, 0),), tuple(Actor(name, Duty.OBLIGED) for name in names), tuple(turns), (never,)
    )
    return check_model(model, options=Options(properties=("never",), engine="native"))


def test_a_ring_is_gone_round_by_everybody() -> None:
    report = ring(5)
    loop = report.findings[0].loop
    assert loop is not None
    assert loop.moving == tuple(f"a{number}" for number in range(5))


def test_two_workers_find_the_same_lasso() -> None:
    """tlaplus#971: a violation that one worker sees is seen by several."""
    model = replace(philosophers(8), properties=(AlwaysEventually("never", FALSE),))
    options = Options(properties=("never",), engine="native")
    one, two = (check_model(model, options=replace(options, workers=workers)) for workers in (1, 2))
    assert one.findings == two.findings
    assert one.exit_code == 13


def test_too_many_conditions_leave_it_open() -> None:
    report = ring(64)
    assert report.verdict is Verdict.INCOMPLETE
    assert "more than 63 conditions of fairness" in report.properties[0].note


def test_too_little_memory_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "memory_needed", lambda *sizes, wide: 1 << 60)
    report = ring(2)
    assert report.verdict is Verdict.INCOMPLETE
    assert "--max-memory" in report.properties[0].note
