"""Breadth-first search: what is counted, what is found first, and where it stops."""

from __future__ import annotations

import random

import pytest

from checker.backends.text.machine import TextMachine
from checker.diagnostics import InternalError
from checker.engine.exploration import INTERRUPTED
from checker.engine.limits import Limits
from checker.engine.memory import resident_bytes
from checker.engine.replay import NotATrace, confirm, replay
from checker.engine.search import explore
from checker.engine.simulate import walks
from checker.interp import Interpreter
from checker.ir.nodes import Old, State, Var
from checker.ir.ops import Op
from checker.machine import Label
from checker.trace import Trace
from tests.support.toy_models import counter, kitchen_sink, op, philosophers


def test_counts_are_those_of_the_model() -> None:
    """Four philosophers by hand: 34 states; 88 steps out of them; the deadlock is on the fifth level."""
    found = explore(TextMachine(philosophers(4)))
    assert (len(found.states), found.transitions, found.depth, found.complete) == (34, 88, 5, True)
    assert len(set(found.states)) == 34
    assert found.totals == {action: sum(taken == action for taken in found.taken) for action in range(12)}
    assert found.new_by_action().total() == 33


def test_a_chain_has_a_level_per_state() -> None:
    found = explore(TextMachine(counter(5)))
    assert (len(found.states), found.transitions, found.depth) == (6, 5, 6)
    assert [found.level(number) for number in range(6)] == [1, 2, 3, 4, 5, 6]
    assert found.levels == [0, 1, 2, 3, 4, 5]


def test_edges_and_their_sources_agree_with_the_interpreter() -> None:
    model = philosophers(3)
    found = explore(TextMachine(model))
    machine = Interpreter(model)
    expected = [
        (source, found.states.index(target), label.action)
        for source, state in enumerate(found.states)
        for label, target in machine.successors(state)
        if isinstance(target, tuple)
    ]
    assert list(found.edges()) == expected
    assert list(found.sources()) == [source for source, _, _ in expected]


def test_edges_can_be_left_out_without_changing_the_figures() -> None:
    with_edges, without = (explore(TextMachine(philosophers(4)), keep_edges=keep) for keep in (True, False))
    assert not without.targets
    assert without.totals == with_edges.totals
    assert without.complete


def test_number_order_is_the_order_of_least_shortest_traces() -> None:
    """Against every shortest trace, found by brute force."""
    model = kitchen_sink()
    found = explore(TextMachine(model), limits=Limits(max_depth=4), go_on=True)
    machine = Interpreter(model)
    best: dict[State, Trace] = {state: Trace(i, ()) for i, state in enumerate(machine.initial())}
    frontier = dict(best)
    for _ in range(3):
        reached: dict[State, Trace] = {}
        for state, trace in frontier.items():
            for label, target in machine.successors(state):
                if isinstance(target, tuple) and target not in best:
                    longer = Trace(trace.init, (*trace.steps, label))
                    reached[target] = min(longer, reached.get(target, longer))
        best |= reached
        frontier = reached
    assert {state: found.trace(number) for number, state in enumerate(found.states)} == best
    traces = [found.trace(number) for number in range(len(found.states))]
    assert traces == sorted(traces, key=lambda trace: (len(trace.steps), trace))


# --- stopping ----------------------------------------------------------------------------------


def test_the_level_of_a_finding_is_finished() -> None:
    """The third level is complete and not expanded."""
    whole = explore(TextMachine(philosophers(4)))
    seen: list[int] = []

    def inspect(number: int, _: State) -> bool:
        seen.append(number)
        return number == whole.levels[2]

    found = explore(TextMachine(philosophers(4)), inspect=inspect)
    assert found.found_at == 3
    assert len(found.states) == whole.levels[3]
    assert found.expanded == whole.levels[2]
    assert seen == list(range(whole.levels[3]))
    assert not found.complete


def test_going_on_past_a_finding_sees_every_state() -> None:
    found = explore(TextMachine(philosophers(4)), inspect=lambda number, _: number == 3, go_on=True)
    assert found.complete
    assert found.found_at == 0


def test_a_failed_step_stops_the_search_and_is_no_transition() -> None:
    found = explore(TextMachine(counter(2, strict=True)))
    assert [(step.source, step.label) for step in found.failures] == [(2, Label(0))]
    assert (len(found.states), found.transitions) == (3, 2)


def test_step_properties_are_judged_on_every_step_known_targets_included() -> None:
    """In a ring the only step that goes down is the one that closes it."""
    model = philosophers(2)
    place = Var("taken", model.variables[0].type)
    gives_back = op(Op.EQ, place, Old("taken", place.type))
    machine = TextMachine(model)
    judged = machine.mask([gives_back])
    steps: list[tuple[State, State]] = []

    def judge(state: State, old: State) -> int:
        steps.append((old, state))
        return judged(state, old)

    found = explore(machine, judge=judge, step_properties=1, go_on=True)
    assert len(steps) == found.transitions
    assert [(bad.source, bad.broken) for bad in found.bad_steps] == [(0, 1)]


@pytest.mark.parametrize(
    ("limits", "stopped"),
    [
        (Limits(max_states=10), "--max-states 10"),
        (Limits(max_depth=3), "--max-depth 3"),
        (Limits(max_seconds=0), "--max-seconds 0"),
        (Limits(max_memory=1), "--max-memory 1"),
    ],
)
def test_limits_end_in_an_incomplete_exploration_that_says_why(limits: Limits, stopped: str) -> None:
    found = explore(TextMachine(philosophers(8)), limits=limits)
    assert found.stopped_by == stopped
    assert not found.complete
    assert len(found.offsets) == found.expanded + 1


def test_limits_that_are_not_reached_do_not_matter() -> None:
    limits = Limits(max_states=35, max_depth=6, max_seconds=60, max_memory=2**40)
    assert explore(TextMachine(philosophers(4)), limits=limits).complete


def test_an_interrupt_leaves_a_consistent_partial_result() -> None:
    count = random.Random(1).randrange(5, 30)

    def inspect(number: int, _: State) -> bool:
        if number == count:
            raise KeyboardInterrupt
        return False

    found = explore(TextMachine(philosophers(4)), inspect=inspect)
    assert found.stopped_by == INTERRUPTED
    assert len(found.states) == len(found.parents) == len(found.labels)
    assert len(found.targets) == len(found.taken) == found.offsets[-1]
    assert all(target < len(found.states) for target in found.targets)
    assert found.levels[-1] < len(found.states)


def test_memory_of_this_process_is_plausible() -> None:
    assert 2**20 < resident_bytes() < 2**40


# --- replay and walks --------------------------------------------------------------------------


def test_every_trace_replays_to_its_state() -> None:
    model = kitchen_sink()
    found = explore(TextMachine(model), limits=Limits(max_depth=4), go_on=True)
    for number, state in enumerate(found.states):
        assert replay(model, Trace.parse(str(found.trace(number)))).states[-1] == state


def test_a_failed_step_replays_to_its_failure() -> None:
    model = counter(2, strict=True)
    (step,) = explore(TextMachine(model)).failures
    found = replay(model, Trace(0, (Label(0), Label(0), step.label)))
    assert found.failure == step.failure
    assert found.states == ((0,), (1,), (2,))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1", "initial state 1: there are 1"),
        ("0/7", "step 1: there is no action 7, there are 1"),
        ("0/0/0/0", r"step 3: `clock.up` with choices \[\] is no step from here"),
        ("0/0.1", r"step 1: `clock.up` with choices \[1\] is no step from here"),
    ],
)
def test_what_is_no_trace_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotATrace, match=why):
        replay(counter(2), Trace.parse(text))


def test_a_mismatch_is_an_internal_error_with_both_traces() -> None:
    with pytest.raises(InternalError, match=r"(?s)the search went through.*n=2.*interpreter went through.*n=1"):
        confirm(counter(2), Trace(0, (Label(0),)), [(0,), (2,)])


def test_walks_are_repeatable_and_replay() -> None:
    model = philosophers(4)
    first, again = (list(walks(TextMachine(model), count=5, depth=40, seed=3)) for _ in range(2))
    assert first == again
    assert [replay(model, walk.trace).states for walk in first] == [walk.states for walk in first]
    assert any(walk.stopped for walk in walks(TextMachine(model), count=50, depth=200, seed=1))
