"""The benchmark's models mean the same for every checker: what can be told without the others being installed."""

from __future__ import annotations

import pytest

from bench.cases import CASES, MODELS, Beside, Case
from bench.moves import MODELS as MOVES
from bench.moves import Moves
from checker.api import check_model
from checker.frontend import load
from checker.options import Options

SMALL = {
    "philosophers": {"seats": 5},
    "two_phase": {"managers": 3},
    "pipeline": {"connections": 2, "requests": 3, "batch": 2, "window": 2, "spare": 1},
}


def counted(model: Moves) -> tuple[int, int]:
    """Return how many states and steps there are."""
    seen, queue, steps = {model.initial}, [model.initial], 0
    for state in queue:
        assert model.holds(state)
        for move in model.moves:
            if move.guard(state):
                steps += 1
                target = move.apply(state)
                if target not in seen:
                    seen.add(target)
                    queue.append(target)
    return len(seen), steps


@pytest.mark.parametrize("name", MOVES)
def test_models_for_libraries_have_the_steps_of_the_specs(name: str) -> None:
    sizes = SMALL[name]
    model = load(str(MODELS / f"{name}.py"), {key: str(value) for key, value in sizes.items()})
    report = check_model(model, options=Options(waits="off"))
    assert counted(MOVES[name](**sizes)) == (report.states, report.transitions)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("suffix", [".pml", ".m"])
def test_sources_for_others_have_every_size_put_in(case: Case, suffix: str) -> None:
    if case.beside is Beside.CHECKERS:
        assert "@" not in case.source(suffix)
