"""The models as checkers that are Python libraries take them: states are flat tuples, the fastest that they allow.

Sizes and names are those of the specs in `bench/models`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

State = tuple[int, ...]
Cells = list[int]


@dataclass(frozen=True, slots=True)
class Move:
    """An action: `effect` changes a copy of the state."""

    name: str
    guard: Callable[[State], bool]
    effect: Callable[[Cells], None]

    def apply(self, state: State) -> State:
        """Return the successor."""
        cells = list(state)
        self.effect(cells)
        return tuple(cells)


@dataclass(frozen=True, slots=True)
class Moves:
    """A model. `holds` is its invariant."""

    initial: State
    moves: tuple[Move, ...]
    holds: Callable[[State], bool]


def philosophers(seats: int) -> Moves:
    """Return `philosophers.py`: where each is (0 thinks, 1 has one fork, 2 eats), then which forks are taken."""
    moves = [move for me in range(seats) for move in _philosopher(me, seats)]
    return Moves((0,) * (2 * seats), tuple(moves), lambda s: not (s[0] == 2 and s[1] == 2))


def _philosopher(me: int, seats: int) -> list[Move]:
    last = me == seats - 1
    first, second = (seats, seats + me) if last else (seats + me, seats + me + 1)

    def take_first(s: Cells) -> None:
        s[me] = s[first] = 1

    def take_second(s: Cells) -> None:
        s[me], s[second] = 2, 1

    def think(s: Cells) -> None:
        s[me] = s[first] = s[second] = 0

    return [
        Move(f"take_first{me}", lambda s: s[me] == 0 and not s[first], take_first),
        Move(f"take_second{me}", lambda s: s[me] == 1 and not s[second], take_second),
        Move(f"think{me}", lambda s: s[me] == 2, think),
    ]


def two_phase(managers: int) -> Moves:
    """Return `two_phase.py`: the coordinator (0 init, 1 committed, 2 aborted), what was said, then the managers.

    A manager is three cells: itself (0 working, 1 prepared, 2 committed, 3 aborted), known and said to be prepared.
    """
    known = tuple(range(4, 3 + 3 * managers, 3))

    def commit(s: Cells) -> None:
        s[0], s[1] = 1, 1

    def abort(s: Cells) -> None:
        s[0], s[2] = 2, 1

    coordinator = [
        Move("commit", lambda s: s[0] == 0 and all(s[i] for i in known), commit),
        Move("abort", lambda s: s[0] == 0, abort),
    ]
    moves = [*coordinator, *(move for me in range(3, 3 + 3 * managers, 3) for move in _manager(me))]
    return Moves((0,) * (3 + 3 * managers), tuple(moves), lambda s: not (s[3] == 2 and s[6] == 3))


def _manager(me: int) -> list[Move]:
    def prepare(s: Cells) -> None:
        s[me] = s[me + 2] = 1

    def become(status: int) -> Callable[[Cells], None]:
        def effect(s: Cells) -> None:
            s[me] = status

        return effect

    def hear(s: Cells) -> None:
        s[me + 1] = 1

    return [
        Move(f"hear{me}", lambda s: s[0] == 0 and s[me + 2] == 1, hear),
        Move(f"prepare{me}", lambda s: s[me] == 0, prepare),
        Move(f"give_up{me}", lambda s: s[me] == 0, become(3)),
        Move(f"obey_commit{me}", lambda s: s[1] == 1, become(2)),
        Move(f"obey_abort{me}", lambda s: s[2] == 1, become(3)),
    ]


def pipeline(connections: int, requests: int, batch: int, window: int, spare: int) -> Moves:
    """Return `pipeline.py`: six cells a connection, in the order of the spec. Numbers have no width: no `spare`."""
    del spare
    moves = [move for me in range(0, 6 * connections, 6) for move in _connection(me, batch, window)]
    initial = (requests, 0, 0, 0, 0, 0) * connections
    return Moves(initial, tuple(moves), lambda s: s[3] <= batch and s[4] <= batch)


def _connection(unsent: int, batch: int, window: int) -> list[Move]:
    sent, held, queued, flushing, answered = range(unsent + 1, unsent + 6)

    def step(source: int, target: int) -> Callable[[Cells], None]:
        def effect(s: Cells) -> None:
            s[source] -= 1
            s[target] += 1

        return effect

    def take(s: Cells) -> None:
        s[flushing], s[queued] = s[queued], 0

    return [
        Move(f"send{unsent}", lambda s: s[unsent] > 0 and s[sent] < window, step(unsent, sent)),
        Move(f"read{unsent}", lambda s: s[sent] > 0 and s[held] == 0, step(sent, held)),
        Move(f"put{unsent}", lambda s: s[held] == 1 and s[queued] < batch, step(held, queued)),
        Move(f"take{unsent}", lambda s: s[flushing] == 0 and s[queued] > 0, take),
        Move(f"write{unsent}", lambda s: s[flushing] > 0 and s[answered] < window, step(flushing, answered)),
        Move(f"receive{unsent}", lambda s: s[answered] > 0, step(answered, unsent)),
    ]


MODELS: dict[str, Callable[..., Moves]] = {"philosophers": philosophers, "two_phase": two_phase, "pipeline": pipeline}
