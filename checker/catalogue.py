"""Every diagnostic code, what it means and what to do: `docs/errors.md` is generated from here."""

from __future__ import annotations

from typing import Final

CATALOGUE: Final[dict[str, tuple[str, str]]] = {
    # the file
    "K001": ("not Python", "The file cannot be parsed as Python. Python's own message says where."),
    "K002": (
        "too large",
        "The file, a type, or what the spec expands to is beyond what could be checked. Smaller domains, simpler code.",
    ),
    "K003": (
        "no spec",
        "The file holds no class derived from `Spec` (or several, and none was named: `path.py:Name`).",
    ),
    "K004": (
        "import not found",
        "A name is imported from a module whose source was not found beside the spec, or is not in it.",
    ),
    # unsupported Python
    "K010": ("unsupported statement", "The language has no such statement. The message names what to write instead."),
    "K011": ("unsupported expression", "The language has no such expression. The message names what to write instead."),
    "K012": (
        "nondeterminism, time, input or output",
        "A spec has no clock, randomness or outside world. Write `choose(…)`, a timer block, or nothing.",
    ),
    "K013": ("mutable global", "A spec may use constants of its module, not variables. Make it a field of the spec."),
    "K014": (
        "defined by itself",
        "A helper is inlined, so it cannot call itself: use a loop. Nor can a block contain, a constant use itself.",
    ),
    "K015": (
        "effect in a condition",
        "A guard, a property or an operand of `and`/`or` must not change anything. Do it in a statement before.",
    ),
    # names
    "K020": ("unknown name", "Nothing of that name is in scope. Fields are written `self.name`."),
    "K021": ("unknown attribute", "The block, record or type has nothing of that name."),
    "K022": ("wrong arguments", "The call does not fit what is called."),
    # types
    "K030": ("type mismatch", "The value cannot have the type that is needed here."),
    "K031": ("unbounded type", "States are finite: give the range, the capacity or the members."),
    "K032": ("changing number without a range", "A local number that changes needs its range: `i: Int(0, n) = 0`."),
    "K033": (
        "not known at compile time",
        "Types, bounds, ranges of blocks and conditions of declarations must follow from parameters and constants.",
    ),
    "K034": ("a value that owns is copied", "An Own value has one place. Write `move(x)` to give it away."),
    "K035": ("initial value outside the type", "The `init=` of a field must be a value of its type."),
    "K036": (
        "an unbounded parameter where a number is needed",
        "It may bound an Int, a Seq of items that are all alike, a loop that awaits. Otherwise fix it: `--set name=3`.",
    ),
    # actors and tasks
    "K040": ("forgotten await", "Calling an awaitable or an async helper does nothing by itself: write `await`."),
    "K041": ("await outside a task", "Only tasks and async helpers can wait."),
    "K042": (
        "a loop that may never await",
        "A step must end: this loop can run without reaching an await. Use `for` over a finite range, or await in it.",
    ),
    "K043": ("for over something infinite", "`for` ranges over a type, `range(…)`, a Seq, a Set or a tuple."),
    "K044": ("require after a write", "`require` is part of the guard: it comes before anything is changed."),
    "K045": ("an action without an actor", "Every action has an owner: `@action(name)` with `name = actor(…)`."),
    "K046": (
        "a location changed by others",
        "Only its actor may change where it stands. Name it: `participant(self.name)`.",
    ),
    "K047": ("fault mixed with other duties", "A fault is owned by an actor of its own: nobody relies on it."),
    "K048": ("not awaitable", "Only awaitables, `step()`, async helpers, `first`, `any_of` and `both` can be awaited."),
    "K049": ("release code that waits", "A branch that may be dropped cannot wait in its `finally`."),
    "K052": ("a wait said twice", "A wait has one duty, one name and one `rest`: of two, one would be ignored."),
    # declarations
    "K050": ("bad declaration", "The declaration does not have the form the language reference gives."),
    "K051": ("require outside a guard", "`require` belongs at the top of an action."),
}
