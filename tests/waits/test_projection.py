"""States that agree on the places of an expression agree on its value."""

from __future__ import annotations

from collections import defaultdict

import pytest

from checker.engine.limits import Limits
from checker.engine.search import explore
from checker.interp import Interpreter
from checker.ir.leaves import Leaf, Mark, reads
from checker.machine import Undefined
from checker.models import load
from checker.waits.projection import places_of, projection


def test_a_place_is_as_deep_as_positions_go() -> None:
    numbers = {"a": 0, "b": 1}
    found = places_of([Leaf("a", (2, 1)), Leaf("b", (3, Mark.PAYLOAD, 1)), Leaf("b", (3, Mark.PRESENT))], numbers)
    assert found == {(0, 2, 1), (1, 3)}


def test_what_is_within_another_place_is_not_taken_twice() -> None:
    state = (((1, 2), (3, 4)), 5, 6)
    assert projection([(0, 1), (0, 1, 0), (2,)])(state) == ((3, 4), 6)
    assert projection([(1,), (2,)])(state) == (5, 6)
    assert projection([])(state) == ()
    many = tuple(range(9))
    assert projection([(0, place) for place in range(9)])((many,)) == many


@pytest.mark.parametrize("spec", ["bench/models/two_phase.py", "tests/corpus/type_map.py", "poison_job"])
def test_equal_places_mean_equal_values(spec: str) -> None:
    machine = Interpreter(load(spec, {}))
    numbers = {variable.name: place for place, variable in enumerate(machine.model.variables)}
    states = explore(machine, keep_edges=False, limits=Limits(max_states=500)).states
    for action in machine.model.actions:
        for conjunct in action.guard:
            view, found = projection(places_of(reads(conjunct.expr), numbers)), defaultdict(set)
            for state in states:
                try:
                    found[view(state)].add(machine.evaluate(conjunct.expr, state))
                except Undefined as error:
                    found[view(state)].add(error.message)
            assert all(len(values) == 1 for values in found.values())
