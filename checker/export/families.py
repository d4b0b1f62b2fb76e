"""What the IR has once an instance, and TLA+ once with a parameter: `philosopher[0].pc` is `philosopher_pc[self]`.

A model is expanded: every member of a family has its own variables and actions, quantifiers over a domain are lists.
Here the instances are compared. Where they differ in literals only, and these are the member's key, its name, or its
neighbour's key, one definition with a parameter says the same; where they are not, the instances stay apart. Since the
common form is computed from the instances and gives each of them back, it means the same whatever it was guessed from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import assert_never

from checker.export.terms import (
    Kind,
    Term,
    as_number,
    at,
    bind,
    call,
    choice,
    equal,
    infix,
    is_partial,
    name,
    number,
    set_of,
    string,
    walk,
)
from checker.ir.domains import EnumT, Type
from checker.ir.nodes import (
    Action,
    Actor,
    AlwaysEventually,
    Conjunct,
    Const,
    Eventually,
    Expr,
    Invariant,
    LeadsTo,
    Model,
    Old,
    Progress,
    Property,
    Sometimes,
    StepProperty,
    Var,
    Variable,
)
from checker.ir.walk import map_children, map_expressions

_INDEX = re.compile(r"\[([^\[\]]*)\]")
HOLES = ("i", "j", "k", "m")


# --- names -------------------------------------------------------------------------------------


def split(text: str) -> tuple[str, Term] | None:
    """Return a member's name without its key, and the key: `a[0].pc` is `a.pc` and 0. None if it has not one key."""
    keys = _INDEX.findall(text)
    return (_INDEX.sub("", text), key_term(keys[0])) if len(keys) == 1 else None


def key_term(text: str) -> Term:
    """Return a key or setting as a name writes it, as a literal."""
    if text.lstrip("-").isdigit():
        return number(int(text))
    if text in ("True", "False"):
        return Term(Kind.LITERAL, text.upper())
    return string(text.strip("\"'"))


def without_keys(text: str) -> str:
    return _INDEX.sub("", text)


def relabel(model: Model) -> Model:
    """Return `model` with the keys taken out of the labels of its program counters: `locks[0].lock` is `locks.lock`."""
    kinds = {v.type.name: v.type for v in model.variables if isinstance(v.type, EnumT) and v.type.name.endswith(".pc")}
    labels = {kind: _labels(enum) for kind, enum in kinds.items()}

    def retyped(kind: Type) -> Type:
        if isinstance(kind, EnumT) and kind.name in labels:
            return EnumT(without_keys(kind.name), tuple(labels[kind.name][member] for member in kind.members))
        return kind

    def rewrite(expr: Expr) -> Expr:
        match expr:
            case Const(value, EnumT(kind)) if kind in labels:
                return Const(labels[kind].get(str(value), value), retyped(expr.type))
            case Var(text, kind):
                return Var(text, retyped(kind))
            case Old(text, kind):
                return Old(text, retyped(kind))
            case _:
                return map_children(expr, rewrite)

    def variable(found: Variable) -> Variable:
        renamed = labels.get(found.type.name, {}) if isinstance(found.type, EnumT) else {}
        inits = tuple(renamed.get(str(value), value) for value in found.inits)
        return replace(found, type=retyped(found.type), inits=inits)

    def conjunct(found: Conjunct) -> Conjunct:
        return replace(found, expr=rewrite(found.expr))

    def action(found: Action) -> Action:
        update = tuple(map_expressions(stmt, rewrite) for stmt in found.update)
        return replace(found, guard=tuple(map(conjunct, found.guard)), update=update)

    def actor(found: Actor) -> Actor:
        return replace(found, finished=rewrite(found.finished), resting=rewrite(found.resting))

    return replace(
        model,
        variables=tuple(map(variable, model.variables)),
        actors=tuple(map(actor, model.actors)),
        actions=tuple(map(action, model.actions)),
        properties=tuple(_property(found, rewrite) for found in model.properties),
    )


def _property(found: Property, rewrite: Callable[[Expr], Expr]) -> Property:
    match found:
        case Invariant() | StepProperty() | Sometimes() | Eventually() | AlwaysEventually():
            return replace(found, expr=rewrite(found.expr))
        case LeadsTo(_, left, right):
            return replace(found, left=rewrite(left), right=rewrite(right))
        case Progress(_, _, to):
            return found if to is None else replace(found, to=rewrite(to))
        case _:
            assert_never(found)


def _labels(kind: EnumT) -> dict[str, str]:
    """Return a label without keys for each label; those that would coincide stay as they are."""
    short = [without_keys(member) for member in kind.members]
    return {m: s if short.count(s) == 1 else m for m, s in zip(kind.members, short, strict=True)}


# --- what instances have in common -------------------------------------------------------------


class Different(Exception):
    """Instances have no common form."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that instances differ in; `columns`: for each, its literal in every instance."""

    names: tuple[str, ...]
    columns: tuple[tuple[Term, ...], ...]
    tables: Mapping[str, Mapping[Term, Term]]  # functions of a key that the module has, by name

    def expression(self, column: tuple[Term, ...]) -> Term:
        """Return an expression over the parameters that has the values `column`; Different if none is known."""
        found = self._known(column)
        if found is None:
            found = self._but_one(column)
        if found is None:
            raise Different
        return found

    def _known(self, column: Sequence[Term], skip: int = -1) -> Term | None:
        """Return a parameter, a table of one, or a neighbour that is `column`; the instance `skip` does not count."""
        places = [place for place in range(len(column)) if place != skip]
        wanted = tuple(column[place] for place in places)
        if len(set(wanted)) == 1:
            return wanted[0]
        for parameter, keys in zip(self.names, self.columns, strict=True):
            own = tuple(keys[place] for place in places)
            if wanted == own:
                return name(parameter)
            for table, entries in self.tables.items():
                if wanted == tuple(entries.get(key) for key in own):
                    return at(name(table), name(parameter))
            shifted = _shifted(parameter, own, wanted)
            if shifted is not None:
                return shifted
        return None

    def _but_one(self, column: tuple[Term, ...]) -> Term | None:
        """Return `IF self = 4 THEN 0 ELSE self + 1`, if one instance of three or more is different."""
        if len(self.names) != 1 or len(column) < 3:
            return None
        (keys,) = self.columns
        for place in reversed(range(len(column))):
            rest = self._known(column, skip=place)
            if rest is not None:
                return choice(equal(name(self.names[0]), keys[place]), column[place], rest)
        return None

    def others(self, members: Sequence[tuple[Term, ...]]) -> Term | None:
        """Return `D \\ {self}` if the sets `members` (one an instance) are all keys but the instance's own."""
        for parameter, keys in zip(self.names, self.columns, strict=True):
            every = tuple(dict.fromkeys(keys))
            if all(set(m) == set(every) - {key} for m, key in zip(members, keys, strict=True)):
                return infix("\\", set_of(every), set_of([name(parameter)]))
        return None


def _shifted(parameter: str, keys: tuple[Term, ...], column: tuple[Term, ...]) -> Term | None:
    """Return `self + 1` or, round a ring of keys from 0, `(self + 1) % n`."""
    here, there = [as_number(key) for key in keys], [as_number(value) for value in column]
    pairs = [(a, b) for a, b in zip(here, there, strict=True) if a is not None and b is not None]
    if len(pairs) < len(keys):
        return None
    own, (first, value) = name(parameter), pairs[0]
    step = value - first
    if all(b - a == step for a, b in pairs):
        return infix("+", own, number(step)) if step > 0 else infix("-", own, number(-step))
    count = len({a for a, _ in pairs})
    step %= count
    if {a for a, _ in pairs} == set(range(count)) and all((a + step) % count == b for a, b in pairs):
        return infix("%", infix("+", own, number(step)), number(count))
    return None


def common(instances: Sequence[Term], parameters: Parameters) -> Term:
    """Return the one term that gives each of `instances` at its parameters; Different if there is none."""
    first = instances[0]
    if all(instance == first for instance in instances):
        return first
    members = [_members(instance) for instance in instances]
    if all(m is not None for m in members):
        others = parameters.others([m for m in members if m is not None])
        if others is not None:
            return others
    if all(instance.kind is Kind.LITERAL for instance in instances):
        return parameters.expression(tuple(instances))
    if any((i.kind, i.text, len(i.parts)) != (first.kind, first.text, len(first.parts)) for i in instances):
        raise Different
    parts = (common(column, parameters) for column in zip(*(i.parts for i in instances), strict=True))
    return Term(first.kind, first.text, tuple(parts))


def _members(term: Term) -> tuple[Term, ...] | None:
    if term.kind is Kind.SET and term.parts and all(part.kind is Kind.LITERAL for part in term.parts):
        return term.parts
    if term.kind is Kind.INFIX and term.text == "..":
        low, high = (as_number(part) for part in term.parts)
        return None if low is None or high is None else tuple(map(number, range(low, high + 1)))
    return None


# --- quantifiers -------------------------------------------------------------------------------


def quantified(term: Term) -> Term:
    """Return `term` with lists of conditions that differ in one literal as `\\A`, `\\E`, cardinalities.

    The order of evaluation stays: what may have no value becomes `\\A` only over ascending numbers, and never `\\E`
    (TLC tries all disjuncts of an action).
    """
    parts = _operands(term) if term.text == "\\cup" else term.parts
    term = Term(term.kind, term.text, tuple(map(quantified, parts)))
    if term.kind in (Kind.AND, Kind.OR):
        folded = _folded(term.parts, term.kind)
        return folded[0] if len(folded) == 1 else Term(term.kind, "", tuple(folded))
    if term.text == "+" and all(part.text == "Bit" for part in term.parts):
        return _counted(term)
    return _filtered(term) if term.text == "\\cup" else term


def _filtered(union: Term) -> Term:
    """Return a union of `IF P THEN {x} ELSE {}` for several values x as `{x \\in S : P}`."""
    parts = tuple(part for part in union.parts if part != set_of([]))
    if len(parts) < 2 or any(part.kind is not Kind.IF for part in parts) or _hole(parts, 1) is None:
        return union
    bound, column, body = _common(parts, 1)
    condition, then, otherwise = body.parts
    if (then, otherwise) != (set_of([name(bound)]), set_of([])):
        return union
    return bind(Kind.FILTER, bound, set_of(column), condition)


def _operands(term: Term) -> list[Term]:
    """Return what a chain of one operator joins."""
    return [
        inner
        for part in term.parts
        for inner in (_operands(part) if part.kind is Kind.INFIX and part.text == term.text else [part])
    ]


def _counted(total: Term) -> Term:
    conditions = tuple(part.parts[0] for part in total.parts)
    if _hole(conditions, 1) is None:
        return total
    every = _quantifier(conditions, 1, Kind.AND)
    if every.kind is not Kind.FORALL:
        return total
    return call("Cardinality", Term(Kind.FILTER, every.text, every.parts))


def _folded(parts: tuple[Term, ...], kind: Kind) -> list[Term]:
    found: list[Term] = []
    start = 0
    while start < len(parts):
        best = max(_runs(parts[start:], kind), key=lambda run: run[0] * run[1], default=None)
        if best is None:
            found.append(parts[start])
            start += 1
            continue
        stride, count = best
        found.append(_quantifier(parts[start : start + stride * count], stride, kind))
        start += stride * count
    return found


def _runs(parts: tuple[Term, ...], kind: Kind) -> Iterator[tuple[int, int]]:
    """Yield (stride, count) of the runs at the start of `parts` in which only one literal changes."""
    for stride in range(1, len(parts) // 2 + 1):
        count = 1
        while (count + 1) * stride <= len(parts) and _hole(parts[: (count + 1) * stride], stride) is not None:
            count += 1
        if count > 1 and _keeps_order(parts[: count * stride], stride, kind):
            yield stride, count


def _keeps_order(parts: tuple[Term, ...], stride: int, kind: Kind) -> bool:
    if not any(map(is_partial, parts)):
        return True
    keys = [as_number(key) for key in _hole(parts, stride) or ()]
    known = [key for key in keys if key is not None]
    return kind is Kind.AND and len(known) == len(keys) and known == sorted(known)


def _blocks(parts: tuple[Term, ...], stride: int) -> list[Term]:
    chunks = [parts[place : place + stride] for place in range(0, len(parts), stride)]
    return [chunk[0] if stride == 1 else Term(Kind.AND, "", chunk) for chunk in chunks]


def _hole(parts: tuple[Term, ...], stride: int) -> tuple[Term, ...] | None:
    """Return the literals that alone differ between the blocks of `parts`; None if more differs."""
    if any(part.text == "Assert" for part in parts):  # messages stay as they are
        return None
    columns: set[tuple[Term, ...]] = set()
    if not _differences(_blocks(parts, stride), columns) or len(columns) != 1:
        return None
    (column,) = columns
    return column if len(set(column)) == len(column) else None


def _differences(instances: Sequence[Term], columns: set[tuple[Term, ...]]) -> bool:
    first = instances[0]
    if all(instance == first for instance in instances):
        return True
    if all(instance.kind is Kind.LITERAL for instance in instances):
        columns.add(tuple(instances))
        return len(columns) == 1
    if any((i.kind, i.text, len(i.parts)) != (first.kind, first.text, len(first.parts)) for i in instances):
        return False
    return all(_differences(column, columns) for column in zip(*(i.parts for i in instances), strict=True))


def _common(parts: tuple[Term, ...], stride: int) -> tuple[str, tuple[Term, ...], Term]:
    """Return a name for the one literal that differs between the blocks of `parts`, its values, and the common form."""
    column = _hole(parts, stride)
    assert column is not None
    blocks = _blocks(parts, stride)
    bound = next(
        hole for hole in chain(HOLES, map("i{}".format, count())) if all(part.text != hole for part in walk(blocks[0]))
    )
    return bound, column, common(blocks, Parameters((bound,), (column,), {}))


def _quantifier(parts: tuple[Term, ...], stride: int, kind: Kind) -> Term:
    bound, column, body = _common(parts, stride)
    if stride > 1 and kind is Kind.OR:
        body = Term(Kind.OR, "", body.parts)
    match kind, body:
        case Kind.OR, Term(Kind.INFIX, "=", (left, right)) if right == name(bound):
            return infix("\\in", left, set_of(column))
        case Kind.AND, Term(Kind.INFIX, "#", (left, right)) if right == name(bound):
            return infix("\\notin", left, set_of(column))
        case _:
            return bind(Kind.FORALL if kind is Kind.AND else Kind.EXISTS, bound, set_of(column), body)
