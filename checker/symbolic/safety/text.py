"""Terms in the spec's words, as far as they have any."""

from __future__ import annotations

from typing import Any

import z3

from checker.ir.domains import BoolT, EnumT
from checker.symbolic.scalars import Scalars

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


def print_term(scalars: Scalars, term: Any) -> str:
    """Return `term`, over the state, as a spec would write it."""
    kinds = {scalars.term(leaf).get_id(): scalars.type(leaf) for leaf in scalars.leaves}
    names = {scalars.term(leaf).get_id(): scalars.name(leaf) for leaf in scalars.leaves}
    names |= {
        scalars.term(leaf).get_id(): scalars.says(leaf, 1)[0]
        for leaf in scalars.leaves
        if isinstance(scalars.type(leaf), BoolT)
    }

    def show(part: Any, *, member: bool = False) -> str:
        if part.get_id() in names:
            return names[part.get_id()]
        if not z3.is_app(part):  # a quantifier that Spacer left: no spec has any
            return str(part.sexpr())
        if z3.is_int_value(part):
            return f'"{scalars.system.terms.member(part.as_long())}"' if member and part.as_long() > 0 else str(part)
        if z3.is_not(part):
            return f"not ({show(part.arg(0))})"
        word = WORDS.get(part.decl().kind())
        if word is None:
            return str(part.sexpr())
        kind = next((kinds[arg.get_id()] for arg in part.children() if arg.get_id() in kinds), None)
        of_enum = isinstance(kind, EnumT)
        if isinstance(kind, EnumT) and part.decl().kind() in ORDERS:
            return _one_of(scalars, part, kind, names)
        return f" {word} ".join(_closed(arg, show(arg, member=of_enum)) for arg in part.children())

    return show(term)


def _one_of(scalars: Scalars, part: Any, kind: EnumT, names: dict[int, str]) -> str:
    """Return what an order of an Enum's codes, which means nothing to a reader, allows."""
    left, right = part.children()
    unknown = left if left.get_id() in names else right
    allowed = []
    for member in kind.members:
        code = z3.IntVal(scalars.system.terms.code(member))
        if z3.is_true(z3.simplify(z3.substitute(part, (unknown, code)))):
            allowed.append(f'"{member}"')
    return f"{names[unknown.get_id()]} in {{{', '.join(sorted(allowed))}}}"


def _closed(part: Any, text: str) -> str:
    return f"({text})" if z3.is_app(part) and part.decl().kind() in WORDS else text
