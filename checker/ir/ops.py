"""The operator table: one row an operator, one meaning, one line of documentation.

Every back end holds one mapping from `Op` to its own way of saying it; a test asserts that each mapping
covers the table exactly. `docs/operators.md` is generated from here.
"""

from __future__ import annotations

from enum import Enum


class Op(Enum):
    """(symbol, arity or -1 for any, what it means)"""

    AND = ("and", -1, "all arguments hold; evaluated from the left, stops at the first that does not")
    OR = ("or", -1, "some argument holds; evaluated from the left, stops at the first that does")
    NOT = ("not", 1, "the argument does not hold")
    ITE = ("if", 3, "the second argument if the first holds, else the third; only that one is evaluated")
    EQ = ("==", 2, "the same value")
    NE = ("!=", 2, "different values")
    LT = ("<", 2, "less")
    LE = ("<=", 2, "less or equal")
    GT = (">", 2, "greater")
    GE = (">=", 2, "greater or equal")
    ADD = ("+", 2, "sum")
    SUB = ("-", 2, "difference")
    MUL = ("*", 2, "product")
    DIV = ("//", 2, "quotient, rounded down; by zero is a range violation")
    MOD = ("%", 2, "remainder, with the sign of the divisor; by zero is a range violation")
    NEG = ("neg", 1, "minus")
    MIN = ("min", -1, "the least argument")
    MAX = ("max", -1, "the greatest argument")
    COUNT = ("count", -1, "how many of the arguments hold")
    IS_NONE = ("is None", 1, "an Option or Own slot is empty")
    UNWRAP = ("unwrap", 1, "the value in an Option or Own slot; empty is a range violation")
    LEN = ("len", 1, "number of items of a Seq, of members of a Set")
    IN = ("in", 2, "the first argument is a member of the second, a Set or a Seq")
    UNION = ("|", 2, "members of either Set")
    INTERSECT = ("&", 2, "members of both Sets")
    MINUS = ("set -", 2, "members of the first Set that are not in the second")
    SUBSET = ("subset", 2, "every member of the first Set is in the second")
    APPEND = ("append", 2, "the Seq with one more item at its end")
    TAIL = ("tail", 1, "the Seq without its first item; of an empty one a range violation")
    REMOVE = ("remove", 2, "the Seq without the first item equal to the second argument; unchanged if there is none")

    def __init__(self, symbol: str, arity: int, meaning: str) -> None:
        self.symbol = symbol
        self.arity = arity
        self.meaning = meaning
