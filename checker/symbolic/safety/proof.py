"""What was proved, and how: plain data that passes between processes and into reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import z3

from checker.ir.nodes import State
from checker.symbolic.safety.bmc import Run
from checker.symbolic.safety.relation import Target
from checker.symbolic.system import System


@dataclass(frozen=True, slots=True)
class Clause:
    """One conjunct of an invariant: `when` all of these hold, `then` does; `smt` is the whole in SMT-LIB."""

    when: tuple[str, ...]
    then: str
    smt: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """The targets `names` cannot be met. `invariant` holds initially, every step keeps it, and it excludes them.

    Of `k-induction` there is no invariant but the targets themselves: what `depth` states in a row do not meet, the
    next does not.
    """

    names: tuple[str, ...]
    method: str
    invariant: tuple[Clause, ...] = ()
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Met:
    """A run that ends in a target: a violation, once the interpreter has taken it."""

    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Open:
    """A state that the invariant found so far allows and in which a target is met. It may be unreachable."""

    name: str
    state: State
    matter: tuple[str, ...]  # variables that what is violated reads


def holds_up(system: System, invariant: Sequence[object], proved: Sequence[Target]) -> bool:
    """Tell whether a new solver agrees that `invariant`, terms over the state, is inductive and excludes `proved`."""
    lift = system.terms.lift
    whole = z3.And(*map(lift, invariant))
    solver = z3.Solver()
    solver.add(lift(system.typed))
    questions = [[lift(system.initial), z3.Not(whole)]]
    questions += [[whole, lift(target.bad)] for target in proved]
    for step in system.steps:
        pairs = [(system.leaves[leaf], lift(term)) for leaf, term in system.after(step).items()]
        questions.append([whole, lift(step.fires), z3.Not(z3.substitute(whole, *pairs))])
    for question in questions:
        solver.push()
        solver.add(*question)
        if solver.check() != z3.unsat:
            return False
        solver.pop()
    return True
