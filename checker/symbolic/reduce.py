"""A proof without what it does not need: the clauses that the obligations rest on, and those these rest on in turn.

Claim: if all obligations of a proof are met, so are those of the reduced one. Each obligation that uses the invariant is
solved once with every clause as an assumption; the unsatisfiable core says which were needed. What is needed must also
be kept by each step, so the same is asked of it, until nothing new is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import z3

from checker.symbolic.clauses import Clause, Scalars, leaves_of
from checker.symbolic.houdini import After, Deadline
from checker.symbolic.obligations import Obligations, Proof


def reduced(scalars: Scalars, proof: Proof, deadline: Deadline) -> Proof:
    """Return the proof with the clauses that are needed. Raises TimeIsUp."""
    reducer = _Reducer(scalars, proof, deadline)
    reducer.roots()
    while reducer.fresh:
        reducer.step()
    return replace(proof, invariant=tuple(clause for clause in proof.invariant if clause in reducer.needed))


class _Reducer:
    def __init__(self, scalars: Scalars, proof: Proof, deadline: Deadline) -> None:
        self.scalars = scalars
        self.deadline = deadline
        self.lift = scalars.system.terms.lift
        self.obligations = Obligations(scalars, proof)
        self.flags = {z3.Bool(f"use {number}"): clause for number, clause in enumerate(proof.invariant)}
        self.afters = [After(scalars, step) for step in scalars.system.steps]
        self.needed: set[Clause] = set()
        self.fresh: set[Clause] = set()

    def solver(self) -> Any:
        """Return a solver that knows what each flag stands for."""
        solver = self.deadline.solver()
        solver.add(self.lift(self.scalars.system.typed))
        solver.add(*(z3.Implies(flag, self.scalars.clause(clause)) for flag, clause in self.flags.items()))
        return solver

    def roots(self) -> None:
        """Find what the obligations other than the invariant's own rest on."""
        script = self.obligations.write()
        for obligation in script.obligations:
            if not obligation.name.startswith(("initial", "keeps ")):
                parts = [part for part in obligation.assertions if not part.eq(self.obligations.invariant)]
                solver = self.solver()
                solver.add(*parts, *(constant == meaning for constant, meaning in script.used(parts)))
                self.learn(solver)

    def step(self) -> None:
        """Find what keeping the clauses found last rests on."""
        goals, self.fresh = sorted(self.fresh, key=str), set()
        for after in self.afters:
            touched = [goal for goal in goals if leaves_of(goal) & after.changed]
            if touched:
                self.kept(after, touched)

    def kept(self, after: After, goals: Sequence[Clause]) -> None:
        solver = self.solver()
        solver.add(self.lift(after.step.fires), *after.equations)
        solver.add(z3.Not(z3.And([self.lift(self.scalars.clause(goal, after.terms)) for goal in goals])))
        self.learn(solver)

    def learn(self, solver: Any) -> None:
        """Add what makes the solver's assertions unsatisfiable; everything, if it does not say."""
        core = list(solver.unsat_core()) if solver.check(*self.flags) == z3.unsat else list(self.flags)
        found = {self.flags[flag] for flag in core}
        self.fresh |= found - self.needed
        self.needed |= found
