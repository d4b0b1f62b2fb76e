"""What a branch gives is not lost, whatever becomes ready before its parent goes on; a branch within a branch alike.

Lost with its branch is what one of `both` gave while the other goes on (`both`), and what may be left lying (`may`).
"""

from model import (
    Bool,
    Expect,
    Int,
    Spec,
    always_eventually,
    any_of,
    both,
    first,
    invariant,
    may,
    param,
    progress,
    step,
    task,
)
from model.channel import Channel
from model.token import Token


class Result(Spec):
    how = param("first", "any_of", "within", "both", "may", "loop", default="first")

    queue = Channel(Int(0, 0))
    stop = Token()
    never = Token()
    got = Bool()
    over = Bool()

    @task
    async def main(self):
        while True:
            if self.how == "any_of":
                won = await any_of(message=self.next(), stop=self.stop.fired())
            elif self.how == "within":
                won = await first(stop=self.stop.fired(), message=self.nested())
            elif self.how == "both":
                won = await first(stop=self.stop.fired(), message=self.joined())
            elif self.how == "may":
                won = await first(stop=self.stop.fired(), message=may(self.next()))
            else:
                won = await first(stop=self.stop.fired(), message=self.next())
            if won.message is not None:
                self.got = True
            if won.stop or self.how != "loop":
                break
        self.over = True

    async def next(self):
        return await self.queue.recv()

    async def nested(self):
        won = await first(never=self.never.fired(), message=self.next())
        return won.message

    async def joined(self):
        return (await both(message=self.next(), other=self.pauses())).message

    async def pauses(self):
        await step()

    @task
    async def other(self):
        await self.queue.send(0)
        await step()
        self.stop.cancel()

    ends = progress(main)
    is_over = always_eventually(lambda self: self.over)

    @invariant
    def nothing_is_lost(self):
        return not (self.main.finished and self.other.finished) or self.got or len(self.queue.queue) > 0

    EXPECTED = (
        Expect("holds", states=14, transitions=18, depth=7),
        Expect("holds", how="any_of", states=14, transitions=20, depth=7),
        Expect("holds", how="within", states=19, transitions=26, depth=9),
        Expect("invariant", how="both", states=31, transitions=51, depth=8),
        Expect("invariant", how="may", states=15, transitions=18, depth=7),
        Expect("holds", how="loop", states=17, transitions=22, depth=8),
    )
