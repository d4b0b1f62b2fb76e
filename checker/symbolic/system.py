"""A model as a transition system of terms: what bounded search, proofs and certificates are about.

The state is one value of terms a variable (`System.state`), over scalars named as the spec would write them. `typed` is
true of exactly those values of the scalars that are a state. `step(i)` is action i over that state; what it assigns is
again terms over the state and the inputs, so no second copy of the variables is needed: substitute.

Meaning. For states s and t of the model: t is a successor of s by action i if and only if for some values of the inputs
`steps[i].fires` is true in s and t has the values of `steps[i].changes`, all other variables being as in s. A step of
action i from s cannot be completed if and only if `steps[i].fails` is true for some inputs. The interpreter says what
successors and failures are; `tests/agree/test_symbolic.py` compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, assert_never

import z3

from checker.diagnostics import InternalError
from checker.ir.domains import BoolT, EnumT, IntT, MapT, OptionT, OwnT, RecordT, SeqT, SetT, Type, size
from checker.ir.leaves import Leaf
from checker.ir.nodes import Assign, Choose, Expr, Model, State, StepProperty, Var
from checker.ir.subtypes import natural
from checker.ir.walk import expressions, property_reads, statements, walk
from checker.symbolic.expressions import Scope
from checker.symbolic.steps import Step, step
from checker.symbolic.terms import Term, Terms, conjunction, disjunction, known
from checker.symbolic.values import Val, decode, equal, leaves, literal, typed, variable


class NoTerm(ValueError):
    """A text is no term over the state."""


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """A model, translated. Get one from `translate`."""

    model: Model
    terms: Terms
    state: dict[str, Val]
    typed: Term
    initial: Term
    steps: tuple[Step, ...]
    leaves: dict[Leaf, Term]  # the scalars of the state, in order; one that cannot change is a constant

    def holds(self, expr: Expr) -> Term:
        """Return whether `expr` holds in the state; what has no value does not."""
        return Scope(self.terms, self.state).holds(expr)

    def kept(self, taken: Step, prop: StepProperty) -> Term:
        """Return whether a step that fires keeps a step property."""
        return Scope(self.terms, {**self.state, **taken.changes}, self.state).holds(prop.expr)

    def unknowns(self) -> list[Any]:
        """Return the scalars of the state that can change."""
        return [term for term in self.leaves.values() if not known(term)]

    def after(self, taken: Step) -> dict[Leaf, Term]:
        """Return what a step assigns to the scalars of the state that it may change."""
        found = {}
        for name, value in taken.changes.items():
            for path, term in leaves(value):
                leaf = Leaf(name, path)
                if term is not self.leaves[leaf] and not known(self.leaves[leaf]):
                    found[leaf] = term
        return found

    def parse(self, smt: str, *, number: bool = False) -> Any:
        """Return a truth value (or a number) over the state, written in SMT-LIB; NoTerm if it is not one term."""
        body = f"(= {smt} 0)" if number else smt
        names = {term.decl().name(): term for term in self.unknowns()}
        try:
            found = z3.parse_smt2_string(f"(assert {body})", decls=names)
        except z3.Z3Exception as error:
            raise NoTerm(f"this is no term over the state: {smt[:200]} ({error})") from None
        if len(found) != 1:
            raise NoTerm(f"this is not one term: {smt[:200]}")
        return found[0].arg(0) if number else found[0]

    def decode(self, value_of: Callable[[Term], int]) -> State:
        """Return the state in which the scalars have the values `value_of` gives."""
        return tuple(decode(self.terms, v.type, self.state[v.name], value_of) for v in self.model.variables)

    def is_state(self, state: State) -> Term:
        """Return whether the state is this one."""
        pairs = zip(self.model.variables, state, strict=True)
        return conjunction(equal(self.state[v.name], literal(self.terms, v.type, value)) for v, value in pairs)


def translate(model: Model, *, words: bool = False) -> System:
    """Return `model` as terms; with `words`, its numbers as words wide enough for each that it computes."""
    terms = Terms(width(model) if words else None)
    state = {v.name: variable(terms, v.name, v.type) for v in model.variables}
    found = {Leaf(name, path): term for name, value in state.items() for path, term in leaves(value)}
    _refuse_twins(found)
    initial = conjunction(
        disjunction(equal(state[v.name], literal(terms, v.type, value)) for value in v.inits)
        for v in model.variables
        if v.inits  # an unbounded parameter begins with any value
    )
    return System(
        model,
        terms,
        state,
        conjunction(typed(terms, v.type, state[v.name]) for v in model.variables),
        initial,
        tuple(step(terms, index, action, state) for index, action in enumerate(model.actions)),
        found,
    )


def _refuse_twins(scalars: dict[Leaf, Term]) -> None:
    """Raise InternalError if two scalars have one name, and so would be one."""
    names: dict[str, Leaf] = {}
    for leaf, term in scalars.items():
        if not known(term) and names.setdefault(term.decl().name(), leaf) != leaf:
            raise InternalError(f"{leaf} and {names[term.decl().name()]} are both called `{term}`")


def width(model: Model) -> int:
    """Return how many bits a word must have so that no number `model` computes overflows."""
    largest, members = 1, set[str]()
    for kind in {kind: None for expr in _expressions(model) for kind in (expr.type, natural(expr))}:
        for part in _parts(kind):
            if isinstance(part, IntT):
                largest = max(largest, abs(part.lo), abs(part.hi))
            elif isinstance(part, EnumT):
                members.update(part.members)
            elif isinstance(part, (SeqT, SetT)):
                largest = max(largest, 1 + (part.capacity if isinstance(part, SeqT) else size(part.item)))
    return max(largest, len(members) + 1).bit_length() + 2  # a sign, and room for one more


def _expressions(model: Model) -> Iterator[Expr]:
    """Yield every expression of `model`, parts included."""
    whole: list[Expr] = [Var(variable.name, variable.type) for variable in model.variables]
    for action in model.actions:
        whole += [conjunct.expr for conjunct in action.guard]
        for stmt in statements(action.update):
            whole += [*expressions(stmt), *([stmt.target] if isinstance(stmt, (Assign, Choose)) else [])]
    whole += [expr for prop in model.properties for expr in property_reads(prop)]
    return (part for expr in whole for part in walk(expr))


def _parts(kind: Type) -> Iterator[Type]:
    """Yield `kind` and the types in it."""
    yield kind
    match kind:
        case BoolT() | IntT() | EnumT():
            pass
        case OptionT(item) | OwnT(item) | SetT(item) | SeqT(item, _):
            yield from _parts(item)
        case RecordT(_, fields):
            for _, part in fields:
                yield from _parts(part)
        case MapT(key, item):
            yield from _parts(key)
            yield from _parts(item)
        case _:
            assert_never(kind)
