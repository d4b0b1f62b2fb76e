"""What workers have left over is put together by one: kernels as Python, on numbers made up."""

from __future__ import annotations

import ctypes
from random import Random

import pytest

from checker.backends.native import team
from checker.backends.native.runtime import Search


@pytest.mark.parametrize("seed", range(60))
def test_states_move_into_the_numbers_that_were_left_over(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every state that was numbered keeps its words, its sleep set and what it is the first of."""
    for name in ("K", "SLEEP", "LOOK"):
        monkeypatch.setattr(team, name, 1)
    random = Random(seed)
    size, blocks = random.randint(1, 5), random.randint(1, 6)
    count = size * blocks
    ends = {size * (block + 1) - random.randint(0, size): size * (block + 1) for block in range(blocks)}
    used = [number for number in range(count) if not any(first <= number < end for first, end in ends.items())]
    states, asleep = (ctypes.c_int64 * count)(*range(100, 100 + count)), (ctypes.c_int32 * count)(*range(count))
    firsts = (ctypes.c_int64 * team.CONDITIONS)(*[-1] * team.CONDITIONS)
    for place in range(min(3, len(used))):
        firsts[place] = random.choice(used)
    meant = [100 + number for number in firsts if number >= 0]
    unused, n = (ctypes.c_int64 * (2 * blocks + 2))(), 0
    for first, end in random.sample(sorted(ends.items()), len(ends)):
        n = team.list_unused(ctypes.addressof(unused), n, first, end)
    assert [tuple(unused[2 * i : 2 * i + 2]) for i in range(n)] == [(a, b) for a, b in sorted(ends.items()) if a < b]
    search = Search(
        count=count,
        states=ctypes.addressof(states),
        asleep_next=ctypes.addressof(asleep),
        firsts=ctypes.addressof(firsts),
    )
    moved = team.close_up(search, ctypes.addressof(unused), n)
    kept = list(states[: search.count])
    assert sorted(kept) == [100 + number for number in used]
    assert list(asleep[: search.count]) == [state - 100 for state in kept]
    assert [kept[number] for number in firsts if number >= 0] == meant
    assert moved >= sum(number >= search.count for number in used)  # some twice


@pytest.mark.parametrize(("one", "other", "first"), [(3, 5, 3), (5, 3, 3), (-1, 4, 4), (4, -1, 4), (-1, -1, -1)])
def test_the_earlier_of_two_numbers_is_kept(one: int, other: int, first: int) -> None:
    assert team.earlier(one, other) == first
