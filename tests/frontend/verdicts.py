"""What must be said of a spec, from its source run as coroutines: who can never move again, and every property.

Everything is computed from the definitions, on the graph of all runs: nobody's certificates, no intermediate language.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from types import CodeType, SimpleNamespace
from typing import Any

from tests.frontend.awaiting import OpenChoice, TooMany
from tests.frontend.coroutines import Progress, Run, members
from tests.frontend.visible import Failed, compiled, copied

LEVELS = ("obliged", "may", "fault")


@dataclass(frozen=True)
class Edge:
    target: int
    duty: str
    moved: frozenset[str]  # who moves, its owner included


@dataclass
class Node:
    """A state: who waits in it with a guard that holds, who may wait for ever, and what properties ask."""

    enabled: frozenset[str]
    waiting: frozenset[str]  # neither finished nor resting
    unfinished: frozenset[str]
    holds: dict[str, bool]  # conditions of properties
    edges: list[Edge] = field(default_factory=list)


@dataclass
class Graph:
    """All states; `failures`: the kinds of what steps do that they must not, `broken`: the step properties."""

    nodes: list[Node] = field(default_factory=list)
    failures: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def moving(self, level: int) -> list[frozenset[str]]:
        """Return, of each state, who acts or is moved in some state that actions up to a level lead to."""
        allowed = LEVELS[: level + 1]
        found = [node.enabled for node in self.nodes]
        changed = True
        while changed:
            changed = False
            for number, node in enumerate(self.nodes):
                steps = [edge for edge in node.edges if edge.duty in allowed]
                more = found[number].union(*(edge.moved | found[edge.target] for edge in steps))
                if more != found[number]:
                    found[number], changed = more, True
        return found

    def stuck(self, level: int) -> list[frozenset[str]]:
        return [node.waiting - moving for node, moving in zip(self.nodes, self.moving(level), strict=True)]

    def reach(self, condition: str) -> list[bool]:
        """Tell of each state whether obliged actions can lead to one in which a condition holds."""
        found = [node.holds[condition] for node in self.nodes]
        changed = True
        while changed:
            changed = False
            for number, node in enumerate(self.nodes):
                if not found[number] and any(found[edge.target] for edge in node.edges if edge.duty == "obliged"):
                    found[number] = changed = True
        return found

    def ever(self, condition: str) -> bool:
        return any(node.holds[condition] for node in self.nodes)

    def ever_not(self, condition: str) -> bool:
        return any(not node.holds[condition] for node in self.nodes)

    def gets_stuck(self, actor: str) -> bool:
        return any(actor in found for found in self.stuck(0))

    def loses(self, condition: str, actor: str) -> bool:
        """Tell whether an actor that has not finished is somewhere without a way to its goal."""
        pairs = zip(self.nodes, self.reach(condition), strict=True)
        return any(actor in node.unfinished and not reached for node, reached in pairs)


@dataclass
class Verdicts:
    """Of each property whether it is violated; `blocked`: somebody is, somewhere, unless somebody who may acts."""

    violated: dict[str, bool]
    blocked: bool
    failures: frozenset[str]


def judged(source: str, reach: dict[str, frozenset[str]], *, limit: int) -> Verdicts:
    """Judge a spec; `reach`: the slots of the spec, and the tasks that may fill or empty them.

    Raises TooMany beyond `limit` states.
    """
    code = compiled(source)
    graph = explored(code, reach, limit)
    violated = {"ownership": graph.ever_not("ownership")}
    with closing(Run()) as run:
        run.declare(code)
        violated |= {name: graph.ever_not(name) for name, _ in judges(run, "invariant")}
        violated |= {name: not graph.ever(name) for name, _ in judges(run, "sometimes")}
        violated |= {name: name in graph.broken for name, _ in judges(run, "transition")}
        for name, actor, goal in goals(run):
            violated[name] = graph.loses(name, actor) if goal is not None else graph.gets_stuck(actor)
    return Verdicts(violated, any(graph.stuck(1)), frozenset(graph.failures))


def explored(code: CodeType, reach: dict[str, frozenset[str]], limit: int) -> Graph:
    graph, numbers = Graph(), dict[object, int]()
    pending: list[tuple[tuple[int, ...], int | None]] = [((), None)]  # choices, and in which state the last was made
    while pending:
        choices, source = pending.pop()
        with closing(Run()) as run:
            try:
                run.begin(code, choices)
                before = view(run)
                while run.scheduler.pending:
                    before = view(run)
                    run.step()
            except OpenChoice as choice:
                pending += [((*choices, place), source) for place in range(choice.count)]
                continue
            except (Failed, AssertionError) as failure:
                graph.failures.add(str(failure) if isinstance(failure, Failed) else "assertion")
                continue
            number = numbers.setdefault(run.state(), len(numbers))
            if number == len(graph.nodes):
                graph.nodes.append(node_of(run, reach))
                pending += [((*choices, place), number) for place in range(len(run.scheduler.enabled()))]
            if source is not None:
                moved = frozenset({run.scheduler.running, *run.scheduler.moved})
                graph.nodes[source].edges.append(Edge(number, run.scheduler.taken, moved))
                graph.broken |= {
                    name for name, function in judges(run, "transition") if not function(view(run), before)
                }
        if len(numbers) > limit:
            raise TooMany
    return graph


def node_of(run: Run, reach: dict[str, frozenset[str]]) -> Node:
    unfinished = [activity for activity in run.scheduler.activities if not activity.over]
    names = frozenset(activity.name for activity in unfinished)
    now = view(run)
    holds = {name: bool(function(now)) for kind in ("invariant", "sometimes") for name, function in judges(run, kind)}
    for name, _, goal in goals(run):
        holds |= {name: bool(goal(now))} if goal is not None else {}
    holds["ownership"] = all(getattr(now, slot) is None or tasks & names for slot, tasks in reach.items())
    return Node(
        frozenset(activity.name for activity, _ in run.scheduler.enabled()),
        frozenset(activity.name for activity in unfinished if not activity.wait.rests()),
        names,
        holds,
    )


def judges(run: Run, kind: str) -> list[tuple[str, Any]]:
    """Return the conditions of a kind, by name."""
    return [(name, item) for name, item in vars(run.cls).items() if getattr(item, "is_judged", "") == kind]


def goals(run: Run) -> Iterator[tuple[str, str, Any]]:
    """Yield the demands for progress: name, actor, what it is to reach."""
    for name, item in vars(run.cls).items():
        if isinstance(item, Progress):
            for actor, key in members(item.task.__name__, item.task.over):
                shown = f"{name}({actor})" if key else name
                yield shown, actor, partial(called, item.to, key) if item.to is not None else None


def called(goal: Any, key: tuple[object, ...], now: object) -> object:
    return goal(now, *key)


def view(run: Run) -> SimpleNamespace:
    """Return what conditions may ask: the fields as they are now, where the tasks stand."""
    found = {name: copied(getattr(run.spec, name)) for name in run.fields}
    for name, item in vars(run.cls).items():
        if hasattr(item, "is_task"):
            stands = [standing(run, actor) for actor, _ in members(name, item.over)]
            found[name] = stands if item.over is not None else stands[0]
        elif name[0].isupper():
            found[name] = item
    return SimpleNamespace(**found)


def standing(run: Run, name: str) -> SimpleNamespace:
    (activity,) = (activity for activity in run.scheduler.activities if activity.name == name)
    point = "done" if activity.over else activity.wait.point
    return SimpleNamespace(finished=activity.over, at=lambda label: label == point)
