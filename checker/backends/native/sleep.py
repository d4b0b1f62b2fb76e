"""Sleep sets: which steps from a state surely lead to a state that is known.

Two actions are *independent* if neither may write a leaf that the other reads or writes. From state s, let a and b be
enabled, independent, and a before b in the order of actions. Let t = s.b be found new by that step. Then a *sleeps* in
t: it is enabled there, it does what it did from s, and t.a = (s.a).b need not be looked up. (Sleep sets, one step deep:
P. Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, LNCS 1032, 1996, chapter 5. There, also
no state is lost.)

*In order* (states expanded as they are numbered, the steps of each in the order of actions) nothing at all changes.
s.a was found before t, as its step from s comes before the one that found t; it is not t, because a would then have
changed nothing, and neither b, and t would be s. So s.a is expanded before t; by induction over states in the order in
which they are expanded, all its successors are known then, (s.a).b among them. So what sleeps would have been looked up
and found.

*Out of order* (see `team`) the same states are found, level by level. Claim: when all states of a level are expanded,
all their successors are known. Take a step of a sleeping a from t to u = (s.a).b: s.a is of the level of t or of one
before (by the claim for the level of s). If b does not sleep there, u is known; if it does, it is because of an action
c after b, and so on: the actions get larger, and there are finitely many.

What sleeps is counted as before: steps by action, arms, and failures, which are those of s, as the same leaves are
read. Not for step properties, which must see every step. Of a state known by its fingerprint it is kept as which
successor it was found, those that slept not counted: what slept is known when it is generated again.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

from checker.ir.leaves import Leaf, by_variable, leaf_paths, overlaps, reads, writes
from checker.ir.nodes import Action, Model
from checker.ir.walk import expressions, statements

BITS: Final = 32  # only the first actions can sleep: a bit each


def sleeping(model: Model) -> tuple[int, ...]:
    """Return, for each action, which of those before it are independent of it, as bits."""
    read = [_read(action) for action in model.actions]
    every = [Leaf(variable.name, path) for variable in model.variables for path in leaf_paths(variable.type)]
    bits = {leaf: 1 << place for place, leaf in enumerate(dict.fromkeys(chain(every, *read)))}
    by_name = by_variable(bits)
    written = [sum(bits[leaf] for leaf in _below(writes(action), by_name)) for action in model.actions]
    touched = [write | sum(bits[leaf] for leaf in leaves) for write, leaves in zip(written, read, strict=True)]
    return tuple(
        sum(
            1 << before
            for before in range(min(place, BITS))
            if not (written[before] & touched[place] or written[place] & touched[before])
        )
        for place in range(len(model.actions))
    )


def _below(places: Iterable[Leaf], leaves: dict[str, list[Leaf]]) -> set[Leaf]:
    """Return the leaves that may change if `places` are assigned."""
    return {leaf for place in places for leaf in leaves.get(place.variable, ()) if overlaps(place, leaf)}


def _read(action: Action) -> frozenset[Leaf]:
    """Return the leaves on which the guard, the choices and the outcome of an action depend."""
    exprs = [conjunct.expr for conjunct in action.guard]
    exprs += [expr for stmt in statements(action.update) for expr in expressions(stmt)]
    return frozenset[Leaf]().union(*map(reads, exprs))
