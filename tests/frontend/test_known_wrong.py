"""What is known to be wrong: strict xfails, each with its paragraph in docs/warts.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import check
from tests.frontend.front import HEADER

GAP = """
from model.channel import Channel
from model.token import Token

class Gap(Spec):
    how = param("stop_first", "message_first", "awaitable", default="stop_first")

    queue = Channel(Int(0, 0))
    stop = Token()
    got = Bool()

    @task
    async def main(self):
        if self.how == "stop_first":
            won = await first(stop=self.stop.fired(), message=self.next())
        elif self.how == "message_first":
            won = await first(message=self.next(), stop=self.stop.fired())
        else:
            won = await first(stop=self.stop.fired(), message=self.queue.recv())
        self.got = won.message is not None

    async def next(self):
        return await self.queue.recv()

    @task
    async def other(self):
        await self.queue.send(0)
        await step()
        self.stop.cancel()

    @invariant
    def nothing_is_lost(self):
        return not (self.main.finished and self.other.finished) or self.got or len(self.queue.queue) > 0
"""


def lost(folder: Path, how: str) -> bool:
    path = folder / "gap.py"
    path.write_text(HEADER + GAP, encoding="utf-8")
    return not check(str(path), how=how)


@pytest.mark.xfail(strict=True, reason="docs/warts.md: a helper that has finished may yet lose")
def test_what_a_finished_branch_gives_is_not_lost(tmp_path: Path) -> None:
    assert not lost(tmp_path, "stop_first")


@pytest.mark.parametrize("how", ["message_first", "awaitable"])
def test_the_ways_round_it_lose_nothing(tmp_path: Path, how: str) -> None:
    assert not lost(tmp_path, how)
