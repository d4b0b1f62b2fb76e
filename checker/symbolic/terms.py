"""Terms: what is known while a model is translated is a Python `bool` or `int`, everything else an expression of z3.

So constants fold by themselves, and what is never built need not be simplified. Numbers are unbounded integers; where
all of a model's numbers fit, `Terms(width=…)` makes them words of two's complement instead, which z3 decides as
propositional logic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import z3

Term: TypeAlias = Any  # bool, int, or z3.ExprRef


def known(term: Term) -> bool:
    """Tell whether `term` is a constant."""
    return isinstance(term, int)


def identical(left: Term, right: Term) -> bool:
    """Tell whether two terms are written the same (so they are equal)."""
    if known(left) or known(right):
        return known(left) and known(right) and left == right
    return left is right or bool(left.eq(right))


def is_truth(term: Term) -> bool:
    """Tell whether `term` is a truth value, not a number."""
    return isinstance(term, bool) if known(term) else bool(z3.is_bool(term))


# --- truth -------------------------------------------------------------------------------------


def negate(term: Term) -> Term:
    if known(term):
        return not term
    return term.arg(0) if z3.is_not(term) else z3.Not(term)


def both(*terms: Term) -> Term:
    """Return the conjunction."""
    return conjunction(terms)


def either(*terms: Term) -> Term:
    """Return the disjunction."""
    return disjunction(terms)


def implies(left: Term, right: Term) -> Term:
    return either(negate(left), right)


def conjunction(terms: Iterable[Term]) -> Term:
    parts = _open(terms, stop=False)
    return parts if isinstance(parts, bool) else all_of(parts)


def disjunction(terms: Iterable[Term]) -> Term:
    parts = _open(terms, stop=True)
    return parts if isinstance(parts, bool) else any_of(parts)


def all_of(truths: Sequence[Any]) -> Any:
    """Return the conjunction of expressions of z3: `z3.And` without its looking at each for what it is."""
    return truths[0] if len(truths) == 1 else _joined(z3.Z3_mk_and, truths)


def any_of(truths: Sequence[Any]) -> Any:
    """Return the disjunction of expressions of z3."""
    return truths[0] if len(truths) == 1 else _joined(z3.Z3_mk_or, truths)


def _joined(make: Callable[..., Any], truths: Sequence[Any]) -> Any:
    context = z3.main_ctx()
    return z3.BoolRef(make(context.ref(), len(truths), array(truths)), context)


def array(truths: Iterable[Any]) -> Any:
    """Return expressions of z3 as its C interface takes them. They must outlive the result."""
    found = [truth.ast for truth in truths]
    return (z3.Ast * len(found))(*found)


def _open(terms: Iterable[Term], *, stop: bool) -> bool | list[Term]:
    """Return the terms that are not known, each once; a constant if that is what they come to."""
    found: dict[int, Term] = {}
    for term in terms:
        if not known(term):
            found[term.get_id()] = term
        elif term == stop:
            return stop
    return list(found.values()) or not stop


# --- numbers -----------------------------------------------------------------------------------


def same(left: Term, right: Term) -> Term:
    """Return whether two terms of one sort are equal."""
    if known(left) and known(right):
        return left == right
    for one, other in ((left, right), (right, left)):
        if isinstance(one, bool):
            return other if one else negate(other)
    return True if identical(left, right) else left == right


def less(left: Term, right: Term) -> Term:
    return False if identical(left, right) else left < right


def at_most(left: Term, right: Term) -> Term:
    return True if identical(left, right) else left <= right


ODD = re.compile(r"[^ -~]|[|\\%]")


def escaped(name: str) -> str:
    """Return a name as it can stand between the bars of SMT-LIB, no other name's."""
    return ODD.sub(lambda odd: f"%{ord(odd[0]):X};", name)


def symbol(name: str) -> str:
    """Return what a scalar called `name` is called in a solver: two words, so none that it knows (`let`, `seq.len`)."""
    return f"{escaped(name)} now"


class Terms:
    """Makes the terms that depend on how numbers are represented: `width` bits a number, or mathematical integers."""

    def __init__(self, width: int | None = None) -> None:
        self.width = width
        self._codes: dict[str, int] = {}

    def code(self, member: str) -> int:
        """Return the number, from 1, that stands for a member of any Enum; the same for the same word."""
        return self._codes.setdefault(member, len(self._codes) + 1)

    def member(self, code: int) -> str:
        """Return the member that `code` stands for; KeyError if it is none's."""
        for name, number in self._codes.items():
            if number == code:
                return name
        raise KeyError(code)

    def number(self, name: str) -> Term:
        """Return a new number."""
        return z3.Int(symbol(name)) if self.width is None else z3.BitVec(symbol(name), self.width)

    def bit(self, name: str) -> Term:
        """Return a new truth value."""
        return z3.Bool(symbol(name))

    def lift(self, term: Term) -> Any:
        """Return `term` as an expression of z3."""
        if isinstance(term, bool):
            return z3.BoolVal(term)
        if isinstance(term, int):
            return z3.IntVal(term) if self.width is None else z3.BitVecVal(term, self.width)
        return term

    def pick(self, condition: Term, then: Term, otherwise: Term) -> Term:
        """Return `then` if `condition` holds, else `otherwise`."""
        if known(condition):
            return then if condition else otherwise
        if identical(then, otherwise):
            return then
        if isinstance(then, bool):
            return either(condition, otherwise) if then else both(negate(condition), otherwise)
        if isinstance(otherwise, bool):
            return either(negate(condition), then) if otherwise else both(condition, then)
        return z3.If(condition, self.lift(then), self.lift(otherwise))

    def total(self, numbers: Iterable[Term]) -> Term:
        result: Term = 0
        for number in numbers:
            if not (known(number) and number == 0):
                result = number if known(result) and result == 0 else result + number
        return result

    def quotient(self, left: Term, right: Term) -> Term:
        """Return the quotient, rounded down; anything where `right` is 0."""
        if known(left) and known(right):
            return left // right if right else 0
        left, right = self.lift(left), self.lift(right)
        if self.width is None:  # z3 rounds so that the remainder is not negative
            return z3.If(right > 0, left / right, -left / -right)
        rest = z3.SRem(left, right)
        return z3.If(self._odd(rest, right), left / right - 1, left / right)

    def remainder(self, left: Term, right: Term) -> Term:
        """Return the remainder, with the sign of `right`; anything where `right` is 0."""
        if known(left) and known(right):
            return left % right if right else 0
        left, right = self.lift(left), self.lift(right)
        if self.width is None:
            return z3.If(right > 0, left % right, -(-left % -right))
        rest = z3.SRem(left, right)
        return z3.If(self._odd(rest, right), rest + right, rest)

    def _odd(self, rest: Any, right: Any) -> Any:
        """Return whether words, which round towards zero, and Python, which rounds down, differ."""
        return z3.And(rest != 0, (rest ^ right) < 0)

    def value_in(self, model: Any) -> Callable[[Term], int]:
        """Return what gives a term its value in a model of z3's; what the model leaves open is False or 0."""

        def evaluate(term: Term) -> int:
            if known(term):
                return int(term)
            found = model.eval(term, model_completion=True)
            if z3.is_bool(found):
                return int(z3.is_true(found))
            return int(found.as_long() if self.width is None else found.as_signed_long())

        return evaluate
