"""The actions of a module: one definition an action of the spec, its family's key and choices as parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from checker.export.effects import Effects
from checker.export.families import Different, Parameters, common, key_term, quantified, split, without_keys
from checker.export.names import Names
from checker.export.terms import (
    Kind,
    Term,
    abbreviated,
    bind,
    both,
    call,
    equal,
    implies,
    is_partial,
    map_parts,
    name,
    negated,
    set_of,
)
from checker.ir.nodes import Action, Duty

SELF = "self"
_PARAMETERS = re.compile(r"^(.*)\((\w+=.*)\)$")


@dataclass(frozen=True, slots=True)
class Instance:
    """An action of the model in TLA+. `settings`: its parameters, its actor's key (as `self`) first."""

    action: Action
    actor: str  # without its key
    label: str  # its name without actor, keys and parameters
    settings: tuple[tuple[str, Term], ...]
    body: Term


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition of the module that stands for `instances`."""

    name: str
    parameters: tuple[tuple[str, Term], ...]  # with the set that each ranges over
    body: Term
    instances: tuple[Instance, ...]
    fixed: tuple[tuple[str, Term], ...] = ()  # settings that are not parameters

    @property
    def duty(self) -> Duty:
        return self.instances[0].action.duty

    @property
    def strong(self) -> bool:
        return self.instances[0].action.strong

    def called(self) -> Term:
        """Return the action over all its parameters but `self`."""
        call_ = call(self.name, *(name(p) for p, _ in self.parameters))
        for parameter, domain in reversed(self.parameters):
            if parameter != SELF:
                call_ = bind(Kind.EXISTS, parameter, domain, call_)
        own = [equal(name(SELF), key) for parameter, key in self.fixed if parameter == SELF]
        return both([*own, call_])


def instance(action: Action, effects: Effects, families: frozenset[str]) -> Instance:
    """Return an action of the model as TLA+, without `UNCHANGED` for the variables it never assigns.

    `families`: the names, without key, of actors that there are several of.
    """
    guard = [guarding(effects.condition(conjunct.expr)) for conjunct in action.guard]
    known = both(effects.condition(conjunct.expr) for conjunct in action.guard)
    body = abbreviated(quantified(both([*guard, *effects.update(action.update, known)])))
    found = split(action.owner)
    actor, key = found if found and found[0] in families else (action.owner, None)
    text = action.name.removeprefix(f"{action.owner}.")
    match = _PARAMETERS.match(text)
    chosen = tuple(_settings(match[2])) if match else ()
    label = without_keys(match[1] if match else text)
    own = ((SELF, key),) if key is not None else ()
    return Instance(action, actor, label, (*own, *chosen), body)


def _settings(text: str) -> Iterator[tuple[str, Term]]:
    """Yield the parameters of an action's name: `n=1, to="x"`."""
    for word in re.split(r",\s*(?=\w+=)", text):
        parameter, _, value = word.partition("=")
        yield parameter, key_term(value)


def guarding(condition: Term) -> Term:
    """Return `condition` so that TLC evaluates it as far as needed.

    TLC tries every disjunct of an action, also where an earlier one holds; an implication it evaluates as a value.
    """
    if condition.kind is Kind.OR and any(map(is_partial, condition.parts[1:])):
        first, *others = condition.parts
        return implies(negated(first), guarding(others[0] if len(others) == 1 else Term(Kind.OR, "", tuple(others))))
    if condition.kind in (Kind.AND, Kind.IF):
        return map_parts(condition, guarding)
    return condition


# --- definitions -------------------------------------------------------------------------------


def definitions(instances: Sequence[Instance], tables: dict[str, dict[Term, Term]], names: Names) -> list[Definition]:
    """Return the definitions of all instances, in the order of the model; one for several that have a common form."""
    groups: dict[tuple[object, ...], list[Instance]] = {}
    for found in instances:
        shape = (found.actor, found.label, tuple(p for p, _ in found.settings), found.action.duty, found.action.strong)
        groups.setdefault(shape, []).append(found)
    labels = [label for _, label in dict.fromkeys((g[0].actor, g[0].label) for g in groups.values())]
    result: list[Definition] = []
    for members in groups.values():
        for part, parameters, body in _parts(members, tables):
            fixed = tuple(s for s in part[0].settings if s[0] not in parameters.names)
            suffix = " ".join(term.text for _, term in fixed)
            full = f"{part[0].actor} {part[0].label} {suffix}"
            short = f"{part[0].label} {suffix}" if labels.count(part[0].label) == 1 else full
            domains = tuple(set_of(column) for column in parameters.columns)
            ranged = tuple(zip(parameters.names, domains, strict=True))
            result.append(Definition(names.definition(short, full), ranged, body, tuple(part), fixed))
    return result


def _parts(
    members: list[Instance], tables: dict[str, dict[Term, Term]]
) -> Iterator[tuple[list[Instance], Parameters, Term]]:
    """Yield the instances that share a definition: over all parameters, else over the key alone, else one by one."""
    parameters = tuple(p for p, _ in members[0].settings)
    for chosen in dict.fromkeys([parameters, tuple(p for p in parameters if p == SELF), ()]):
        parts: dict[tuple[Term, ...], list[Instance]] = {}
        for member in members:
            parts.setdefault(tuple(t for p, t in member.settings if p not in chosen), []).append(member)
        try:
            yield from [_shared(part, chosen, tables) for part in parts.values()]
        except Different:
            continue
        return
    for member in members:
        yield [member], Parameters((), (), tables), member.body


def _shared(
    part: list[Instance], chosen: tuple[str, ...], tables: dict[str, dict[Term, Term]]
) -> tuple[list[Instance], Parameters, Term]:
    columns = tuple(tuple(dict(member.settings)[p] for member in part) for p in chosen)
    rows = list(zip(*columns, strict=True)) if chosen else [()]
    if len(part) != len(set(rows)) or set(rows) != set(product(*columns)):
        raise Different
    if chosen and len(part) == 1:
        raise Different
    parameters = Parameters(chosen, columns, tables)
    return part, parameters, common([member.body for member in part], parameters)
