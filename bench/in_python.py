"""One run of a checker that is a Python library: `python -m bench.in_python CHECKER MODEL name=value …` prints JSON.

Needs nothing of ours: it runs in an environment of its own, where these checkers are installed.
"""

from __future__ import annotations

import importlib
import json
import sys
import time

from bench.moves import MODELS, Moves, State

MANY = 1 << 40


def minicheck(model: Moves) -> int:
    """Return the number of states; RuntimeError unless the invariant holds and every state has a successor.

    minicheck does not look for states without successor, so the model does.
    """
    library = importlib.import_module("minicheck")
    moves, dead = model.moves, list[State]()

    def transitions(state: State) -> list[tuple[str, State]]:
        found = [(move.name, move.apply(state)) for move in moves if move.guard(state)]
        if not found:
            dead.append(state)
        return found

    fields = tuple(f"v{i}" for i in range(len(model.initial)))
    invariant = {"holds": lambda values: model.holds(tuple(values.values()))}
    protocol = library.Protocol("model", False, fields, model.initial, transitions, invariant)
    result = library.check_safety(protocol, max_states=MANY)
    if not result["properties"]["holds"]["holds"] or dead:
        raise RuntimeError(f"{result}, {len(dead)} states without successor")
    return int(result["reachable_states"])


def musil(model: Moves) -> int:
    """Return the number of states; RuntimeError unless the invariant holds and every state has a successor."""
    library = importlib.import_module("musil")
    actions = [library.Action(move.name, move.guard, move.apply) for move in model.moves]
    checked = library.Model(init=[model.initial], actions=actions, invariants={"holds": model.holds})
    result = library.check(checked, max_states=MANY)
    if not result.ok or result.truncated:
        raise RuntimeError(str(result))
    return int(result.states_explored)


CHECKERS = {"minicheck": minicheck, "musil": musil}


if __name__ == "__main__":
    checker, name, *sizes = sys.argv[1:]
    given = MODELS[name](**{key: int(value) for key, value in (size.split("=") for size in sizes)})
    begin, cpu = time.perf_counter(), time.process_time()
    states = CHECKERS[checker](given)
    took = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps({"states": states, **took}))
