"""Terms as text: on one line where they fit, else in the lists and columns that TLA+ reads by.

Parentheses stand wherever a part binds no tighter than what it is in, and between different operators of one level.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.export.terms import Kind, Term

WIDTH = 100
_ATOM = 20
_LEVELS = {
    "~>": 1,
    "=>": 1, "=": 5, "#": 5, "<": 5, "<=": 5, ">": 5, ">=": 5, "\\in": 5, "\\notin": 5, "\\subseteq": 5,
    "@@": 6, ":>": 7, "\\cup": 8, "\\cap": 8, "\\": 8, "..": 9, "+": 10, "-": 10, "*": 13, "\\div": 13, "%": 10,
}  # fmt: skip
_ASSOCIATIVE = frozenset({"\\cup", "\\cap", "+", "*", "@@"})
_PREFIX = frozenset({"SUBSET", "DOMAIN", "ENABLED", "UNION"})
_QUANTIFIERS = {Kind.FORALL: "\\A", Kind.EXISTS: "\\E"}
_BRACKETS = {Kind.SET: ("{", "}"), Kind.TUPLE: ("<<", ">>"), Kind.RECORD: ("[", "]"), Kind.FIELDSETS: ("[", "]")}


def level(term: Term) -> int:
    """Return how tightly `term` binds: 0 for what reaches as far to the right as it can."""
    match term.kind:
        case Kind.IF | Kind.LET | Kind.FORALL | Kind.EXISTS:
            return 0
        case Kind.AND | Kind.OR:
            return 3
        case Kind.NOT:
            return 4
        case Kind.INFIX:
            return _LEVELS[term.text]
        case Kind.CALL if term.text in _PREFIX:
            return 8
        case Kind.UNCHANGED:
            return 4
        case Kind.MINUS:
            return 9
        case Kind.LITERAL if term.text.startswith("-"):
            return 9
        case _:
            return _ATOM


# --- on one line -------------------------------------------------------------------------------


def show(term: Term) -> str:
    """Return `term` on one line."""
    match term.kind:
        case Kind.LITERAL | Kind.NAME:
            return term.text
        case Kind.PRIME:
            return f"{term.text}'"
        case Kind.INFIX:
            return _infix(term)
        case Kind.AND | Kind.OR:
            return f" {_junction(term)} ".join(_within(part, 4) for part in term.parts)
        case Kind.NOT:
            return f"~{_within(term.parts[0], 9)}"
        case Kind.MINUS:
            return f"-{_within(term.parts[0], 14)}"
        case Kind.CALL if term.text in _PREFIX:
            return f"{term.text} {_within(term.parts[0], 14)}"
        case Kind.CALL if term.text == "[][]_vars":
            return f"[][{show(term.parts[0])}]_vars"
        case Kind.CALL:
            return f"{term.text}({', '.join(map(show, term.parts))})" if term.parts else term.text
        case Kind.FIELD:
            return f"{_within(term.parts[0], 16)}.{term.text}"
        case Kind.AT:
            return f"{_within(term.parts[0], 16)}[{show(term.parts[1])}]"
        case Kind.EXCEPT:
            return f"[{show(term.parts[0])} EXCEPT {', '.join(_updates(term))}]"
        case Kind.IF:
            condition, then, otherwise = map(show, term.parts)
            return f"IF {condition} THEN {then} ELSE {otherwise}"
        case Kind.LET:
            return f"LET {term.text} == {show(term.parts[0])} IN {show(term.parts[1])}"
        case Kind.FORALL | Kind.EXISTS:
            return f"{_head(term)} {show(term.parts[1])}"
        case Kind.UNCHANGED:
            return f"UNCHANGED {_changed_names(term)}"
        case _:
            return _collection(term)


def _collection(term: Term) -> str:
    domain, *values = map(show, term.parts) if term.parts else ("",)
    match term.kind:
        case Kind.FILTER:
            return f"{{{term.text} \\in {domain} : {values[0]}}}"
        case Kind.IMAGE:
            return f"{{{values[0]} : {term.text} \\in {domain}}}"
        case Kind.FUNCTION:
            return f"[{term.text} \\in {domain} |-> {values[0]}]"
        case Kind.FUNCTIONS:
            return f"[{domain} -> {values[0]}]"
        case _:
            left, right = _BRACKETS[term.kind]
            return f"{left}{', '.join(_items(term))}{right}"


def _items(term: Term) -> list[str]:
    return [start + show(part) for start, part in zip(_starts(term), term.parts, strict=True)]


def _starts(term: Term) -> list[str]:
    """Return what stands before each item of a collection: the field, in a record."""
    if term.kind in (Kind.RECORD, Kind.FIELDSETS):
        sign = " |-> " if term.kind is Kind.RECORD else ": "
        return [f + sign for f in term.text.split(",")]
    return [""] * len(term.parts)


def _within(term: Term, least: int) -> str:
    text = show(term)
    return text if level(term) >= least else f"({text})"


def _infix(term: Term) -> str:
    sep = ".." if term.text == ".." else f" {term.text} "
    return sep.join(_operand(term, part) for part in term.parts)


def _operand(term: Term, part: Term) -> str:
    same = part.kind is Kind.INFIX and part.text == term.text and term.text in _ASSOCIATIVE
    return _within(part, _LEVELS[term.text] + (0 if same else 1))


def _junction(term: Term) -> str:
    return "/\\" if term.kind is Kind.AND else "\\/"


def _head(term: Term) -> str:
    return f"{_QUANTIFIERS[term.kind]} {term.text} \\in {show(term.parts[0])} :"


def _changed_names(term: Term) -> str:
    names = ", ".join(map(show, term.parts))
    return names if len(term.parts) == 1 else f"<<{names}>>"


def _updates(term: Term) -> list[str]:
    return [f"{_path(update)} = {show(update.parts[0])}" for update in term.parts[1:]]


def _path(update: Term) -> str:
    return "!" + "".join(f".{step.text}" if step.text else f"[{show(step.parts[0])}]" for step in update.parts[1:])


# --- on several lines --------------------------------------------------------------------------


def lines(term: Term, column: int, *, spread: bool = False) -> list[str]:
    """Return `term` starting at `column`: the first line without indentation, the others with.

    `spread`: a list is written as such even if it would fit on one line.
    """
    flat = show(term)
    fits = column + len(flat) <= WIDTH
    if spread and term.kind in (Kind.AND, Kind.OR):
        return _listed(term, column)
    match term.kind:
        case Kind.AND | Kind.OR if not fits or _acts(term):
            return _listed(term, column)
        case Kind.IF if not fits or _acts(term):
            return _if_lines(term, column)
        case Kind.LET if not fits or _acts(term):
            value = _prefixed(f"LET {term.text} == ", term.parts[0], column)
            return [*value, *_next("IN  ", term.parts[1], column)]
        case Kind.FORALL | Kind.EXISTS if not fits or _acts(term):
            return [_head(term), *_next("    ", term.parts[1], column)]
        case Kind.INFIX if _is_new_value(term) and fits and level(term.parts[1]) == 0:
            return [f"{show(term.parts[0])} = {show(term.parts[1])}"]
        case _ if fits:
            return [flat]
        case Kind.INFIX:
            return _infix_lines(term, column)
        case Kind.NOT:
            return _enclosed("~(", term.parts[0], ")", column)
        case Kind.CALL if term.text == "[][]_vars":
            return _enclosed("[][", term.parts[0], "]_vars", column)
        case Kind.CALL if term.parts and term.text not in _PREFIX:
            return _bracketed(f"{term.text}(", [("", part) for part in term.parts], ")", column)
        case Kind.UNCHANGED:
            return _filled("UNCHANGED <<", [show(part) for part in term.parts], ">>", column)
        case Kind.SET | Kind.TUPLE | Kind.RECORD | Kind.FIELDSETS if term.parts:
            left, right = _BRACKETS[term.kind]
            return _bracketed(left, list(zip(_starts(term), term.parts, strict=True)), right, column)
        case Kind.EXCEPT:
            start = f"[{show(term.parts[0])} EXCEPT "
            items = [(f"{_path(update)} = ", update.parts[0]) for update in term.parts[1:]]
            return _bracketed(start, items, "]", column)
        case _:
            return [flat]


def _acts(term: Term) -> bool:
    """Tell whether `term` is an action of several parts, or a list of such."""
    stack = [term]
    while stack:
        part = stack.pop()
        if part.kind in (Kind.PRIME, Kind.UNCHANGED) or (part.kind is Kind.CALL and part.text == "Assert"):
            return True
        stack += part.parts
    return False


def _prefixed(start: str, term: Term, column: int) -> list[str]:
    first, *others = lines(term, column + len(start))
    return [start + first, *others]


def _enclosed(left: str, term: Term, right: str, column: int) -> list[str]:
    *others, last = _prefixed(left, term, column)
    return [*others, last + right]


def _next(start: str, term: Term, column: int) -> list[str]:
    first, *others = _prefixed(start, term, column)
    return [" " * column + first, *others]


def _listed(term: Term, column: int) -> list[str]:
    bullet = _junction(term) + " "
    first, *others = term.parts
    found = _prefixed(bullet, first, column)
    for part in others:
        head, *tail = _prefixed(bullet, part, column)
        found += [" " * column + head, *tail]
    return found


def _if_lines(term: Term, column: int) -> list[str]:
    condition, then, otherwise = term.parts
    found = _prefixed("IF ", condition, column)
    found += _next("THEN ", then, column)
    return [*found, *_next("ELSE ", otherwise, column)]


def _infix_lines(term: Term, column: int) -> list[str]:
    first, *others = term.parts
    found = _wrapped(term, first, "", column)
    if term.text in ("=", "\\in") and len(found) == 1:
        joined = _wrapped(term, others[0], f"{found[0]} {term.text} ", column)
        if max(map(len, joined)) <= WIDTH + 10 or len(found[0]) > 40:
            return joined
    for part in others:
        head, *tail = _wrapped(term, part, f"{term.text} ", column + 2)
        found += [" " * (column + 2) + head, *tail]
    return found


def _is_new_value(term: Term) -> bool:
    """Tell whether `term` is `x' = …`: a conjunct of its own, in which nothing follows the value."""
    return term.text == "=" and term.parts[0].kind is Kind.PRIME


def _wrapped(term: Term, part: Term, start: str, column: int) -> list[str]:
    """Return an operand, in parentheses unless it binds tighter; a list would take what follows into its last item."""
    if level(part) > _LEVELS[term.text] or (_is_new_value(term) and level(part) == 0):
        found = _prefixed(start, part, column)
        if len(found) == 1 or part.kind not in (Kind.AND, Kind.OR):
            return found
    return _enclosed(f"{start}(", part, ")", column)


def _bracketed(left: str, items: Sequence[tuple[str, Term]], right: str, column: int) -> list[str]:
    """Return `items` between brackets, aligned: filled lines if each fits on one, else one below the other."""
    inner = column + (len(left) if len(left) < 40 else 4)
    shown = [start + show(item) for start, item in items]
    if all(len(text) < 40 for text in shown) and len(left) < 40:
        return _filled(left, shown, right, column)
    found: list[str] = []
    for place, (start, item) in enumerate(items):
        text = _prefixed(start, item, inner)
        text[-1] += right if place == len(items) - 1 else ","
        found += [(left if place == 0 and len(left) < 40 else " " * inner) + text[0], *text[1:]]
    return found if len(left) < 40 else [left.rstrip(), *found]


def _filled(left: str, items: Sequence[str], right: str, column: int) -> list[str]:
    """Fill lines with `items`, by commas, aligned behind `left`."""
    found = [left]
    start = column
    for place, item in enumerate(items):
        text = item + (right if place == len(items) - 1 else ",")
        if len(found[-1]) + start + len(text) + 1 > WIDTH and found[-1].strip() != left:
            found.append(" " * (column + len(left)) + text)
            start = 0
        else:
            found[-1] += text if found[-1].endswith(left) and place == 0 else f" {text}"
    return found
