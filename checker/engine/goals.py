"""What would undo a `progress(actor, to=…)` that is violated: whose steps nobody owes, and would lead to the goal."""

from __future__ import annotations

from collections import deque

from checker.engine.conditions import holds
from checker.ir.nodes import Action, Duty, Expr, State
from checker.machine import Failure, Machine

FOLLOWED = 2_000  # states looked at for each action


def leading(machine: Machine, state: State, goal: Expr) -> tuple[Action, ...]:
    """Return the actions that nobody owes, each of which, if it were owed, would let what is owed lead to `goal`.

    Only those are looked at that are enabled somewhere what is owed leads. One is listed if a search says so, and not
    if it did not come to its end.
    """
    actions = machine.model.actions
    _, enabled = _followed(machine, state, None, None)
    return tuple(actions[place] for place in sorted(enabled) if _followed(machine, state, place, goal)[0])


def _followed(machine: Machine, start: State, more: int | None, goal: Expr | None) -> tuple[bool, set[int]]:
    """Follow obliged actions and `more` from `start`: is `goal` met, and which other actions are enabled on the way."""
    actions = machine.model.actions
    others = set[int]()
    seen = {start}
    queue = deque([start])
    while queue:
        before = queue.popleft()
        for label, after in machine.successors(before):
            if actions[label.action].duty is not Duty.OBLIGED and label.action != more:
                others.add(label.action)
            elif not isinstance(after, Failure) and after not in seen and len(seen) < FOLLOWED:
                if goal is not None and holds(machine, goal, after):
                    return True, others
                seen.add(after)
                queue.append(after)
    return False, others
