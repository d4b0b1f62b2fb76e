"""Enabling sets by first change: who can be the first to change what a false conjunct reads.

Actor B is in the enabling set of a conjunct g that is false in s if an action of B can, in some state that agrees
with s on every leaf g reads, have a true guard and change one of these leaves. Why this is sound and narrower
rules are not: `docs/semantics.md`. What is computed here includes the exact set (see `partial`).
"""

from __future__ import annotations

from functools import cached_property

from checker.ir.leaves import Leaf, LeafValue, by_variable, leaf_value, overlaps, reads, writes
from checker.ir.nodes import Action, Expr, Model, State
from checker.ir.walk import action_reads, written
from checker.waits.abstract import Abstract, Impossible, anything, constrained, may_change
from checker.waits.partial import Known, assume, execute

KEPT = 1 << 18  # entries of a cache, which is emptied when it is full
FEW = 1 << 10  # of one whose entries are large


class ReadSet:
    """The leaves some conjuncts read, and who can first change them from which of their values."""

    def __init__(self, leaves: frozenset[Leaf], enabling: Enabling) -> None:
        self.leaves = tuple(sorted(leaves, key=lambda leaf: (leaf.variable, str(leaf.path))))
        self._enabling = enabling
        self._sources = tuple((enabling.places[leaf.variable], leaf.path) for leaf in self.leaves)
        self._found = enabling.found.setdefault(str(self.leaves), {})

    @cached_property
    def _candidates(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Actions that may write a leaf, judged by what they assign in any state, and the leaves they may write."""
        found = (
            (place, self._enabling.written(place, self.leaves)) for place in range(len(self._enabling.model.actions))
        )
        return tuple((place, watched) for place, watched in found if watched)

    def values(self, state: State) -> tuple[LeafValue, ...]:
        """Return the values of the leaves in `state`."""
        return tuple(leaf_value(state[place], path) for place, path in self._sources)

    def enablers(self, state: State) -> tuple[int, ...]:
        """Return the indices of the actions that can first change a leaf, starting from its value in `state`."""
        values = self.values(state)
        key = str(values)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= KEPT:
                self._found.clear()
            found = self._found[key] = tuple(
                place
                for place, watched in self._candidates
                if self._enabling.can_change(place, self.leaves, values, watched)
            )
        return found


class Enabling:
    """The enabling sets of one model. Sets of leaves are shared, so that each question is answered once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.places = {variable.name: place for place, variable in enumerate(model.variables)}
        self._types = {variable.name: variable.type for variable in model.variables}
        self._writes = [by_variable(writes(action)) for action in model.actions]
        self._touched = [action_reads(action) | written(action.update) for action in model.actions]
        self._sets: dict[frozenset[Leaf], ReadSet] = {}
        self.found: dict[str, dict[str, tuple[int, ...]]] = {}
        """Actions that can first change leaves, by their names and their values: what may be kept for another run."""
        self._led: dict[tuple[int, tuple[tuple[Leaf, LeafValue], ...]], list[Known]] = {}
        self._only_fixed: dict[tuple[int, Expr], bool] = {}
        self._parents = {actor.name: actor.parent for actor in model.actors}

    def read_set(self, expr: Expr) -> ReadSet:
        """Return the set of leaves `expr` reads."""
        leaves = reads(expr)
        found = self._sets.get(leaves)
        if found is None:
            found = self._sets[leaves] = ReadSet(leaves, self)
        return found

    def written(self, action: int, leaves: tuple[Leaf, ...]) -> tuple[int, ...]:
        """Return the positions in `leaves` of those the action may write."""
        places = self._writes[action]
        return tuple(
            position
            for position, leaf in enumerate(leaves)
            if leaf.variable in places and any(overlaps(place, leaf) for place in places[leaf.variable])
        )

    def only_fixed(self, action: int, expr: Expr) -> bool:
        """Tell whether its owner, while it waits, sets nothing that the action may write of what `expr` reads.

        That is what it has fixed before, and where its branches stand.
        """
        found = self._only_fixed.get((action, expr))
        if found is None:
            leaves = tuple(reads(expr))
            owner = self.model.actions[action].owner
            written = [self.model.variables[self.places[leaves[at].variable]] for at in self.written(action, leaves)]
            found = all(
                variable.fixed or (variable.name == f"{variable.owner}.pc" and self._parents[variable.owner] == owner)
                for variable in written
            )
            self._only_fixed[action, expr] = found
        return found

    def can_change(
        self, action: int, leaves: tuple[Leaf, ...], values: tuple[LeafValue, ...], watched: tuple[int, ...]
    ) -> bool:
        """Tell whether the action can be taken where `leaves` have `values`, and change one of those at `watched`."""
        return any(
            may_change(after[leaves[position].variable], leaves[position].path, values[position])
            for after in self._outcomes(action, leaves, values)
            for position in watched
        )

    def _outcomes(self, action: int, leaves: tuple[Leaf, ...], values: tuple[LeafValue, ...]) -> list[Known]:
        """Return where the action can lead from where `leaves` have `values`, as far as it reads or writes them."""
        touched = self._touched[action]
        told = tuple(pair for pair in zip(leaves, values, strict=True) if pair[0].variable in touched)
        key = action, told
        found = self._led.get(key)
        if found is None:
            if len(self._led) >= FEW:
                self._led.clear()
            known: dict[str, Abstract] = {name: anything(self._types[name]) for name in touched}
            for leaf, value in told:
                known[leaf.variable] = constrained(known[leaf.variable], leaf.path, value)
            found = self._led[key] = _outcomes(self.model.actions[action], known)
        return found


def _outcomes(action: Action, known: Known) -> list[Known]:
    try:
        for conjunct in action.guard:
            known = assume(conjunct.expr, known, True)
    except Impossible:
        return []
    return execute(action.update, [known])
