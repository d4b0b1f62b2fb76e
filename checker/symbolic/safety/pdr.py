"""Proof by property-directed reachability: z3's Spacer, asked for a solution of the Horn clauses of a model.

A. Komuravelli, A. Gurfinkel, S. Chaki, *SMT-based model checking for recursive programs*, CAV 2014. One relation over
the state: it holds initially, steps keep it, and it excludes the target. What Spacer returns is checked by another
solver.
"""

from __future__ import annotations

from typing import Any

import z3

from checker.ir.nodes import Model
from checker.symbolic.deadline import Deadline, TimeIsUp
from checker.symbolic.obligations import refused
from checker.symbolic.proof import Lemma
from checker.symbolic.relation import Target, targets
from checker.symbolic.safety.proof import Proved, Say
from checker.symbolic.safety.text import print_term
from checker.symbolic.scalars import Scalars
from checker.symbolic.script import flat, symbols
from checker.symbolic.system import System, translate
from checker.symbolic.terms import known
from checker.symbolic.values import scalars

METHOD = "PDR"


def prove_by_pdr(model: Model, names: tuple[str, ...], *, deadline: Deadline, say: Say) -> None:
    """Say which targets are proved, one after another. Returns when the time is over."""
    system = translate(model)
    scalars, sought = Scalars(system), targets(system, names)
    try:
        for place, target in enumerate(sought):
            left = deadline.left()
            invariant = solve(system, target, seconds=None if left is None else left / (len(sought) - place))
            if invariant is not None:
                found = Proved((target.name,), METHOD, tuple(_lemma(scalars, part) for part in invariant))
                if not refused(system, found.proof, deadline):
                    say(found)
    except TimeIsUp:
        return


def solve(system: System, target: Target, *, seconds: float | None) -> list[Any] | None:
    """Return the conjuncts of an invariant that excludes `target`, None if Spacer finds none in this time."""
    lift, now = system.terms.lift, system.unknowns()
    engine = z3.Fixedpoint()
    engine.set("engine", "spacer")
    if seconds is not None:
        engine.set("timeout", max(1, int(seconds * 1000)))
    holds = z3.Function("holds", *(v.sort() for v in now), z3.BoolSort())
    engine.register_relation(holds)
    inputs = [t for step in system.steps for given in step.inputs for t in scalars(given.value) if not known(t)]
    engine.declare_var(*now, *inputs)
    engine.rule(holds(*now), z3.And(lift(system.typed), lift(system.initial)))
    for step in system.steps:
        if step.fires is False:
            continue
        after = {system.leaves[leaf].get_id(): lift(term) for leaf, term in system.after(step).items()}
        engine.rule(holds(*(after.get(v.get_id(), v) for v in now)), z3.And(holds(*now), lift(step.fires)))
    met = z3.Function("met", z3.BoolSort())
    engine.register_relation(met)
    engine.rule(met(), z3.And(holds(*now), lift(target.bad)))
    try:
        answer = engine.query(met())
    except z3.Z3Exception:
        return None
    return _conjuncts(engine.get_answer(), holds, now) if answer == z3.unsat else None


def _conjuncts(answer: Any, holds: Any, now: list[Any]) -> list[Any] | None:
    """Take the definition of `holds` out of an answer of Spacer's: one `forall` a relation."""
    for part in [answer] if z3.is_quantifier(answer) else answer.children():
        body = part.body() if z3.is_quantifier(part) else part
        head = body.arg(0) if body.num_args() == 2 else None
        if head is not None and head.decl().name() == holds.name():
            places = [z3.get_var_index(arg) for arg in head.children()]
            named = dict(zip(places, now, strict=True))
            solution = z3.substitute_vars(body.arg(1), *(named.get(n, z3.BoolVal(False)) for n in range(len(now))))
            plain = _quantifier_free(solution)
            return plain.children() if z3.is_and(plain) else [plain]
    return None


def _quantifier_free(term: Any) -> Any:
    """Return what is equivalent to `term` and has no quantifiers, where Spacer left some: no reader wants them."""
    goal = z3.Goal()
    goal.add(term)
    return z3.Then("qe", "simplify").apply(goal).as_expr() if z3.Probe("has-quantifiers")(goal) else term


def _lemma(scalars: Scalars, term: Any) -> Lemma:
    owners = {scalars.term(leaf).decl().name(): leaf.variable for leaf in scalars.leaves}
    names = dict.fromkeys(owners[name] for name in symbols(term) if name in owners)
    return Lemma((), print_term(scalars, term), tuple(names), flat(term))
