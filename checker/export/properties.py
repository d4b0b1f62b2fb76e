"""Properties of a model as formulas of the module."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from checker.export.effects import Effects, Places
from checker.export.expressions import Typed, translate
from checker.export.families import Different, Parameters, common, quantified, split
from checker.export.names import Names
from checker.export.terms import Kind, Term, bind, both, call, either, infix, name, negated, prime, set_of
from checker.ir.nodes import (
    AlwaysEventually,
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
    Temp,
    Var,
)
from checker.loc import NOWHERE

SELF = "self"
_MEMBER = re.compile(r"^(.*?)\((.*)\)$")


@dataclass(frozen=True, slots=True)
class Formula:
    """A definition of the module; `role`: `invariant` and `property` are checked, a `comment` is only mentioned."""

    name: str
    term: Term
    role: str
    notes: tuple[str, ...]
    keyword: str = "INVARIANT"


def per_actor(model: Model, effects: Effects, tables: dict[str, dict[Term, Term]]) -> Term:
    """Return the condition that every actor has finished or rests."""
    groups: dict[str, list[tuple[Term | None, Term]]] = {}
    for actor in model.actors:
        found = split(actor.name)
        ended = either([effects.condition(actor.finished), effects.condition(actor.resting)])
        groups.setdefault(found[0] if found else actor.name, []).append((found[1] if found else None, ended))
    return both(part for members in groups.values() for part in _for_all(members, tables))


def _for_all(members: Sequence[tuple[Term | None, Term]], tables: dict[str, dict[Term, Term]]) -> list[Term]:
    """Return the members' formulas as one over their keys, or each on its own."""
    keys = tuple(key for key, _ in members if key is not None)
    terms = [quantified(term) for _, term in members]
    if len(keys) == len(members) > 1 and len(set(keys)) == len(keys):
        try:
            return [bind(Kind.FORALL, SELF, set_of(keys), common(terms, Parameters((SELF,), (keys,), tables)))]
        except Different:
            pass
    return terms


# --- properties --------------------------------------------------------------------------------


def formulas(
    model: Model, effects: Effects, where: Places, tables: dict[str, dict[Term, Term]], names: Names
) -> list[Formula]:
    """Return the formulas of the properties, those of a family of actors as one."""
    groups: dict[tuple[str, str, str], list[Property]] = {}
    for prop in model.properties:
        title, family, _ = _about(prop)
        groups.setdefault((type(prop).__name__, title, family), []).append(prop)
    finished = {actor.name: actor.finished for actor in model.actors}
    found: list[Formula] = []
    for (_, title, _), members in groups.items():
        stated = [(_about(prop)[2], _stated(prop, effects, where, finished)) for prop in members]
        terms = [(key, term) for key, term in stated if term is not None]
        found += _formula(members[0], title, both(_for_all(terms, tables)), names)
    return found


def _about(prop: Property) -> tuple[str, str, Term | None]:
    """Return a property's name, and if it is that of a member of a family: name without member, the family, the key."""
    match = _MEMBER.match(prop.name)
    family = split(match[2]) if match else None
    if match and family:
        return (match[1], *family)
    member = split(prop.name)
    return (member[0], "[]", member[1]) if member else (prop.name, "", None)


def _stated(prop: Property, effects: Effects, where: Places, finished: dict[str, Expr]) -> Term | None:
    match prop:
        case Invariant(_, expr) | Sometimes(_, expr):
            return effects.condition(expr)
        case StepProperty(_, expr):
            return translate(expr, _of_step(where)).term
        case Progress(_, actor, to):
            if to is None:
                return None
            return infix("~>", negated(effects.condition(finished[actor])), effects.condition(to))
        case LeadsTo(_, left, right):
            return infix("~>", effects.condition(left), effects.condition(right))
        case Eventually(_, expr):
            return call("<>", effects.condition(expr))
        case AlwaysEventually(_, expr):
            return call("[]<>", effects.condition(expr))
        case _:
            assert_never(prop)


def _of_step(where: Places) -> Callable[[Var | Old | Temp], Typed]:
    def lookup(expr: Var | Old | Temp) -> Typed:
        place = where[expr.name]
        return Typed(place.read(name(place.variable) if isinstance(expr, Old) else prime(place.variable)), expr.type)

    return lookup


def _formula(prop: Property, title: str, term: Term, names: Names) -> list[Formula]:
    loc = "" if prop.loc == NOWHERE else f" · {prop.loc}"
    match prop:
        case Invariant():
            return [Formula(names.definition(title), term, "invariant", (f"{title}{loc}",))]
        case StepProperty():
            boxed = call("[][]_vars", term)
            return [Formula(names.definition(title), boxed, "property", (f"{title}, of every step{loc}",))]
        case LeadsTo() | Eventually() | AlwaysEventually():
            return [Formula(names.definition(title), term, "property", (f"{title}, of every fair behaviour{loc}",))]
        case Sometimes():
            note = f"sometimes {title}{loc}: some state has it, so TLC must find this violated"
            return [Formula(names.definition(f"never {title}"), negated(term), "comment", (note,))]
        case Progress(_, _, None):
            return []
        case Progress():
            notes = (
                f"{title}{loc}",
                "Stronger than the progress that Knotcheck checks (that what must happen can still lead there):",
                "if TLC finds this to hold, progress holds; if not, nothing is said.",
            )
            return [Formula(names.definition(title), term, "comment", notes, "PROPERTY")]
        case _:
            assert_never(prop)
