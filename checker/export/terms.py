"""TLA+ expressions and actions as one uniform tree.

One node type with a kind, a text and parts, so that two instances of a family can be compared, and what they have
in common found, without a case for each construct. The functions that build nodes simplify on the way: what a field of
a record just made is, what an element just replaced is, which arm a decided `IF` takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import reduce
from itertools import combinations
from operator import add, mul, sub


class Kind(Enum):
    """What a node is; in brackets: its text, its parts."""

    LITERAL = auto()  # (the value as written)
    NAME = auto()  # (a variable, a definition, a bound name)
    PRIME = auto()  # (a variable) in the next state
    INFIX = auto()  # (operator; two parts or more)
    NOT = auto()  # (; condition)
    MINUS = auto()  # (; number)
    CALL = auto()  # (operator; arguments)
    FIELD = auto()  # (field; record)
    AT = auto()  # (; function, argument)
    EXCEPT = auto()  # (; base, update…)
    UPDATE = auto()  # (; value, step…)
    STEP = auto()  # (field, or nothing; the argument if it is no field)
    IF = auto()  # (; condition, then, else)
    LET = auto()  # (name; value, body)
    FORALL = auto()  # (name; set, body)
    EXISTS = auto()  # (name; set, body)
    FILTER = auto()  # (name; set, condition)   {x \in S : P}
    IMAGE = auto()  # (name; set, value)        {e : x \in S}
    FUNCTION = auto()  # (name; set, value)     [x \in S |-> e]
    RECORD = auto()  # (fields, by commas; values)
    FIELDSETS = auto()  # (fields, by commas; sets)   [size: 0..2]
    FUNCTIONS = auto()  # (; domain, range)     [S -> T]
    SET = auto()  # (; members)
    TUPLE = auto()  # (; items)
    AND = auto()  # (; conjuncts), as a list
    OR = auto()  # (; disjuncts), as a list
    UNCHANGED = auto()  # (; variables)


@dataclass(frozen=True, slots=True)
class Term:
    kind: Kind
    text: str = ""
    parts: tuple[Term, ...] = ()


TRUE = Term(Kind.LITERAL, "TRUE")
FALSE = Term(Kind.LITERAL, "FALSE")
EMPTY = Term(Kind.TUPLE)
NONE = Term(Kind.NAME, "None")
BINDERS = frozenset({Kind.LET, Kind.FORALL, Kind.EXISTS, Kind.FILTER, Kind.IMAGE, Kind.FUNCTION})
Rewrite = Callable[[Term], Term]


# --- traversal ---------------------------------------------------------------------------------


def walk(term: Term) -> Iterator[Term]:
    """Yield `term` and all its parts, each before its own parts."""
    yield term
    for part in term.parts:
        yield from walk(part)


def map_parts(term: Term, rewrite: Rewrite) -> Term:
    """Return `term` with each direct part replaced by `rewrite(part)`."""
    return Term(term.kind, term.text, tuple(map(rewrite, term.parts))) if term.parts else term


def replaced(term: Term, old: Term, new: Term) -> Term:
    """Return `term` with `new` wherever it has `old`."""
    return new if term == old else map_parts(term, lambda part: replaced(part, old, new))


def hygienic(term: Term, taken: frozenset[str]) -> Term:
    """Return `term` with the bound names renamed that are in `taken` or bound around them: TLA+ forbids both."""
    if term.kind in BINDERS:
        bound = term.text
        while bound in taken:
            bound += "_"
        first, body = term.parts
        renamed = body if bound == term.text else replaced(body, name(term.text), name(bound))
        return Term(term.kind, bound, (hygienic(first, taken), hygienic(renamed, taken | {bound})))
    return map_parts(term, lambda part: hygienic(part, taken))


def size(term: Term) -> int:
    """Return how many nodes `term` has."""
    return sum(1 for _ in walk(term))


def evaluated(term: Term) -> Iterator[Term]:
    """Yield the parts of `term` that TLC evaluates whenever it evaluates `term`."""
    yield term
    if term.kind in (Kind.AND, Kind.OR, Kind.IF) or term.text == "=>":
        sure = term.parts[:1]
    elif term.kind is Kind.LET:
        sure = term.parts[1:]
    else:
        sure = term.parts[:1] if term.kind in BINDERS else term.parts
    for part in sure:
        yield from evaluated(part)


# --- leaves and collections --------------------------------------------------------------------


def name(text: str) -> Term:
    return Term(Kind.NAME, text)


def prime(text: str) -> Term:
    return Term(Kind.PRIME, text)


def number(value: int) -> Term:
    return Term(Kind.LITERAL, str(value))


def string(value: str) -> Term:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return Term(Kind.LITERAL, f'"{escaped}"')


def boolean(value: bool) -> Term:
    return TRUE if value else FALSE


def call(operator: str, *args: Term) -> Term:
    return Term(Kind.CALL, operator, args)


def tuple_of(items: Iterable[Term]) -> Term:
    return Term(Kind.TUPLE, "", tuple(items))


def set_of(members: Iterable[Term]) -> Term:
    """Return the set of `members`; consecutive numbers as a range."""
    items = tuple(dict.fromkeys(members))
    numbers = [as_number(item) for item in items]
    known = [n for n in numbers if n is not None]
    if len(items) > 1 and len(known) == len(items) and sorted(known) == list(range(min(known), max(known) + 1)):
        return span(min(known), max(known))
    return Term(Kind.SET, "", items)


def span(low: int, high: int) -> Term:
    """Return the set of the numbers from `low` to `high`."""
    return Term(Kind.INFIX, "..", (number(low), number(high)))


def record(fields: Iterable[str], values: Iterable[Term]) -> Term:
    values = tuple(values)
    return Term(Kind.RECORD, ",".join(fields), values) if values else EMPTY


def as_number(term: Term) -> int | None:
    """Return the number that a literal is."""
    text = term.text
    return int(text) if term.kind is Kind.LITERAL and text.lstrip("-").isdigit() else None


def bind(kind: Kind, bound: str, domain: Term, body: Term) -> Term:
    return Term(kind, bound, (domain, body))


# --- logic -------------------------------------------------------------------------------------


def both(parts: Iterable[Term]) -> Term:
    """Return the conjunction of `parts`, nested ones taken apart."""
    return _joined(Kind.AND, parts, TRUE, FALSE)


def either(parts: Iterable[Term]) -> Term:
    """Return the disjunction of `parts`, nested ones taken apart."""
    return _joined(Kind.OR, parts, FALSE, TRUE)


def _joined(kind: Kind, parts: Iterable[Term], neutral: Term, absorbing: Term) -> Term:
    found: list[Term] = []
    for part in parts:
        found += part.parts if part.kind is kind else () if part == neutral else (part,)
        if found and found[-1] == absorbing:  # what stands before it is evaluated first, and may fail
            break
    return found[0] if len(found) == 1 else Term(kind, "", tuple(found)) if found else neutral


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {"+": add, "-": sub, "*": mul}
_OPPOSITE = {"=": "#", "#": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "\\in": "\\notin", "\\notin": "\\in"}


def negated(term: Term) -> Term:
    if term in (TRUE, FALSE):
        return FALSE if term == TRUE else TRUE
    if term.kind is Kind.NOT:
        return term.parts[0]
    if term.kind is Kind.INFIX and term.text in _OPPOSITE:
        return Term(Kind.INFIX, _OPPOSITE[term.text], term.parts)
    return Term(Kind.NOT, "", (term,))


def implies(condition: Term, consequence: Term) -> Term:
    if condition in (TRUE, FALSE):
        return consequence if condition == TRUE else TRUE
    return Term(Kind.INFIX, "=>", (condition, consequence))


def infix(operator: str, *parts: Term) -> Term:
    """Return `parts` joined by `operator`; of numbers that are known, what they amount to."""
    known = [n for n in map(as_number, parts) if n is not None]
    if operator in _ARITHMETIC and len(known) == len(parts):
        return number(reduce(_ARITHMETIC[operator], known))
    if operator == "\\in" and parts[1].text == ".." and known:
        low, high = (as_number(end) for end in parts[1].parts)
        if low is not None and high is not None:
            return boolean(low <= known[0] <= high)
    return Term(Kind.INFIX, operator, parts)


def equal(left: Term, right: Term) -> Term:
    """Return `left = right`, decided where both are plain values."""
    if left.kind is Kind.LITERAL and right.kind is Kind.LITERAL:
        return boolean(left == right)
    if right == NONE and (left == NONE or _is_some(left)):
        return boolean(left == NONE)
    if right in (TRUE, FALSE):
        return left if right == TRUE else negated(left)
    return infix("=", left, right)


def _is_some(term: Term) -> bool:
    return term.kind is Kind.CALL and term.text == "Some"


def choice(condition: Term, then: Term, otherwise: Term) -> Term:
    """Return `IF condition THEN then ELSE otherwise`."""
    if condition in (TRUE, FALSE):
        return then if condition == TRUE else otherwise
    if then == otherwise:
        return then
    if (then, otherwise) == (TRUE, FALSE):
        return condition
    if (then, otherwise) == (FALSE, TRUE):
        return negated(condition)
    return Term(Kind.IF, "", (condition, then, otherwise))


# --- options, records, functions ---------------------------------------------------------------


def some(value: Term) -> Term:
    return call("Some", value)


def get(option: Term) -> Term:
    return option.parts[0] if _is_some(option) else call("Get", option)


def field(base: Term, part: str) -> Term:
    """Return `base.part`; of a record that is known, the part itself."""
    if base.kind is Kind.RECORD:
        return dict(zip(base.text.split(","), base.parts, strict=True))[part]
    if base.kind is Kind.IF and all(arm.kind is Kind.RECORD for arm in base.parts[1:]):
        condition, then, otherwise = base.parts
        return choice(condition, field(then, part), field(otherwise, part))
    if base.kind is Kind.EXCEPT:
        return _after(base, Term(Kind.STEP, part), lambda whole: field(whole, part))
    return Term(Kind.FIELD, part, (base,))


def at(function: Term, argument: Term, *, sure: bool = True) -> Term:
    """Return `function[argument]`; of an element that was just replaced, the new one. `sure`: it is there."""
    plain = Term(Kind.AT, "" if sure else "partial", (function, argument))
    if function.kind is Kind.EXCEPT:
        steps = [update.parts[1] for update in function.parts[1:]]
        if all(step.parts and _comparable(step.parts[0], argument) for step in steps):
            return _after(function, Term(Kind.STEP, "", (argument,)), lambda whole: at(whole, argument, sure=sure))
    return plain


def _comparable(left: Term, right: Term) -> bool:
    return left == right or (left.kind is Kind.LITERAL and right.kind is Kind.LITERAL)


def _after(base: Term, step: Term, part: Rewrite) -> Term:
    """Return what stands at `step` of the `EXCEPT` `base`: the part of what it was made from, and what was replaced."""
    result = part(base.parts[0])
    for update in base.parts[1:]:
        value, first, *rest = update.parts
        if first == step:
            result = replaced_at(result, tuple(rest), value)
    return result


def replaced_at(base: Term, path: tuple[Term, ...], value: Term) -> Term:
    """Return `[base EXCEPT !path = value]`, of a record that is known the record itself; `path` of steps."""
    if not path:
        return value
    step, *rest = path
    if base.kind is Kind.RECORD and step.text:
        fields = base.text.split(",")
        parts = (
            replaced_at(p, tuple(rest), value) if f == step.text else p for f, p in zip(fields, base.parts, strict=True)
        )
        return record(fields, parts)
    update = Term(Kind.UPDATE, "", (value, *path))
    if base.kind is not Kind.EXCEPT:
        return base if value == _stands_at(base, path) else Term(Kind.EXCEPT, "", (base, update))
    kept = [old for old in base.parts[1:] if old.parts[1:] != path]
    if len(kept) + 1 < len(base.parts) and any(not _apart(old.parts[1:], path) for old in kept):
        kept = list(base.parts[1:])
    return Term(Kind.EXCEPT, "", (base.parts[0], *kept, update))


def _apart(left: tuple[Term, ...], right: tuple[Term, ...]) -> bool:
    """Tell whether two paths certainly lead to different places."""
    pairs = zip(left, right, strict=False)
    return any(a != b and (bool(a.text) or all(s.parts[0].kind is Kind.LITERAL for s in (a, b))) for a, b in pairs)


def abbreviated(term: Term) -> Term:
    """Return `term` with `@` in an `EXCEPT` for what stood there, where the places are certainly different."""
    term = map_parts(term, abbreviated)
    if term.kind is not Kind.EXCEPT:
        return term
    base, *updates = term.parts
    paths = [update.parts[1:] for update in updates]
    if not all(_apart(a, b) for a, b in combinations(paths, 2)):
        return term
    return Term(Kind.EXCEPT, "", (base, *(_with_old(base, update) for update in updates)))


def _with_old(base: Term, update: Term) -> Term:
    value, *path = update.parts
    return Term(Kind.UPDATE, "", (_at_sign(value, _stands_at(base, tuple(path))), *path))


def _at_sign(term: Term, old: Term) -> Term:
    if term == old:
        return name("@")
    return term if term.kind is Kind.EXCEPT else map_parts(term, lambda part: _at_sign(part, old))


def _stands_at(base: Term, path: tuple[Term, ...]) -> Term:
    for step in path:
        base = field(base, step.text) if step.text else at(base, step.parts[0])
    return base


# --- what may have no value --------------------------------------------------------------------


def partial_terms(term: Term) -> list[tuple[Term, Term]]:
    """Return the parts of `term` that may have no value when it is evaluated, each with the condition for one."""
    return [(part, needs) for part in evaluated(term) for needs in [_needs(part)] if needs is not None]


def _needs(term: Term) -> Term | None:
    match term:
        case Term(Kind.CALL, "Get", (option,)):
            return negated(equal(option, NONE))
        case Term(Kind.CALL, ("Head" | "Tail"), (items,)):
            return infix("#", items, EMPTY)
        case Term(Kind.CALL, ("Div" | "Mod"), (_, divisor)):
            return infix("#", divisor, number(0))
        case Term(Kind.AT, "partial", (function, argument)):
            return infix("\\in", argument, call("DOMAIN", function))
        case _:
            return None


def is_partial(term: Term) -> bool:
    """Tell whether evaluating `term` may reach something without a value."""
    return any(_needs(part) is not None for part in walk(term))
