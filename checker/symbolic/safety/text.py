"""Terms in the spec's words, as far as they have any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import z3

from checker.ir.domains import EnumT
from checker.symbolic.safety.literals import leaf_text, leaf_type
from checker.symbolic.system import System
from checker.symbolic.terms import known

WORDS = {
    z3.Z3_OP_EQ: "==",
    z3.Z3_OP_DISTINCT: "!=",
    z3.Z3_OP_LE: "<=",
    z3.Z3_OP_LT: "<",
    z3.Z3_OP_GE: ">=",
    z3.Z3_OP_GT: ">",
    z3.Z3_OP_ADD: "+",
    z3.Z3_OP_SUB: "-",
    z3.Z3_OP_MUL: "*",
    z3.Z3_OP_AND: "and",
    z3.Z3_OP_OR: "or",
    z3.Z3_OP_IMPLIES: "implies",
}
ORDERS = (z3.Z3_OP_LE, z3.Z3_OP_LT, z3.Z3_OP_GE, z3.Z3_OP_GT)


def print_term(system: System, term: Any) -> str:
    """Return `term`, over the state of `system`, as a spec would write it."""
    names = {unknown.get_id(): leaf_text(system, leaf) for leaf, unknown in system.leaves.items() if not known(unknown)}
    kinds = {unknown.get_id(): leaf_type(system, leaf) for leaf, unknown in system.leaves.items() if not known(unknown)}

    def show(part: Any, *, member: bool = False) -> str:
        if part.get_id() in names:
            return names[part.get_id()]
        if not z3.is_app(part):  # a quantifier that Spacer left: no spec has any
            return str(part.sexpr())
        if z3.is_int_value(part):
            return f'"{system.terms.member(part.as_long())}"' if member and part.as_long() > 0 else str(part)
        if z3.is_not(part):
            return f"not ({show(part.arg(0))})"
        word = WORDS.get(part.decl().kind())
        if word is None:
            return str(part.sexpr())
        kind = next((kinds[arg.get_id()] for arg in part.children() if arg.get_id() in kinds), None)
        of_enum = isinstance(kind, EnumT)
        if isinstance(kind, EnumT) and part.decl().kind() in ORDERS:
            return _one_of(system, part, kind, names)
        return f" {word} ".join(_closed(arg, show(arg, member=of_enum)) for arg in part.children())

    return show(term)


def _one_of(system: System, part: Any, kind: EnumT, names: dict[int, str]) -> str:
    """Return what an order of an Enum's codes, which means nothing to a reader, allows."""
    left, right = part.children()
    unknown = left if left.get_id() in names else right
    allowed = []
    for member in kind.members:
        code = z3.IntVal(system.terms.code(member))
        if z3.is_true(z3.simplify(z3.substitute(part, (unknown, code)))):
            allowed.append(f'"{member}"')
    return f"{names[unknown.get_id()]} in {{{', '.join(sorted(allowed))}}}"


def _closed(part: Any, text: str) -> str:
    return f"({text})" if z3.is_app(part) and part.decl().kind() in WORDS else text


def unknowns_in(term: Any) -> Iterator[Any]:
    """Yield the unknowns in `term`, each once."""
    seen: set[int] = set()
    queue = [term]
    while queue:
        part = queue.pop()
        if part.get_id() not in seen:
            seen.add(part.get_id())
            queue += part.children()
            if z3.is_const(part) and part.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                yield part
