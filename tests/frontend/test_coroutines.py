"""The compiled model takes the same steps as the spec's own source run as Python coroutines."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.backends.text.machine import TextMachine
from checker.frontend import load
from checker.ir.nodes import Model, State
from checker.machine import Failure
from tests.frontend.awaiting import TooMany
from tests.frontend.coroutines import Explored, explore
from tests.frontend.programs import program

FIELDS = ("a", "b", "f")
LIMIT = 800


def reached(model: Model, *, limit: int) -> Explored:
    """Explore a compiled model; TooMany beyond `limit` states."""
    machine = TextMachine(model)
    names = [variable.name for variable in model.variables]
    places = [names.index(name) for name in FIELDS]

    def seen(state: State) -> tuple[object, ...]:
        return tuple(state[place] for place in places)

    explored = Explored()
    pending = list(machine.initial())
    known = set(pending)
    while pending:
        state = pending.pop()
        successors = machine.successors(state)
        explored.valuations.add(seen(state))
        if not successors:
            explored.ends.add(seen(state))
        for _, after in successors:
            assert not isinstance(after, Failure), after
            explored.visit(seen(state), seen(after))
            if after not in known:
                known.add(after)
                pending.append(after)
        if len(known) > limit:
            raise TooMany
    return explored


def judge(seed: int, folder: Path) -> bool:
    """Compare one program both ways; False if it is too large."""
    source = program(seed)
    path = folder / "spec.py"
    path.write_text(source, encoding="utf-8")
    try:
        expected = explore(source[source.index("class S") :], limit=LIMIT)
        found = reached(load(str(path), {}), limit=4 * LIMIT)
    except TooMany:
        return False
    assert found.valuations == expected.valuations, source
    assert found.steps == expected.steps, source
    assert found.ends == expected.ends, source
    return True


@pytest.mark.slow
def test_models_take_the_steps_of_coroutines(tmp_path: Path) -> None:
    judged = [judge(seed, tmp_path) for seed in range(25)]
    assert sum(judged) >= 15


@pytest.mark.nightly
@pytest.mark.parametrize("series", range(1, 41))
def test_many_models_take_the_steps_of_coroutines(series: int, tmp_path: Path) -> None:
    judged = [judge(1_000 * series + number, tmp_path) for number in range(250)]
    assert sum(judged) >= 150
