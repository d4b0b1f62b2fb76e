"""A proof without what it does not need: the clauses that the obligations rest on, and those these rest on in turn.

Claim: if all obligations of a proof are met, so are those of the reduced one. Each obligation that uses the invariant
is solved once with every clause as an assumption; the unsatisfiable core says which were needed. What is needed must
also be kept by each step, so the same is asked of it, until nothing new is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import z3

from checker.symbolic.clauses import Clause, Scalars, leaves_of
from checker.symbolic.inductive import After, Deadline
from checker.symbolic.obligations import Obligations
from checker.symbolic.proof import Proof


def with_lemmas(scalars: Scalars, proof: Proof, clauses: Sequence[Clause]) -> Proof:
    """Return `proof` with the clauses for an invariant."""
    return replace(proof, invariant=tuple(map(scalars.lemma, clauses)))


def reduced(scalars: Scalars, proof: Proof, clauses: Sequence[Clause], deadline: Deadline) -> list[Clause]:
    """Return the `clauses` that are needed for `proof`, and for each other. Raises TimeIsUp."""
    reducer = _Reducer(scalars, proof, clauses, deadline)
    reducer.roots()
    while reducer.fresh:
        reducer.step()
    return [clause for clause in clauses if clause in reducer.needed]


class _Reducer:
    def __init__(self, scalars: Scalars, proof: Proof, clauses: Sequence[Clause], deadline: Deadline) -> None:
        self.scalars = scalars
        self.deadline = deadline
        self.lift = scalars.system.terms.lift
        self.obligations = Obligations(scalars.system, replace(proof, invariant=()))
        self.flags = {z3.Bool(f"use {number}"): clause for number, clause in enumerate(clauses)}
        self.afters = [After(scalars, step) for step in scalars.system.steps]
        self.solver = deadline.solver()
        self.solver.add(self.lift(scalars.system.typed))
        self.solver.add(*(z3.Implies(flag, scalars.clause(clause)) for flag, clause in self.flags.items()))
        self.needed: set[Clause] = set()
        self.fresh: set[Clause] = set()

    def roots(self) -> None:
        """Find what the obligations other than the invariant's own rest on."""
        script = self.obligations.write(own=False)
        for obligation in script.obligations:
            parts = [part for part in obligation.assertions if not part.eq(self.obligations.invariant)]
            self.learn([*parts, *(constant == meaning for constant, meaning in script.used(parts))])

    def step(self) -> None:
        """Find what keeping the clauses found last rests on."""
        goals, self.fresh = sorted(self.fresh, key=str), set()
        for after in self.afters:
            touched = [goal for goal in goals if leaves_of(goal) & after.changed]
            if touched:
                kept = [self.lift(self.scalars.clause(goal, after.terms)) for goal in touched]
                self.learn([self.lift(after.step.fires), *after.equations, z3.Not(z3.And(kept))])

    def learn(self, assertions: Sequence[Any]) -> None:
        """Add the clauses with which the assertions are unsatisfiable; all, if the solver does not say."""
        self.deadline.left()
        self.solver.push()
        self.solver.add(*assertions)
        flags = list(self.flags)
        core = list(self.solver.unsat_core()) if self.solver.check(*flags) == z3.unsat else flags
        self.solver.pop()
        found = {self.flags[flag] for flag in core}
        self.fresh |= found - self.needed
        self.needed |= found
