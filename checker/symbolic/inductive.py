"""The largest inductive subset of a set of candidates (Flanagan, Leino: Houdini, FME 2001).

Claim: what `inductive` returns holds in every initial state, and each step from a state in which all of it holds
leads to such a state; so it holds in every reachable state. Candidates that an initial state violates go first. Then,
for each action, a solver looks for a step from a state in which all candidates left hold to one in which some do not;
those go. When no action finds any, in one round through all with nothing removed, the rest is inductive. Where the
solver does not know, the candidates in question go: fewer is always sound.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import z3

from checker.symbolic.clauses import Clause, Scalars, leaves_of
from checker.symbolic.steps import Step
from checker.symbolic.terms import Term


class TimeIsUp(Exception):
    """The time given to a proof is over."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When to give up, on the clock of `time.monotonic`; None: never."""

    at: float | None = None

    def solver(self) -> Any:
        """Return a new solver that gives up in time; TimeIsUp if there is none left."""
        solver = z3.SolverFor("QF_LIA")
        left = self.left()
        if left is not None:
            solver.set("timeout", max(1, int(left * 1000)))
        return solver

    def left(self) -> float | None:
        """Return how many seconds are left, None if that does not matter; TimeIsUp if none are."""
        left = None if self.at is None else self.at - time.monotonic()
        if left is not None and left <= 0:
            raise TimeIsUp
        return left


def inductive(
    scalars: Scalars, candidates: Sequence[Clause], *, known: Sequence[Clause] = (), deadline: Deadline | None = None
) -> list[Clause]:
    """Return the largest subset of `candidates` that is inductive together with `known`, which must be so itself.

    Raises TimeIsUp.
    """
    search = _Houdini(scalars, list(candidates), list(known), deadline or Deadline())
    search.initial()
    while any([search.step(after) for after in search.afters]):  # noqa: C419 - every action, each time
        pass
    return search.alive


class After:
    """The state after a step: new unknowns for what the step may change."""

    def __init__(self, scalars: Scalars, step: Step) -> None:
        lift = scalars.system.terms.lift
        changed = scalars.system.after(step)
        self.step = step
        self.changed = frozenset(changed)
        self.terms: list[Term] = list(scalars.terms)
        self.equations: list[Any] = []
        for leaf, term in changed.items():
            place = scalars.place[leaf]
            new = z3.Const(f"{scalars.terms[place]}'", scalars.terms[place].sort())
            self.terms[place] = new
            self.equations.append(new == lift(term))


class _Houdini:
    def __init__(self, scalars: Scalars, alive: list[Clause], known: list[Clause], deadline: Deadline) -> None:
        self.scalars = scalars
        self.alive = alive
        self.known = known
        self.deadline = deadline
        self.afters = [After(scalars, step) for step in scalars.system.steps]
        self.meaning = {clause: scalars.clause(clause) for clause in (*known, *alive)}

    def initial(self) -> None:
        """Remove what an initial state violates."""
        system = self.scalars.system
        solver = self.deadline.solver()
        solver.add(system.terms.lift(system.typed), system.terms.lift(system.initial))
        self.alive = self._kept(solver, self.alive, self.scalars.terms)

    def step(self, after: After) -> bool:
        """Remove what a step of this action violates; tell whether that was anything."""
        goals = [clause for clause in self.alive if leaves_of(clause) & after.changed]
        if not goals:
            return False
        system = self.scalars.system
        solver = self.deadline.solver()
        solver.add(system.terms.lift(system.typed), system.terms.lift(after.step.fires), *after.equations)
        solver.add(*(self.meaning[clause] for clause in (*self.known, *self.alive)))
        kept = set(self._kept(solver, goals, after.terms))
        gone = {goal for goal in goals if goal not in kept}
        self.alive = [clause for clause in self.alive if clause not in gone]
        return bool(gone)

    def _kept(self, solver: Any, goals: list[Clause], terms: Sequence[Term]) -> list[Clause]:
        """Return the goals that hold for `terms` wherever the solver's assertions do."""
        value_in = self.scalars.system.terms.value_in
        while goals:
            self.deadline.left()
            lift = self.scalars.system.terms.lift
            solver.add(z3.Not(z3.And([lift(self.scalars.clause(goal, terms)) for goal in goals])))
            match solver.check():
                case z3.unsat:
                    return goals
                case z3.sat:
                    value_of = value_in(solver.model())
                    row = [value_of(term) for term in terms]
                    goals = [goal for goal in goals if any(self.scalars.holds(item, row) for item in goal)]
                case _:
                    return []
        return goals
