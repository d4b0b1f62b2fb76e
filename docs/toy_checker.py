"""A model checker with partial deadlocks, over Python dicts, on a few screens. Read it before the real one.

Two philosophers take their left fork, then their right one. Beside them a clock ticks for ever, so there is
never a state without a successor, and a checker that looks for one finds nothing. This one asks of each
actor: can it ever move again? Run it: `python docs/toy_checker.py`.

What the real checker adds: specs compiled instead of called, three duties, resting, participants, certificates
that need one state instead of the whole graph, and speed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]  # variable -> value, while a guard or update looks at it
Conjunct = Callable[[Values], bool]
State = tuple[Any, ...]  # the same as it is stored: values in the order of the model's variables


@dataclass(frozen=True)
class Action:
    """One atomic step of one actor. The guard is a conjunction, kept apart: each conjunct is one reason to wait."""

    actor: str
    name: str
    guard: tuple[Conjunct, ...]
    update: Callable[[Values], Values]  # the variables it changes


@dataclass(frozen=True)
class Model:
    init: Values
    actions: tuple[Action, ...]
    finished: Callable[[Values, str], bool]  # has this actor nothing left to do?

    def load(self, state: State) -> Values:
        return dict(zip(self.init, state, strict=True))

    def successors(self, state: State) -> list[tuple[Action, State]]:
        values = self.load(state)
        enabled = [action for action in self.actions if all(conjunct(values) for conjunct in action.guard)]
        return [(action, tuple((values | action.update(values)).values())) for action in enabled]


@dataclass(frozen=True)
class Graph:
    """Every reachable state, in breadth-first order, with its steps and how it was first reached."""

    steps: dict[State, list[tuple[Action, State]]]
    came: dict[State, tuple[State, Action]]

    def trace(self, state: State) -> list[str]:
        """Return the actions on a shortest path: breadth first, the first way found is one."""
        names = []
        while state in self.came:
            state, action = self.came[state]
            names.append(f"{action.actor}.{action.name}")
        return names[::-1]


def explore(model: Model) -> Graph:
    first = tuple(model.init.values())
    graph, queue = Graph({}, {}), deque([first])
    while queue:
        state = queue.popleft()
        graph.steps[state] = model.successors(state)
        for action, after in graph.steps[state]:
            if after != first and after not in graph.came:
                graph.came[after] = (state, action)
                queue.append(after)
    return graph


def can_move(graph: Graph) -> dict[State, frozenset[str]]:
    """Return who can still move, now or later, in each state: a least fixpoint, propagated backwards along the steps.

    "Not now" is no deadlock, and "never again" is one even while others run.
    """
    movers = {state: frozenset(action.actor for action, _ in steps) for state, steps in graph.steps.items()}
    changed = True
    while changed:
        changed = False
        for state, steps in reversed(graph.steps.items()):
            union = movers[state].union(*(movers[after] for _, after in steps))
            changed |= union != movers[state]
            movers[state] = union
    return movers


class Watched(dict[str, Any]):
    """Values that remember which of them were looked at."""

    seen: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Any:
        self.seen |= {name}
        return super().__getitem__(name)


def reads(conjunct: Conjunct, values: Values) -> frozenset[str]:
    watched = Watched(values)
    conjunct(watched)
    return watched.seen


def waits(model: Model, graph: Graph, state: State, actor: str) -> dict[str, frozenset[str]]:
    """Return what `actor` waits for: each variable a false conjunct reads -> who could be the first to change it.

    "First" is what makes it sound to look only at states that agree with this one on what the conjunct reads:
    until somebody changes one of these variables, they have the values they have now.
    """
    values, found, place = model.load(state), dict[str, frozenset[str]](), {f"{actor}.at"}
    for action in model.actions:
        false = [reads(conjunct, values) for conjunct in action.guard if not conjunct(values)]
        if action.actor != actor or any(read <= place for read in false):
            continue  # it stands elsewhere: this action is no alternative now
        for read in false:
            at = [index for index, name in enumerate(model.init) if name in read]
            changes = (
                step.actor
                for other, steps in graph.steps.items()
                if all(other[i] == state[i] for i in at)
                for step, after in steps
                if any(other[i] != after[i] for i in at)
            )
            found |= dict.fromkeys(read, frozenset(changes))
    return found


def check(model: Model) -> str:
    """Explore everything, report the first state (breadth first) in which somebody can never move again."""
    graph = explore(model)
    movers = can_move(graph)
    for state in graph.steps:
        values = model.load(state)
        actors = {action.actor for action in model.actions}
        stuck = sorted(a for a in actors - movers[state] if not model.finished(values, a))
        if stuck:
            lines = [f"deadlock: {', '.join(stuck)} can never move again, after {', '.join(graph.trace(state))}"]
            for actor in stuck:
                for variable, enablers in waits(model, graph, state, actor).items():
                    who = ", ".join(sorted(enablers)) or "nobody"
                    lines.append(f"  {actor} waits for {variable} (now {values[variable]}): only {who} could change it")
            return "\n".join(lines)
    return f"holds: {len(graph.steps)} states"


def philosophers(*, ordered: bool = False) -> Model:
    """Anna and Ben at a round table with two forks; `ordered`: both take fork 0 first."""
    init: Values = {"fork0": "", "fork1": "", "anna.at": "thinks", "ben.at": "thinks", "tick": 0}
    actions = [Action("clock", "tick", (), lambda values: {"tick": 1 - values["tick"]})]
    for who, left, right in (
        ("anna", "fork0", "fork1"),
        ("ben", *(("fork0", "fork1") if ordered else ("fork1", "fork0"))),
    ):

        def at(place: str, who: str = who) -> Conjunct:
            return lambda values: bool(values[f"{who}.at"] == place)

        def free(fork: str) -> Conjunct:
            return lambda values: values[fork] == ""

        def go(place: str, holder: str, *forks: str, who: str = who) -> Callable[[Values], Values]:
            return lambda _: {f"{who}.at": place} | dict.fromkeys(forks, holder)

        actions += [
            Action(who, "takes_first", (at("thinks"), free(left)), go("has one", who, left)),
            Action(who, "takes_second", (at("has one"), free(right)), go("eats", who, right)),
            Action(who, "leaves", (at("eats"),), go("gone", "", left, right)),
        ]
    return Model(init, tuple(actions), lambda values, actor: values.get(f"{actor}.at") == "gone")


if __name__ == "__main__":
    print(check(philosophers()))
    print(check(philosophers(ordered=True)))
