"""One random system judged: every claim of the wait-for analysis against the brute-force judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from checker.engine.exploration import Exploration, FailedStep
from checker.interp import Interpreter
from checker.ir.nodes import Action, Duty, Fault, Model, State
from checker.ir.text import print_model
from checker.loc import NOWHERE
from checker.machine import Failure, Label
from checker.passes.locations import locations
from checker.report import Kind
from checker.waits.analysis import Certificates, WaitAnalysis
from checker.waits.complete import complete, goal_reachable
from checker.waits.conditions import OBLIGED
from checker.waits.findings import from_state
from checker.waits.undo import live_with, obligations, undoing
from tests.support.judge import Judge, Wrong
from tests.support.random_models import random_model

LEVELS = ("stuck", "blocked", "dead")
FAILURE = Failure(Fault.RANGE, "", NOWHERE)


@dataclass
class Tally:
    """How much was judged, and every disagreement."""

    systems: int = 0
    states: int = 0
    exact: list[int] = field(default_factory=lambda: [0, 0, 0])  # actors in exact sets, by level
    certified: list[int] = field(default_factory=lambda: [0, 0, 0])
    questions: int = 0  # enabling sets compared
    equal: int = 0  # of these, exactly the exact set
    classified: int = 0  # states whose kinds were compared
    problems: int = 0  # things found wrong in these
    disagreements: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.systems += other.systems
        self.states += other.states
        self.exact = [a + b for a, b in zip(self.exact, other.exact, strict=True)]
        self.certified = [a + b for a, b in zip(self.certified, other.certified, strict=True)]
        self.questions += other.questions
        self.equal += other.equal
        self.classified += other.classified
        self.problems += other.problems
        self.disagreements += other.disagreements


def make(seed: int, number: int) -> Model:
    """Return system `number` of a series: the same for the same numbers, whoever asks."""
    random = Random(f"{seed}/{number}")
    model = random_model(random)
    return locations(model) if random.random() < 0.7 else model


def judge(model: Model, name: str, *, deep: bool = True) -> Tally:
    """Judge one model; `deep`: its enabling sets, its kinds and the interpreter's steps too."""
    case = _Case(model)
    tally = Tally(systems=1, states=len(case.judge.states))
    checks = [case.certificates(tally), case.completeness()]
    if deep:
        checks += [case.enabling(tally), case.kinds(tally), case.steps(), case.goals(), case.undoing()]
    found = [problem for check in checks for problem in check]
    tally.disagreements = [f"{name}: {problem}\n{print_model(model)}" for problem in found[:3]]
    return tally


def _obliged_or(more: Action) -> Callable[[Action], bool]:
    return lambda action: action.duty is Duty.OBLIGED or action is more


def _obliged_or_may_of(actors: tuple[str, ...]) -> Callable[[Action], bool]:
    return lambda action: action.duty is Duty.OBLIGED or (action.duty is Duty.MAY and action.owner in actors)


class _Case:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.judge = Judge(model)
        self.analysis = WaitAnalysis(Interpreter(model))
        self.size = range(len(model.actors))

    def numbers(self, mask: int) -> frozenset[int]:
        return frozenset(i for i in self.size if mask >> i & 1)

    def certificates(self, tally: Tally) -> Iterator[str]:
        """No certificate is wrong, in any state of the space, reachable or not."""
        for number, state in enumerate(self.judge.states):
            found = self.analysis.certificates(state)
            for level, mask in enumerate(found):
                claimed, exact = self.numbers(mask), self.judge.exact[level][number]
                tally.exact[level] += len(exact)
                tally.certified[level] += len(claimed)
                if not claimed <= exact:
                    yield f"{LEVELS[level]} claimed of {claimed}, exactly {exact}, in {state}"
            if found.dead & ~found.blocked or found.blocked & ~found.stuck:
                yield f"levels do not nest in {state}: {found}"

    def enabling(self, tally: Tally) -> Iterator[str]:
        """Abstract enabling sets include the exact ones."""
        for expr in {conjunct.expr: None for action in self.model.actions for conjunct in action.guard}:
            read_set = self.analysis.enabling.read_set(expr)
            for number, state in enumerate(self.judge.states):
                found, exact = frozenset(read_set.enablers(state)), self.judge.enablers(expr, number)
                tally.questions += 1
                tally.equal += found == exact
                if not exact <= found:
                    yield f"enablers {sorted(found)} of {expr}, exactly {sorted(exact)}, in {state}"

    def completeness(self) -> Iterator[str]:
        """Complete detection is exact on the reachable states."""
        exploration, numbers = self._explored()
        masks = complete(exploration, self.analysis)
        for place, number in enumerate(numbers):
            for level, mask in enumerate(masks[place]):
                if self.numbers(mask) != self.judge.exact[level][number]:
                    yield f"complete {LEVELS[level]} {self.numbers(mask)} in {self.judge.states[number]}"

    def goals(self) -> Iterator[str]:
        """Goals: one that obliged actions reach, judged by following them forwards from each state."""
        exploration, numbers = self._explored()
        goals = [number % 3 == 0 for number in numbers]
        found = goal_reachable(exploration, goals)
        wanted = {number for number, goal in zip(numbers, goals, strict=True) if goal}
        for place, number in enumerate(numbers):
            if found[place] != bool(self.judge.reached(number, 0) & wanted):
                yield f"goal reachable: {found[place]} from {self.judge.states[number]}"

    def steps(self) -> Iterator[str]:
        """The interpreter and the judge take the same steps."""
        for state, row in zip(self.judge.states, self.judge.edges, strict=True):
            found = {
                (label.action, self.judge.number[after])
                for label, after in self.analysis.machine.successors(state)
                if isinstance(after, tuple)
            }
            if found != set(row):
                yield f"steps {found} and {set(row)} from {state}"

    def kinds(self, tally: Tally) -> Iterator[str]:
        """Kinds agree wherever the enabling sets are exact, by certificates and by exact sets."""
        demanded = frozenset(actor.name for actor in self.model.actors[::2])
        numbers = frozenset(self.size[::2])
        for number, state in enumerate(self.judge.states):
            if not self.judge.exact[0][number] or not self._exact_here(number, state):
                continue
            tally.classified += 1
            for level, found in enumerate(self.analysis.certificates(state)):
                if self.numbers(found) != self.judge.certified(number, level):
                    yield f"certified {LEVELS[level]} {self.numbers(found)} in {state}"
                live = self.numbers(live_with(self.analysis, state, level))
                if live != self.judge.live(number, level):
                    yield f"live {live} in {state}"
            masks = Certificates(*(sum(1 << i for i in self.judge.exact[level][number]) for level in range(3)))
            for exact in (None, masks):
                said = self._said(state, demanded, exact)
                wrong = self.judge.wrong(number, numbers, exact=exact is not None)
                tally.problems += len(wrong)
                if said != wrong:
                    yield f"kinds {set(said)} and {set(wrong)} in {state}, exact: {exact is not None}"

    def undoing(self) -> Iterator[str]:
        """What is not listed as undoing a wait does not undo it; whom it is said to help to oblige, helps."""
        for number, state in list(enumerate(self.judge.states))[::7]:
            for index in self.numbers(self.analysis.certificates(state).stuck):
                name = self.model.actors[index].name
                listed = undoing(self.analysis, state, OBLIGED, [name])
                for action in self.model.actions:
                    if action not in listed and index in self.judge.can_move(number, _obliged_or(action)):
                        yield f"`{action.name}` undoes that {name} is stuck in {state}, and is not listed"
                chosen = obligations(self.analysis, state, [name])
                if chosen and index not in self.judge.can_move(number, _obliged_or_may_of(chosen)):
                    yield f"to oblige {chosen} does not help {name} in {state}"

    def _exact_here(self, number: int, state: State) -> bool:
        return all(
            frozenset(self.analysis.enabling.read_set(part).enablers(state)) == self.judge.enablers(part, number)
            for action in self.model.actions
            for conjunct in action.guard
            if not self.judge.true(conjunct.expr, number)
            for part in self.judge.asked(conjunct.expr, number)
        )

    def _said(self, state: State, demanded: frozenset[str], exact: Certificates | None) -> frozenset[Wrong]:
        found = []
        for partial in from_state(self.analysis, state, demanded=demanded, exact=exact):
            core, tail = self._numbered(partial.problem.core), self._numbered(partial.problem.tail)
            if partial.kind is Kind.HOSTAGE:
                core = self._numbered((partial.problem.focus,))
            found.append(Wrong(partial.kind.value, core, tail, warning=partial.warning))
        return frozenset(found)

    def _numbered(self, names: tuple[str, ...]) -> frozenset[int]:
        return frozenset(self.judge.actor[name] for name in names)

    def _explored(self) -> tuple[Exploration, list[int]]:
        """The reachable part of the judge's graph, as a search leaves it, and the judge's number of each state."""
        order = list(dict.fromkeys(self.judge.initial))
        place = {number: i for i, number in enumerate(order)}
        exploration = Exploration(self.model)
        for number in order:
            for action, target in self.judge.edges[number]:
                if target not in place:
                    place[target] = len(order)
                    order.append(target)
                exploration.targets.append(place[target])
                exploration.taken.append(action)
            exploration.offsets.append(len(exploration.targets))
            failing = set(self.judge.enabled[number]) - {action for action, _ in self.judge.edges[number]}
            exploration.failures += [FailedStep(place[number], Label(a), FAILURE) for a in failing]
        exploration.states = [self.judge.states[number] for number in order]
        exploration.expanded = len(order)
        return exploration, order
