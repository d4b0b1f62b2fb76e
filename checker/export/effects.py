"""What an action does, as TLA+ says it: one primed value a variable instead of statements in order.

The update of an action is executed with terms for values. `[f EXCEPT ![i] = …]` collects what is assigned to parts of
a variable; an `If` becomes an `IF` of actions where nothing that follows depends on it, else an `IF` of values (or,
with a choice inside, what follows is written in both arms); a `Choose` becomes `\\E`.

A step that fails in the interpreter must be an error for TLC too. TLC stops by itself where it needs the value of an
expression that has none; `TypeOK` is violated by a variable that leaves its type. What neither of them would notice
gets an `Assert`: a value out of range that is overwritten within the step, an expression without value whose result
is never used, an `EXCEPT` of what is not there (TLC skips it with a warning), a choice from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TypeAlias, assert_never

from checker.diagnostics import InternalError
from checker.export.expressions import Typed, position, translate
from checker.export.terms import (
    FALSE,
    NONE,
    TRUE,
    Kind,
    Term,
    at,
    bind,
    both,
    call,
    choice,
    equal,
    evaluated,
    implies,
    infix,
    name,
    negated,
    number,
    partial_terms,
    prime,
    replaced_at,
    set_of,
    size,
    string,
)
from checker.export.types import fit, member, set_term
from checker.ir.domains import MapT, SetT
from checker.ir.nodes import (
    Apply,
    Assert,
    Assign,
    Choose,
    Const,
    Expr,
    Field,
    If,
    Index,
    Make,
    Old,
    Stmt,
    Temp,
    Var,
)
from checker.ir.ops import Op
from checker.ir.subtypes import covers, natural
from checker.ir.walk import expressions, root, statements, walk, written
from checker.loc import NOWHERE, Loc

LARGE = 14  # nodes: a value beyond that which is read more than once gets a name
Step: TypeAlias = Term


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variable of the model is: a variable of the module, or an element of one."""

    variable: str
    keys: tuple[Term, ...] = ()

    def read(self, whole: Term) -> Term:
        for key in self.keys:
            whole = at(whole, key)
        return whole

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(Term(Kind.STEP, "", (key,)) for key in self.keys)


Places: TypeAlias = Mapping[str, Place]  # by the names of the model's variables


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold for a step not to fail. TLC sees to it itself by evaluating `seen`, or by TypeOK of `variable`."""

    condition: Term
    message: str
    seen: Term | None = None
    variable: str = ""

    def asserted(self) -> Term:
        return call("Assert", self.condition, string(self.message))


def _open(values: Values) -> list[Term]:
    """Assert what is pending and has not been seen to hold; TypeOK judges what variables hold at the end of a step."""
    return [
        check.asserted()
        for check in values.pending
        if check.condition not in values.facts
        and not check.variable
        and not (check.seen is not None and _is_seen(check.seen, values.seen))
    ]


@dataclass(frozen=True, slots=True)
class Values:
    """What is known where a statement runs."""

    variables: Mapping[str, Term]  # of the module; those that were not assigned are missing
    temps: Mapping[str, Typed] = field(default_factory=dict)
    facts: frozenset[Term] = frozenset({TRUE})  # conditions that hold
    seen: frozenset[Term] = frozenset()  # terms that have been evaluated
    pending: tuple[Check, ...] = ()

    def after(self, conjuncts: Iterable[Term]) -> Values:
        """Return these values where `conjuncts` have been evaluated."""
        return replace(self, seen=self.seen | {term for conjunct in conjuncts for term in evaluated(conjunct)})

    def needing(self, condition: Term, loc: Loc) -> Values:
        """Return these values with what must hold for `condition` to have a value."""
        needs = (Check(needs, f"no value{_where(loc)}", seen=part) for part, needs in partial_terms(condition))
        return replace(self, pending=(*self.pending, *needs))

    def knowing(self, condition: Term) -> Values:
        """Return these values where `condition` has been found true."""
        parts = condition.parts if condition.kind is Kind.AND else (condition,)
        seen = frozenset(term for part in parts for term in evaluated(part))
        return replace(self, facts=self.facts | set(parts), seen=self.seen | seen)


class Effects:
    """One action's update, executed with terms."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._order = tuple(dict.fromkeys(place.variable for place in places.values()))
        self._fresh: set[str] = set()

    def update(self, block: tuple[Stmt, ...], guard: Term) -> list[Term]:
        """Return the conjuncts `block` amounts to; `guard` holds before it. Of variables never assigned: nothing."""
        self._fresh = set()
        return self._run(block, Values({}).knowing(guard), self._written(block))

    def condition(self, expr: Expr) -> Term:
        """Return `expr` over the present state."""
        return translate(expr, self._lookup(Values({}))).term

    # --- blocks ---

    def _run(self, block: tuple[Stmt, ...], values: Values, targets: frozenset[str]) -> list[Term]:
        """Return the conjuncts that execute `block` and end the step for the variables `targets`."""
        found: list[Term] = []
        for turn, stmt in enumerate(block):
            rest = block[turn + 1 :]
            match stmt:
                case Assign():
                    checks, values = self._assign(stmt, values)
                    found += checks
                    let = self._shared(stmt, rest, values)
                    if let is not None:
                        bound, value, values = let
                        return [*found, bind(Kind.LET, bound, value, both(self._run(rest, values, targets)))]
                case Assert():
                    checks, values = self._asserted(stmt, values)
                    found += checks
                case Choose():
                    return [*found, *self._choose(stmt, rest, values, targets)]
                case If():
                    ended = self._branch(stmt, rest, values, targets)
                    if ended is not None:
                        return [*found, *ended]
                    if self._independent(stmt, rest):
                        inner = self._written((stmt,)) & targets
                        found += self._branch(stmt, (), replace(values, pending=()), inner) or []
                        targets -= inner
                    else:
                        checks, values = self._merged(stmt, values)
                        found += checks
                case _:
                    assert_never(stmt)
        ended = self._finished(values, targets)
        return [*found, *_open(values.after(ended)), *ended]

    def _branch(self, stmt: If, rest: tuple[Stmt, ...], values: Values, targets: frozenset[str]) -> list[Term] | None:
        """Return an `If` that ends the step: nothing follows it, or what follows must stand in both arms. Else None."""
        condition = translate(stmt.condition, self._lookup(values)).term
        if condition in (TRUE, FALSE):
            return self._run((stmt.then if condition == TRUE else stmt.otherwise) + rest, values, targets)
        if rest and (self._independent(stmt, rest) or not _chooses((stmt,))):
            return None
        inner = self._written((stmt, *rest)) & targets
        before = self._finished(values, targets - inner)
        values = values.needing(condition, stmt.loc).after([*before, condition])
        left = both(self._run(stmt.then + rest, values.knowing(condition), inner))
        right = both(self._run(stmt.otherwise + rest, values.knowing(negated(condition)), inner))
        return [*before, _decided(condition, left, right)]

    def _independent(self, stmt: If, rest: tuple[Stmt, ...]) -> bool:
        """Tell whether nothing in `rest` reads or writes what `stmt` assigns."""
        names = _assigned((stmt,))
        if self._written((stmt,)) & self._written(rest):
            return False
        touched = (
            p
            for s in statements(rest)
            for e in (
                *expressions(s),
                *([s.target] if isinstance(s, Assign) and not isinstance(s.target, Temp) else []),
            )
            for p in walk(e)
        )
        return not any(isinstance(p, (Var, Temp)) and p.name in names for p in touched)

    def _merged(self, stmt: If, values: Values) -> tuple[list[Term], Values]:
        """Execute an `If` without choices: afterwards each variable has an `IF` for its value."""
        condition = translate(stmt.condition, self._lookup(values)).term
        checks, ends, pending = [], [], list(values.needing(condition, stmt.loc).pending)
        for arm, fact in ((stmt.then, condition), (stmt.otherwise, negated(condition))):
            start = replace(values, pending=())
            found, end = self._straight(arm, start.knowing(fact))
            checks.append(both([*found, *_open(end.after(found))]))
            ends.append(end)
            pending += [replace(c, condition=implies(fact, c.condition)) for c in end.pending if c.variable]
        left, right = ends
        variables = {
            v: choice(condition, left.variables.get(v, name(v)), right.variables.get(v, name(v)))
            for v in (*left.variables, *(v for v in right.variables if v not in left.variables))
        }
        temps = {
            t: _merge_temp(condition, left.temps.get(t), right.temps.get(t)) for t in {**left.temps, **right.temps}
        }
        merged = replace(values, variables=variables, temps=temps, pending=tuple(pending))
        checked = choice(condition, *checks)
        return ([checked] if checked != TRUE else []), merged

    def _straight(self, block: tuple[Stmt, ...], values: Values) -> tuple[list[Term], Values]:
        found: list[Term] = []
        for stmt in block:
            match stmt:
                case Assign():
                    checks, values = self._assign(stmt, values)
                case Assert():
                    checks, values = self._asserted(stmt, values)
                case If(condition, then, otherwise):
                    known = translate(condition, self._lookup(values)).term
                    if known in (TRUE, FALSE):
                        checks, values = self._straight(then if known == TRUE else otherwise, values)
                    else:
                        checks, values = self._merged(stmt, values)
                case Choose():
                    raise InternalError("a choice where there is none")
                case _:
                    assert_never(stmt)
            found += checks
        return found, values

    def _finished(self, values: Values, targets: frozenset[str]) -> list[Term]:
        """Return what ends the step for `targets`: their new values, after what nothing else would notice."""
        changed = {v: values.variables[v] for v in values.variables if v in targets and values.variables[v] != name(v)}
        primed = [equal_prime(v, term) for v, term in changed.items()]
        same = [name(v) for v in self._order if v in targets and v not in changed]
        return [*primed, *unchanged(same)]

    # --- statements ---

    def _assign(self, stmt: Assign, values: Values) -> tuple[list[Term], Values]:
        source = translate(stmt.value, self._lookup(values))
        checks: list[Term] = []
        target, want = stmt.target, stmt.target.type
        steps, path_checks = self._path(target, values, _where(stmt.loc))
        for check in path_checks:
            if check.condition not in values.facts:
                checks.append(check.asserted())
                values = values.knowing(check.condition)
        value = fit(source.term, source.type, want)
        base = root(target)
        variable = self._places[base.name].variable if isinstance(base, Var) else ""
        pending = [Check(needs, f"no value{_where(stmt.loc)}", seen=part) for part, needs in partial_terms(value)]
        late = [c for c in values.pending if variable and c.variable == variable]
        checks += [c.asserted() for c in late if c.condition not in values.facts]
        kept = tuple(c for c in values.pending if c not in late)
        if not covers(want, natural(stmt.value)):
            check = Check(member(value, want), f"out of range{_where(stmt.loc)}", variable=variable)
            if variable:
                pending.append(check)
            elif check.condition not in values.facts:
                checks.append(check.asserted())
        values = replace(values, pending=(*kept, *pending))
        return checks, self._stored(base, steps, value, values)

    def _stored(self, base: Var | Temp, steps: tuple[Step, ...], value: Term, values: Values) -> Values:
        if isinstance(base, Temp):
            old = values.temps[base.name].term if steps else value
            new = Typed(replaced_at(old, steps, value), base.type)
            return replace(values, temps={**values.temps, base.name: new})
        place = self._places[base.name]
        whole = values.variables.get(place.variable, name(place.variable))
        changed = replaced_at(whole, (*place.steps, *steps), value)
        return replace(values, variables={**values.variables, place.variable: changed})

    def _path(self, target: Expr, values: Values, where: str) -> tuple[tuple[Step, ...], list[Check]]:
        """Return the steps from the variable to the place `target`, and what must hold for it to be there."""
        match target:
            case Var() | Temp():
                return (), []
            case Field(base, part):
                steps, checks = self._path(base, values, where)
                return (*steps, Term(Kind.STEP, part)), checks
            case Apply(Op.UNWRAP, (base,)):
                steps, checks = self._path(base, values, where)
                option = translate(base, self._lookup(values)).term
                full = Check(negated(equal(option, NONE)), f"None where a value is needed{where}")
                return (*steps, Term(Kind.STEP, "", (number(1),))), [*checks, full]
            case Index(base, index):
                steps, checks = self._path(base, values, where)
                whole, argument = translate(base, self._lookup(values)), translate(index, self._lookup(values))
                if isinstance(whole.type, MapT):
                    key = fit(argument.term, argument.type, whole.type.key)
                    inside = infix("\\in", key, set_term(whole.type.key))
                    sure = covers(whole.type.key, natural(index))
                else:
                    key = position(argument.term)
                    inside = infix("\\in", key, call("DOMAIN", whole.term))
                    sure = False
                outside = [] if sure else [Check(inside, f"an index outside{where}")]
                return (*steps, Term(Kind.STEP, "", (key,))), [*checks, *outside]
            case Const() | Old() | Apply() | Make():
                raise InternalError(f"{target} cannot be assigned to")
            case _:
                assert_never(target)

    def _asserted(self, stmt: Assert, values: Values) -> tuple[list[Term], Values]:
        condition = translate(stmt.condition, self._lookup(values)).term
        if condition in values.facts:
            return [], values
        return [call("Assert", condition, string(stmt.message))], values.knowing(condition)

    def _choose(self, stmt: Choose, rest: tuple[Stmt, ...], values: Values, targets: frozenset[str]) -> list[Term]:
        options = translate(stmt.options, self._lookup(values))
        assert isinstance(options.type, SetT)
        bound = self._name(stmt.target.name)
        chosen = Typed(name(bound), options.type.item)
        inner = self._written(rest) & targets
        outer = self._finished(values, targets - inner)
        values = replace(values.after(outer), temps={**values.temps, stmt.target.name: chosen})
        body = both(self._run(rest, values, inner))
        nonempty = infix("#", options.term, set_of([]))
        sure = isinstance(stmt.options, Const) or nonempty in values.facts or _surely_filled(options.term)
        checked = [] if sure else [call("Assert", nonempty, string(f"nothing to choose from{_where(stmt.loc)}"))]
        chosen_from = [] if body == TRUE else [bind(Kind.EXISTS, bound, options.term, body)]
        return [*checked, *outer, *chosen_from]

    def _shared(self, stmt: Assign, rest: tuple[Stmt, ...], values: Values) -> tuple[str, Term, Values] | None:
        """Return a name for what was just assigned, if it is large and read more than once: name, value, values."""
        base = root(stmt.target)
        if not isinstance(base, Temp) or base.name not in values.temps:
            return None
        typed = values.temps[base.name]
        reads = sum(
            isinstance(p, Temp) and p.name == base.name
            for s in statements(rest)
            for e in expressions(s)
            for p in walk(e)
        )
        if reads < 2 or size(typed.term) <= LARGE:
            return None
        bound = self._name(base.name)
        renamed = replace(values, temps={**values.temps, base.name: Typed(name(bound), typed.type)})
        return bound, typed.term, renamed

    # --- names ---

    def _name(self, temp: str) -> str:
        """Return a name for a bound value, the same in every instance of a family."""
        stem = "".join(c if c.isalnum() else "_" for c in temp.split(".")[-1].split("#")[0]).strip("_") or "value"
        stem = "chosen" if stem[0] == "t" and stem[1:].isdigit() else stem
        names = (f"{stem}{n}" if n else stem for n in count())
        found = next(n for n in names if n not in self._fresh)
        self._fresh.add(found)
        return found

    def _written(self, block: Iterable[Stmt]) -> frozenset[str]:
        return frozenset(self._places[v].variable for v in written(block))

    def _lookup(self, values: Values) -> Callable[[Var | Old | Temp], Typed]:
        def lookup(expr: Var | Old | Temp) -> Typed:
            match expr:
                case Var(variable, kind):
                    place = self._places[variable]
                    return Typed(place.read(values.variables.get(place.variable, name(place.variable))), kind)
                case Temp(temp):
                    return values.temps[temp]
                case Old():
                    raise InternalError(f"`old.{expr.name}` outside a step property")
                case _:
                    assert_never(expr)

        return lookup


def equal_prime(variable: str, value: Term) -> Term:
    return infix("=", prime(variable), value)


def unchanged(variables: Sequence[Term]) -> list[Term]:
    """Return the conjunct that leaves `variables` as they are, if there are any."""
    return [Term(Kind.UNCHANGED, "", tuple(variables))] if variables else []


def _decided(condition: Term, left: Term, right: Term) -> Term:
    """Return the `IF` of two actions; of two values of one variable, an `IF` of values."""
    match left, right:
        case (
            Term(Kind.INFIX, "=", (Term(Kind.PRIME, variable), old)),
            Term(Kind.INFIX, "=", (Term(Kind.PRIME, other), new)),
        ) if variable == other:
            return equal_prime(variable, choice(condition, old, new))
        case _:
            return choice(condition, left, right)


def _where(loc: Loc) -> str:
    return "" if loc == NOWHERE else f" at {loc}"


def _merge_temp(condition: Term, left: Typed | None, right: Typed | None) -> Typed:
    if left is None or right is None:  # bound in one arm only: never read behind the `If`
        found = left or right
        assert found is not None
        return found
    return Typed(choice(condition, left.term, fit(right.term, right.type, left.type)), left.type)


def _is_seen(term: Term, seen: Iterable[Term]) -> bool:
    if term.kind is Kind.CALL and term.text in ("Head", "Tail"):
        return any(s in seen for s in (call("Head", *term.parts), call("Tail", *term.parts)))
    return term in seen


def _assigned(block: Iterable[Stmt]) -> set[str]:
    found = statements(block)
    return {root(s.target).name for s in found if isinstance(s, (Assign, Choose))}


def _chooses(block: Iterable[Stmt]) -> bool:
    return any(isinstance(stmt, Choose) for stmt in statements(block))


def _surely_filled(options: Term) -> bool:
    return (options.kind is Kind.SET and bool(options.parts)) or options.text == ".."
