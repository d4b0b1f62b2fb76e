"""Steps as terms: an action's update run once for all states, both arms of an `If` at a time.

A step fails where one of its `failures` holds. What happens after a failure does not matter: the step has no end, so
conditions found further on say nothing that was not said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from checker.diagnostics import InternalError
from checker.interp import known_loc
from checker.ir.domains import Type, Value, values
from checker.ir.nodes import (
    Action,
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Fault,
    Field,
    If,
    Index,
    Make,
    Old,
    Stmt,
    Temp,
    Var,
)
from checker.ir.subtypes import natural
from checker.loc import Loc
from checker.symbolic.expressions import Scope, parts, position
from checker.symbolic.terms import Term, Terms, both, conjunction, disjunction, either, implies, negate
from checker.symbolic.values import (
    Line,
    Opt,
    Parts,
    Val,
    blank,
    choose,
    coerce,
    identical_to,
    literal,
    variable,
    within,
)


@dataclass(frozen=True, slots=True)
class Break:
    """A place at which a step may fail, and when it does (if nothing failed before)."""

    fault: Fault
    loc: Loc
    condition: Term


@dataclass(frozen=True, slots=True)
class Input:
    """What a `Choose` chooses: a new unknown."""

    name: str
    type: Type
    value: Val


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One action over the current state and its inputs.

    From a state and inputs that satisfy `typed` and `legal`: if `undefined`, the guard has no value, which is a
    failure. If `enabled`, the update runs; it fails if a condition of `breaks` holds, otherwise `changes` are the new
    values of the variables that it may assign, all others stay. Different choices are different values of the inputs.
    """

    index: int
    action: Action
    enabled: Term
    undefined: Term
    inputs: tuple[Input, ...]
    legal: Term
    breaks: tuple[Break, ...]
    changes: dict[str, Val]

    @property
    def failed(self) -> Term:
        """Whether the update, once it runs, fails."""
        return disjunction(broken.condition for broken in self.breaks)

    @property
    def fails(self) -> Term:
        """Whether this is a step that cannot be completed."""
        return either(self.undefined, both(self.enabled, self.legal, self.failed))

    @property
    def fires(self) -> Term:
        """Whether this is a step, and it leads to a state."""
        return both(self.enabled, self.legal, negate(self.failed))


def step(terms: Terms, index: int, action: Action, variables: dict[str, Val]) -> Step:
    """Return action number `index` over a state in which variables have these values."""
    scope = Scope(terms, variables)
    truth, there = scope.both([conjunct.expr for conjunct in action.guard])
    run = _Run(terms, action, Scope(terms, dict(variables)))
    run.block(action.update, True)
    after = run.scope.variables
    changes = {name: value for name, value in after.items() if value is not variables[name]}
    return Step(
        index,
        action,
        both(there, truth),
        negate(there),
        tuple(run.inputs),
        conjunction(run.legal),
        tuple(run.breaks),
        changes,
    )


@dataclass(slots=True)
class _Run:
    terms: Terms
    action: Action
    scope: Scope
    inputs: list[Input] = field(default_factory=list)
    legal: list[Term] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)

    def block(self, block: tuple[Stmt, ...], path: Term) -> None:
        """Run `block`, which is come to if `path` holds."""
        for stmt in block:
            match stmt:
                case Assign(target, value):
                    self._assign(target, value, path, stmt.loc)
                case If(condition, then, otherwise):
                    truth, there = self.scope.condition(condition)
                    self._demand(there, Fault.RANGE, path, stmt.loc)
                    self._fork(truth, then, otherwise, path)
                case Choose(target, options):
                    self._choose(target, options, path, stmt.loc)
                case Assert(condition, _, fault):
                    truth, there = self.scope.condition(condition)
                    self._demand(there, Fault.RANGE, path, stmt.loc)
                    self._demand(truth, fault, both(path, there), stmt.loc)
                case _:
                    assert_never(stmt)

    def _demand(self, condition: Term, fault: Fault, path: Term, loc: Loc) -> None:
        broken = both(path, negate(condition))
        if broken is not False:
            self.breaks.append(Break(fault, known_loc(loc, self.action.loc), broken))

    def _fork(self, truth: Term, then: tuple[Stmt, ...], otherwise: tuple[Stmt, ...], path: Term) -> None:
        if truth is True or truth is False:
            self.block(then if truth else otherwise, path)
            return
        start = self.scope
        ends = []
        for arm, taken in ((then, truth), (otherwise, negate(truth))):
            self.scope = Scope(self.terms, dict(start.variables), start.old, dict(start.temps))
            self.block(arm, both(path, taken))
            ends.append(self.scope)
        left, right = ends
        # A temp that only one arm binds is not read behind it (`verify`).
        temps = {n: choose(self.terms, truth, v, right.temps[n]) for n, v in left.temps.items() if n in right.temps}
        variables = {n: choose(self.terms, truth, v, right.variables[n]) for n, v in left.variables.items()}
        self.scope = Scope(self.terms, variables, start.old, temps)

    def _choose(self, target: Temp, options: Expr, path: Term, loc: Loc) -> None:
        found, there = self.scope.value(options)
        self._demand(there, Fault.RANGE, path, loc)
        name = f"{self.action.name}: {target.name} #{len(self.inputs)}"
        chosen = variable(self.terms, name, target.type)
        self.inputs.append(Input(name, target.type, chosen))
        hits = self._options(target.type, found)
        empty = negate(disjunction(term for _, term in hits))
        self._demand(negate(empty), Fault.RANGE, both(path, there), loc)
        legal = disjunction(both(term, identical_to(chosen, literal(self.terms, target.type, v))) for v, term in hits)
        # Where nothing is chosen the input is blank, so that each step has one value of the inputs.
        used = both(path, there, negate(empty))
        self.legal.append(implies(used, legal))
        self.legal.append(either(used, identical_to(chosen, self._first(target.type))))
        self.scope.temps[target.name] = chosen

    def _options(self, kind: Type, found: Val) -> list[tuple[Value, Term]]:
        has = getattr(found, "has", None)
        if has is None:
            raise InternalError(f"{found} is no set to choose from")
        return [(value, has[value]) for value in values(kind) if has.get(value, False) is not False]

    def _first(self, kind: Type) -> Val:
        return literal(self.terms, kind, next(values(kind)))

    # --- assignment ----------------------------------------------------------------------------

    def _assign(self, target: Expr, value: Expr, path: Term, loc: Loc) -> None:
        found, there = self.scope.value(value)
        self._demand(there, Fault.RANGE, path, loc)
        fits = within(self.terms, target.type, found, natural(value))
        self._demand(fits, Fault.RANGE, both(path, there), loc)
        self._store(target, blank(target.type) if fits is False else coerce(target.type, found), path, loc)

    def _store(self, target: Expr, value: Val, path: Term, loc: Loc) -> None:
        """Set the place `target`: rebuild what it is part of, up to the variable."""
        match target:
            case Var(name):
                self.scope.variables[name] = value
            case Temp(name):
                self.scope.temps[name] = value
            case Field(record, name):
                items = parts(self._known(record, path, loc))
                place = position(record.type, name)
                self._store(record, Parts((*items[:place], value, *items[place + 1 :])), path, loc)
            case Index(base, index):
                whole, wanted = self._known(base, path, loc), self._known(index, path, loc)
                inside, hits = self.scope.place(base.type, whole, wanted)
                self._demand(inside, Fault.RANGE, path, loc)
                items = tuple(choose(self.terms, hit, value, parts(whole)[place]) for hit, place in hits)
                self._store(base, Line(whole.length, items) if isinstance(whole, Line) else Parts(items), path, loc)
            case Apply(_, (option,)):
                self._store(option, Opt(True, value), path, loc)
            case Const() | Old() | Apply() | Make():
                raise InternalError(f"{target} cannot be assigned to")
            case _:
                assert_never(target)

    def _known(self, expr: Expr, path: Term, loc: Loc) -> Val:
        value, there = self.scope.value(expr)
        self._demand(there, Fault.RANGE, path, loc)
        return value
