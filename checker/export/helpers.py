"""Operators that modules define for themselves, and the standard modules that define the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DEFINITIONS: Mapping[str, tuple[str, ...]] = {
    "None": (
        "\\* An optional value is a sequence of at most one item; Get(None) is an error.",
        "\\* @type: () => Seq(a);",
        "None == <<>>",
    ),
    "Some": ("\\* @type: a => Seq(a);", "Some(value) == <<value>>"),
    "Get": ("\\* @type: Seq(a) => a;", "Get(option) == Head(option)"),
    "BoundedSeq": (
        "\\* @type: (Set(a), Int) => Set(Seq(a));",
        "BoundedSeq(S, n) == {s \\in Seq(S) : Len(s) <= n}",
    ),
    "Option": ("\\* @type: Set(a) => Set(Seq(a));", "Option(S) == BoundedSeq(S, 1)"),
    "Range": ("\\* @type: Seq(a) => Set(a);", "Range(s) == {s[i] : i \\in DOMAIN s}"),
    "Remove": (
        "\\* The sequence without its first item that equals e.",
        "\\* @type: (Seq(a), a) => Seq(a);",
        "Remove(s, e) ==",
        "    IF e \\in Range(s)",
        "    THEN LET first == CHOOSE i \\in DOMAIN s : s[i] = e /\\ \\A j \\in 1..(i - 1) : s[j] # e",
        "         IN  SubSeq(s, 1, first - 1) \\o SubSeq(s, first + 1, Len(s))",
        "    ELSE s",
    ),
    "Bit": ("\\* @type: Bool => Int;", "Bit(condition) == IF condition THEN 1 ELSE 0"),
    "Min": ("\\* @type: (Int, Int) => Int;", "Min(a, b) == IF a <= b THEN a ELSE b"),
    "Max": ("\\* @type: (Int, Int) => Int;", "Max(a, b) == IF a >= b THEN a ELSE b"),
    "Div": (
        "\\* Rounded down; \\div is defined for positive divisors.",
        "\\* @type: (Int, Int) => Int;",
        "Div(a, b) == IF b > 0 THEN a \\div b ELSE (-a) \\div (-b)",
    ),
    "Mod": (
        "\\* With the sign of the divisor; % is defined for positive ones.",
        "\\* @type: (Int, Int) => Int;",
        "Mod(a, b) == IF b > 0 THEN a % b ELSE -((-a) % (-b))",
    ),
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "Some": (),
    "Get": (),
    "Option": ("BoundedSeq",),
    "Remove": ("Range",),
}
MODULES: Mapping[str, frozenset[str]] = {
    "Integers": frozenset({"..", "+", "-", "*", "\\div", "%", "<", "<=", ">", ">="}),
    "Sequences": frozenset({"Len", "Head", "Tail", "Append", "Seq", "SubSeq", "Get", "BoundedSeq", "Remove"}),
    "FiniteSets": frozenset({"Cardinality"}),
    "TLC": frozenset({"Assert", ":>", "@@"}),
}


def used(words: Iterable[str]) -> list[str]:
    """Return the names of the definitions that a module with the operators `words` needs, in order."""
    wanted = {word for word in words if word in DEFINITIONS}
    wanted |= {need for word in wanted for need in NEEDS.get(word, ())}
    return [word for word in DEFINITIONS if word in wanted]


def extended(words: Iterable[str]) -> list[str]:
    """Return the standard modules that a module with the operators `words` extends."""
    known = set(words)
    return [module for module, operators in MODULES.items() if module == "Integers" or known & operators]
