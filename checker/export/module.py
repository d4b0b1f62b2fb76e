"""A model as a TLA+ module, and the configuration that TLC checks it with."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checker.diagnostics import InternalError
from checker.export.actions import SELF, Definition, Instance, definitions, instance
from checker.export.effects import Effects, unchanged
from checker.export.families import relabel, split, without_keys
from checker.export.helpers import DEFINITIONS, extended, used
from checker.export.layout import WIDTH, lines
from checker.export.names import Names
from checker.export.properties import formulas, per_actor
from checker.export.state import module_variables, places
from checker.export.terms import (
    Kind,
    Term,
    bind,
    both,
    call,
    either,
    hygienic,
    infix,
    name,
    replaced,
    set_of,
    string,
    walk,
)
from checker.export.types import named, record_set, snowcat_record
from checker.ir.domains import RecordT, Type
from checker.ir.nodes import Action, Assign, Choose, Duty, Model
from checker.ir.walk import expressions, statements
from checker.ir.walk import walk as walk_expr
from checker.loc import NOWHERE, Loc

RULE = "-" * 60
MANY = 12  # variables: beyond that those of a block have a name in UNCHANGED
_WORD = re.compile(r'"[^"]*"|[A-Za-z_]\w*|:>|@@')


@dataclass(frozen=True, slots=True)
class Exported:
    """The module's name, its text, and that of its configuration."""

    name: str
    module: str
    config: str


@dataclass(frozen=True, slots=True)
class _Actor:
    """An actor, or a family of them: its definition and its actions."""

    title: str
    name: str
    keys: tuple[Term, ...]
    actions: tuple[Definition, ...]

    @property
    def owed(self) -> tuple[Definition, ...]:
        return tuple(a for a in self.actions if a.duty is Duty.OBLIGED)

    def called(self, operator: str) -> Term:
        return call(operator, name(SELF)) if self.keys else call(operator)

    def every(self, kind: Kind, body: Term) -> Term:
        return bind(kind, SELF, set_of(self.keys), body) if self.keys else body


def export(model: Model, *, source: str, about: str = "") -> Exported:
    """Return `model` in TLA+. `source`: where it comes from (a line to reproduce it); `about`: what it is of."""
    return _Module(relabel(model), source, about).exported()


class _Module:
    def __init__(self, model: Model, source: str, about: str) -> None:
        self._model, self._source, self._about = model, source, about
        self._names = Names()
        self._title = self._names.definition(model.name)
        self._variables = module_variables(model.variables, self._names)
        families = {base: members for base, members in _actor_tables(model).items() if len(members) > 1}
        self._tables = {self._names.variable(base): members for base, members in families.items()}
        self._types = {label: (self._names.definition(label[5:]), kind) for label, kind in _named_types(model).items()}
        self._bundles = self._bundle()
        self._aliases = {
            label: own[0].lower() + own[1:] for label, (own, kind) in self._types.items() if isinstance(kind, RecordT)
        }
        effects = Effects(places(self._variables))
        instances = [instance(action, effects, frozenset(families)) for action in model.actions]
        self._definitions = definitions(instances, self._tables, self._names)
        self._actors = self._collect(instances)
        self._quiet = per_actor(model, effects, self._tables)
        self._formulas = formulas(model, effects, places(self._variables), self._tables, self._names)

    # --- assembling ---

    def exported(self) -> Exported:
        body = [
            *self._variable_lines(),
            *self._state_lines(),
            *self._action_lines(),
            *self._behaviour_lines(),
            *self._property_lines(),
        ]
        types = self._type_lines(body)
        words = _words([*types, *body])
        helpers = used(words)
        words |= _words(line for helper in helpers for line in DEFINITIONS[helper])
        text = "\n\n".join("\n".join(DEFINITIONS[helper]) for helper in helpers)
        top = f"---- MODULE {self._title} ----"
        head = [top, *self._comment_lines(), f"EXTENDS {', '.join(extended(words))}", ""]
        middle = [*text.splitlines(), ""] if helpers else []
        module = "\n".join([*head, *middle, *types, *body, "=" * len(top)]) + "\n"
        return Exported(self._title, module, self._config())

    def _collect(self, instances: Sequence[Instance]) -> list[_Actor]:
        found = []
        for base in dict.fromkeys(i.actor for i in instances):
            keys = dict.fromkeys(
                dict(i.settings)[SELF] for i in instances if i.actor == base and SELF in dict(i.settings)
            )
            own = tuple(d for d in self._definitions if d.instances[0].actor == base)
            found.append(_Actor(base, self._names.definition(base), tuple(keys), own))
        return found

    # --- parts ---

    def _comment_lines(self) -> list[str]:
        params = ", ".join(f"{p} = {show_plain(value)}" for p, value in self._model.params)
        text = [
            *self._about.replace("*)", "* )").replace("(*", "( *").strip().splitlines(),
            "",
            f"Exported by Knotcheck from {self._source}",
            *textwrap.wrap(f"Parameters: {params}" if params else "", WIDTH, subsequent_indent="    "),
        ]
        width = max(map(len, text), default=0)
        return [f"(* {line.ljust(width)} *)" for line in text if line or self._about]

    def _type_lines(self, body: Sequence[str]) -> list[str]:
        wanted = [label for label, (own, _) in self._types.items() if own in _words(body)]
        found: dict[str, list[str]] = {}

        def add(label: str) -> None:
            own, kind = self._types[label]
            for inner in named(kind):
                if inner != label and inner not in found:
                    add(inner)
            found[label] = [*self._annotation(label), *self._definition(own, _spelled(kind))]

        for label in wanted:
            if label not in found:
                add(label)
        return [line for text in found.values() for line in (*text, "")]

    def _annotation(self, label: str) -> list[str]:
        """Return the type for Apalache of the set of values that `label` names, records with an alias."""
        _, kind = self._types[label]
        if not isinstance(kind, RecordT):
            return ["\\* @type: Set(Str);"]
        alias = self._aliases[label]
        return [f"\\* @typeAlias: {alias} = {snowcat_record(kind, self._aliases)};", f"\\* @type: Set(${alias});"]

    def _variable_lines(self) -> list[str]:
        found = ["VARIABLES"]
        for place, variable in enumerate(self._variables):
            comma = "," if place < len(self._variables) - 1 else ""
            known = f"  \\* {variable.title}" if variable.title != variable.name else ""
            found += [f"    \\* @type: {variable.snowcat(self._aliases)};", f"    {variable.name}{comma}{known}"]
        vars_ = Term(Kind.TUPLE, "", tuple(name(v.name) for v in self._variables))
        tables = [
            line
            for table, entries in self._tables.items()
            if any(name(table) in walk(d.body) for d in self._definitions)
            for line in (f"\\* @type: {_key_type(entries)} -> Str;", *self._definition(table, _table(entries)), "")
        ]
        bundles = [
            line
            for own, members in self._bundles.items()
            for line in (*self._definition(own, Term(Kind.TUPLE, "", members)), "")
        ]
        return [*found, "", *self._definition("vars", vars_), "", *bundles, *tables]

    def _bundle(self) -> dict[str, tuple[Term, ...]]:
        """Return the variables of each block or actor that has several, in a module with many, by a name for them."""
        groups: dict[str, list[Term]] = {}
        for variable in self._variables if len(self._variables) > MANY else ():
            groups.setdefault(without_keys(variable.title).split(".")[0], []).append(name(variable.name))
        named = {group: members for group, members in groups.items() if len(members) > 2}
        return {self._names.variable(f"{group}_vars"): tuple(members) for group, members in named.items()}

    def _state_lines(self) -> list[str]:
        types = both(infix("\\in", name(v.name), v.domain()) for v in self._variables)
        first = both(v.initial() for v in self._variables)
        return [
            *self._definition("TypeOK", types, listed=True),
            "",
            *self._definition("Init", first, listed=True),
            "",
        ]

    def _action_lines(self) -> list[str]:
        found: list[str] = []
        for actor in self._actors:
            title = f"{actor.title}[self]" if actor.keys else actor.title
            found += [RULE, f"\\* {title}", ""]
            for definition in actor.actions:
                found += [*self._action(definition), ""]
            found += [*self._operator(actor, actor.name, actor.actions), ""]
            if actor.owed and len(actor.owed) < len(actor.actions):
                found += [
                    "\\* What it must do when it can; the rest it may.",
                    *self._operator(actor, self._owes(actor), actor.owed),
                    "",
                ]
        return found

    def _bundled(self, variables: tuple[Term, ...]) -> tuple[Term, ...]:
        """Return `variables` with the name of a bundle for all that are in it."""
        rest = dict.fromkeys(variables)
        found: dict[Term, None] = {}
        for own, members in self._bundles.items():
            if all(member in rest for member in members):
                found[name(own)] = None
                rest = {variable: None for variable in rest if variable not in members}
        return (*found, *rest)

    def _owes(self, actor: _Actor) -> str:
        return actor.name if len(actor.owed) == len(actor.actions) else f"{actor.name}Owes"

    def _operator(self, actor: _Actor, own: str, actions: Iterable[Definition]) -> list[str]:
        header = f"{own}({SELF})" if actor.keys else own
        return self._definition(header, either(d.called() for d in actions), listed=True)

    def _action(self, definition: Definition) -> list[str]:
        first = definition.instances[0].action
        written = {part.text for part in walk(definition.body) if part.kind is Kind.PRIME}
        written |= {v.text for part in walk(definition.body) if part.kind is Kind.UNCHANGED for v in part.parts}
        same = tuple(name(v.name) for v in self._variables if v.name not in written)
        parts = definition.body.parts if definition.body.kind is Kind.AND else (definition.body,)
        others = [part for part in parts if part.kind is not Kind.UNCHANGED]
        kept = self._bundled((*(v for part in parts if part.kind is Kind.UNCHANGED for v in part.parts), *same))
        body = both([*others, *unchanged(kept)])
        title = first.name if len(definition.instances) == 1 else _title(definition)
        notes = [title, *([first.duty.value] if first.duty is not Duty.OBLIGED else []), *_place(_loc(first))]
        parameters = [p for p, _ in definition.parameters]
        for parameter in parameters:
            if parameter in self._taken():
                body = replaced(body, name(parameter), name(f"{parameter}_"))
        shown = [f"{p}_" if p in self._taken() else p for p in parameters]
        header = f"{definition.name}({', '.join(shown)})" if shown else definition.name
        return [f"\\* {' · '.join(notes)}", *self._definition(header, body, listed=True, bound=frozenset(shown))]

    def _behaviour_lines(self) -> list[str]:
        steps = either(a.every(Kind.EXISTS, a.called(a.name)) for a in self._actors)
        fair = [f for a in self._actors if a.owed for f in self._fairness(a)]
        text = [RULE, "", *self._definition("Next", steps, listed=True), ""]
        if fair:
            text += [
                "\\* An actor that can do what it must does not wait for ever (may-actions and faults are not owed)."
            ]
            text += [*self._definition("Fairness", both(fair), listed=True), ""]
        text += ["Spec == Init /\\ [][Next]_vars" + (" /\\ Fairness" if fair else ""), ""]
        return text

    def _fairness(self, actor: _Actor) -> list[Term]:
        weak = call("WF_vars", actor.called(self._owes(actor)))
        strong = [call("SF_vars", d.called()) for d in actor.owed if d.strong]
        return [actor.every(Kind.FORALL, part) for part in (weak, *strong)]

    def _property_lines(self) -> list[str]:
        quiet = [
            "\\* Every actor has finished, or stands where it may wait for ever.",
            *self._definition("Quiet", self._quiet, listed=True),
            "",
            "\\* No successor, and somebody waits who should not: the deadlock that TLC knows, less the proper ends.",
            "\\* Knotcheck also finds actors that wait for ever beside others that go on; TLA+ cannot say that.",
            "NoDeadlock == Quiet \\/ ENABLED Next",
            "",
        ]
        found = [RULE, "", *quiet]
        for formula in self._formulas:
            found += [f"\\* {line}" for line in formula.notes]
            found += self._definition(formula.name, formula.term, listed=formula.term.kind is Kind.AND)
            found.append("")
        return found

    def _config(self) -> str:
        invariants = ["TypeOK", "NoDeadlock", *(f.name for f in self._formulas if f.role == "invariant")]
        properties = [f.name for f in self._formulas if f.role == "property"]
        others = [f for f in self._formulas if f.role == "comment"]
        found = [
            f"\\* {self._title}.tla, for TLC: java -cp tla2tools.jar tlc2.TLC -deadlock {self._title}",
            "SPECIFICATION Spec",
            "INVARIANTS",
            *(f"    {invariant}" for invariant in invariants),
            *(["PROPERTIES", *(f"    {p}" for p in properties)] if properties else []),
        ]
        for formula in others:
            found += [f"\\* {line}" for line in (*formula.notes, f"{formula.keyword} {formula.name}")]
        return "\n".join([*found, ""])

    # --- text ---

    def _taken(self) -> frozenset[str]:
        return self._names.taken() - {SELF}

    def _definition(
        self, header: str, body: Term, *, listed: bool = False, bound: frozenset[str] = frozenset()
    ) -> list[str]:
        term = hygienic(self._resolved(body), self._taken() | bound)
        text = lines(term, len(header) + 4, spread=listed)
        if len(text) == 1:
            return [f"{header} == {text[0]}"]
        first, *others = lines(term, 4, spread=listed)
        return [f"{header} ==", f"    {first}", *others]

    def _resolved(self, term: Term) -> Term:
        if term.kind is Kind.NAME and term.text in self._types:
            return name(self._types[term.text][0])
        return Term(term.kind, term.text, tuple(map(self._resolved, term.parts)))


# --- small parts -------------------------------------------------------------------------------


def show_plain(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).upper() if isinstance(value, bool) else str(value)


def _words(text: Iterable[str]) -> set[str]:
    """Return the identifiers and operators in lines of TLA+, those in comments left out."""
    return {word for line in text for word in _WORD.findall(line.split("\\*")[0])}


def _place(loc: Loc) -> list[str]:
    return [] if loc == NOWHERE else [str(loc)]


def _loc(action: Action) -> Loc:
    return action.loc


def _title(definition: Definition) -> str:
    """Return the action's name in the spec: `philosopher[self].first fork`, `client[self].take(n)`."""
    first = definition.instances[0]
    names = [p for p, _ in definition.parameters if p != SELF]
    key = "[self]" if any(p == SELF for p, _ in definition.parameters) else ""
    return f"{first.actor}{key}.{first.label}{'(' + ', '.join(names) + ')' if names else ''}"


def _spelled(kind: Type) -> Term:
    if isinstance(kind, RecordT):
        return record_set(kind)
    members = getattr(kind, "members", None)
    if members is None:
        raise InternalError(f"{kind} has no name")
    return set_of(map(string, members))


def _named_types(model: Model) -> dict[str, Type]:
    """Return the types that have a name in the model, by the name that terms give them."""
    found: dict[str, Type] = {}
    for variable in model.variables:
        found |= named(variable.type)
    for action in model.actions:
        for stmt in statements(action.update):
            for expr in (*expressions(stmt), *([stmt.target] if isinstance(stmt, (Assign, Choose)) else [])):
                for part in walk_expr(expr):
                    found |= named(part.type)
    return found


def _actor_tables(model: Model) -> dict[str, dict[Term, Term]]:
    """Return the names of the members of each family of actors, by their keys."""
    found: dict[str, dict[Term, Term]] = {}
    for actor in model.actors:
        member = split(actor.name)
        if member is not None:
            found.setdefault(member[0], {})[member[1]] = string(actor.name)
    return found


def _key_type(entries: dict[Term, Term]) -> str:
    return "Str" if next(iter(entries)).text.startswith('"') else "Int"


def _table(entries: dict[Term, Term]) -> Term:
    pairs = [infix(":>", key, value) for key, value in entries.items()]
    return infix("@@", *pairs) if len(pairs) > 1 else pairs[0]
