"""A branch that cleans up with awaits is cancelled by a token and waited for, as by asyncio, not dropped."""

from model import Bool, Expect, Spec, both, first, progress, step, task
from model.channel import Channel
from model.token import Token


class Cancelling(Spec):
    cancel = Token()
    items = Channel(Item=Bool())
    open = Bool()

    async def work(self):
        self.open = True
        await first(cancelled=self.cancel.fired(), item=self.items.recv())
        await step()
        self.open = False

    async def deadline(self):
        await step()
        self.cancel.cancel()

    @task
    async def run(self):
        await both(work=self.work(), deadline=self.deadline())
        assert not self.open, "it is cleaned up"

    ends = progress(run)

    EXPECTED = (Expect("holds", states=10, transitions=11, depth=8),)
