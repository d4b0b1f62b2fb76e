"""Proof by mining: facts that hold in a sample of reachable states, reduced to those that are inductive.

The sample is what a search of the model finds; of a model with unbounded parameters, what searches of its instances
with small values find. What it misses costs facts, not soundness.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import z3

from checker.ir.nodes import Invariant, Model
from checker.ir.walk import action_reads, property_reads, variables
from checker.symbolic.safety.houdini import Fact, Houdini, OutOfTime, first_facts
from checker.symbolic.safety.literals import forbidden, literals
from checker.symbolic.safety.proof import Clause, Met, Open, Proved, holds_up
from checker.symbolic.safety.relation import STEPS, Target, targets
from checker.symbolic.safety.sample import sample_of
from checker.symbolic.system import System, translate
from checker.symbolic.terms import Term

METHOD = "mined invariant"
Say = Callable[[Proved | Open | Met], None]


def prove_by_mining(model: Model, names: tuple[str, ...], *, deadline: float, say: Say) -> None:
    """Say which targets are proved, and of the others a state that nothing found excludes; or that one is met.

    Stops when the time is over.
    """
    system = translate(model)
    sought = targets(system, names)
    met: list[Met] = []
    sample = sample_of(system, sought, deadline=deadline, say=met.append)
    if met:
        say(min(met, key=lambda one: len(one.run.states) + one.run.ends_in_step))
        return
    if time.monotonic() > deadline:
        return
    found = literals(sample)
    found += [forbidden(system, p.name, p.expr) for p in model.properties if isinstance(p, Invariant)]
    houdini = Houdini(system, found, sample, deadline)
    houdini.add(first_facts(found))
    try:
        houdini.settle()
        for target in sought:
            state = houdini.prove(target)
            if state is None:
                say(proof(houdini, target))
            else:
                value_of = system.terms.value_in(state)
                say(Open(target.name, system.decode(value_of), tuple(matter(system, target, value_of))))
    except OutOfTime:
        return


def matter(system: System, target: Target, value_of: Callable[[Term], int]) -> Iterator[str]:
    """Yield the variables to look at in a state that meets `target`: what the property reads, or the failing action."""
    if target.name != STEPS:
        prop = next(prop for prop in system.model.properties if prop.name == target.name)
        read = frozenset(name for expr in property_reads(prop) for name in variables(expr))
    else:
        failing = (step.action for step in system.steps if step.fails is not False and value_of(step.fails))
        read = frozenset(name for action in failing for name in action_reads(action))
    yield from (variable.name for variable in system.model.variables if variable.name in read)


def proof(houdini: Houdini, target: Target) -> Proved:
    """Return the proof of a target, with no more facts than it needs; a solver that knows nothing of it has agreed."""
    facts = houdini.needed([target])
    system = houdini.system
    clauses = [clause(houdini, fact) for fact in facts]
    terms = [z3.Not(z3.And([houdini.literals[n].term for n in fact])) for fact in facts]
    if not holds_up(system, terms, [target]):
        raise OutOfTime
    return Proved((target.name,), METHOD, tuple(clauses))


def clause(houdini: Houdini, fact: Fact) -> Clause:
    """Return a fact in the spec's words: if all but one of its literals hold, that one does not.

    Where somebody stands is a condition, not a conclusion, if there is another.
    """
    found = sorted((houdini.literals[n] for n in fact), key=lambda literal: ".pc ==" not in literal.text)
    *when, last = found
    variables = dict.fromkeys(leaf.variable for literal in found for leaf in literal.leaves)
    term = z3.Not(z3.And([literal.term for literal in found]))
    return Clause(tuple(literal.text for literal in when), last.otherwise, term.sexpr(), tuple(variables))
