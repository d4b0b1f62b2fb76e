"""k-induction: what no k states in a row meet, the next does not; and no run from the beginning meets it within k.

M. Sheeran, S. Singh, G. Stålmarck, *Checking safety properties using induction and a SAT-solver*, FMCAD 2000. States
of the k are all different, which is no loss (a run that meets a target has a shortest one) and makes the method
complete for finite models. Targets are assumed together; those that do not follow are given up for this k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import z3

from checker.ir.nodes import Model
from checker.symbolic.deadline import Deadline, TimeIsUp, answered
from checker.symbolic.relation import Relation, Target, relation, targets
from checker.symbolic.safety.bmc import solver_for
from checker.symbolic.safety.proof import INDUCTION, Proved, Say
from checker.symbolic.system import translate
from checker.symbolic.terms import disjunction


def prove_by_induction(
    model: Model, names: tuple[str, ...], *, deadline: Deadline, say: Say, most: int | None = None
) -> None:
    """Say which targets are proved, for k from 1 to `most`. Returns when the time is over."""
    system = translate(model, words=not model.unbounded)
    proofs = _Induction(relation(system), targets(system, names), deadline, say)
    k = 1
    try:
        while proofs.left and (most is None or k <= most):
            proofs.try_with(k)
            k += 1
    except TimeIsUp:
        return


@dataclass(slots=True)
class _Induction:
    steps: Relation
    left: list[Target]
    deadline: Deadline
    say: Say
    base: Any = None
    induct: Any = None

    def __post_init__(self) -> None:
        system = self.steps.system
        self.base, self.induct = solver_for(system), solver_for(system)
        for solver in (self.base, self.induct):
            solver.add(self.steps.at(system.typed, 0))
        self.base.add(self.steps.at(system.initial, 0))

    def try_with(self, k: int) -> None:
        """Try induction over `k` states. Raises TimeIsUp."""
        at, formula = self.steps.at, self.steps.formula
        self.left = [target for target in self.left if self._check(self.base, at(target.bad, k - 1)) == z3.unsat]
        self.base.add(at(formula, k - 1))
        self.induct.add(at(formula, k - 1))
        for earlier in range(k):
            pairs = ((self.steps.copy(v, earlier), self.steps.copy(v, k)) for v in self.steps.now)
            self.induct.add(z3.Or([a != b for a, b in pairs]))
        following = list(self.left)
        while following:
            bad = disjunction(target.bad for target in following)
            assumed = z3.And([z3.Not(at(bad, place)) for place in range(k)])
            failed = [t for t in following if self._check(self.induct, assumed, at(t.bad, k)) != z3.unsat]
            self.deadline.left()
            if not failed:
                self.say(Proved(tuple(target.name for target in following), INDUCTION, depth=k))
                self.left = [target for target in self.left if target not in following]
                break
            following = [target for target in following if target not in failed]

    def _check(self, solver: Any, *conditions: Any) -> Any:
        self.deadline.bind(solver)
        solver.push()
        solver.add(*conditions)
        answer = answered(solver, solver.check())
        solver.pop()
        return answer
