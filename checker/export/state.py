"""The variables of a module: those of a model, the members of a family as one function of their key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checker.export.effects import Place
from checker.export.families import split
from checker.export.names import Names
from checker.export.terms import Kind, Term, bind, infix, name, set_of
from checker.export.types import is_listed, literal, set_term, snowcat
from checker.ir.domains import EnumT, IntT, MapT, Type, values
from checker.ir.nodes import Variable


@dataclass(frozen=True, slots=True)
class ModuleVariable:
    """A variable of the module. `keys`: of the members it stands for; none for a variable that is not of a family."""

    name: str
    members: tuple[Variable, ...]
    keys: tuple[Term, ...] = ()

    @property
    def kind(self) -> Type:
        return self.members[0].type

    @property
    def title(self) -> str:
        """What the model calls it: `philosopher[self].guard`."""
        own = self.members[0].name
        return own if not self.keys else own.replace(f"[{self.keys[0].text.strip(chr(34))}]", "[self]", 1)

    def snowcat(self, aliases: Mapping[str, str]) -> str:
        """Return its type for Apalache."""
        if not self.keys:
            return snowcat(self.kind, aliases)
        key: Type = EnumT("", ()) if self.keys[0].text.startswith('"') else IntT(0, 0)
        return snowcat(MapT(key, self.kind), aliases)

    def domain(self) -> Term:
        own = set_term(self.kind)
        return Term(Kind.FUNCTIONS, "", (set_of(self.keys), own)) if self.keys else own

    def initial(self) -> Term:
        """Return the conjunct of Init."""
        first = self.members[0]
        if not self.keys:
            return _one_of(name(self.name), first)
        if len(first.inits) > 1:
            return infix("\\in", name(self.name), Term(Kind.FUNCTIONS, "", (set_of(self.keys), _initial_set(first))))
        items = [literal(member.type, member.inits[0]) for member in self.members]
        return infix("=", name(self.name), _function(self.keys, items))


def _one_of(own: Term, variable: Variable) -> Term:
    if len(variable.inits) == 1:
        return infix("=", own, literal(variable.type, variable.inits[0]))
    return infix("\\in", own, _initial_set(variable))


def _initial_set(variable: Variable) -> Term:
    inits = variable.inits
    every = len(inits) > 2 and is_listed(variable.type) and set(inits) == set(values(variable.type))
    return set_term(variable.type) if every else set_of(literal(variable.type, value) for value in inits)


def _function(keys: Sequence[Term], items: list[Term]) -> Term:
    if len(set(items)) == 1:
        return bind(Kind.FUNCTION, "k", set_of(keys), items[0])
    return infix("@@", *(infix(":>", key, item) for key, item in zip(keys, items, strict=True)))


def module_variables(variables: Sequence[Variable], names: Names) -> tuple[ModuleVariable, ...]:
    """Return the variables of the module, in the order of the model; families where their members are alike."""
    groups: dict[str, list[Variable]] = {}
    for variable in variables:
        found = split(variable.name)
        groups.setdefault(found[0] if found else variable.name, []).append(variable)
    result: list[ModuleVariable] = []
    for base, members in groups.items():
        keys = _keys(members)
        if keys and _alike(members):
            result.append(ModuleVariable(names.variable(base), tuple(members), keys))
        else:
            single = len(members) == 1
            result += [ModuleVariable(names.variable(base if single else m.name), (m,)) for m in members]
    return tuple(result)


def _keys(members: Sequence[Variable]) -> tuple[Term, ...]:
    """Return the keys of the members, of one kind and each once; none if they are no family."""
    found = [split(member.name) for member in members]
    keys = tuple(key for _, key in filter(None, found))
    kinds = {key.text[0] == '"' for key in keys} | {key.text in ("TRUE", "FALSE") for key in keys if key.text[0] != '"'}
    return keys if len(keys) == len(members) > 1 and len(set(keys)) == len(keys) and len(kinds) == 1 else ()


def _alike(members: Sequence[Variable]) -> bool:
    """Tell whether the members have one type and, if there are several, the same first values."""
    first = members[0]
    alike = all(member.type == first.type for member in members)
    single = all(len(member.inits) == 1 for member in members)
    return alike and (single or all(member.inits == first.inits for member in members))


def places(variables: Sequence[ModuleVariable]) -> dict[str, Place]:
    """Return where each variable of the model is in the module."""
    found: dict[str, Place] = {}
    for variable in variables:
        if variable.keys:
            pairs = zip(variable.members, variable.keys, strict=True)
            found |= {member.name: Place(variable.name, (key,)) for member, key in pairs}
        else:
            found[variable.members[0].name] = Place(variable.name)
    return found
