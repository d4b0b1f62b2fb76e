"""`first` is biased: of the ready branches the first wins; it gives a record."""

from model import Bool, Expect, Int, Spec, first, invariant, sometimes, step, task
from model.channel import Channel
from model.token import Token


class First(Spec):
    token = Token()
    channel = Channel(Int(0, 3), capacity=1)
    cancelled = Bool()
    value = Int(0, 3)

    @task
    async def feeds(self):
        await self.channel.send(2)
        await step()
        self.token.cancel()

    @task
    async def takes(self):
        got = await first(cancelled=self.token.fired(), message=self.channel.recv())
        if got.cancelled:
            self.cancelled = True
            assert got.message is None
        else:
            self.value = got.message

    @invariant
    def biased(self):
        return not (self.cancelled and self.value == 2)

    @sometimes
    def value_wins(self):
        return self.value == 2

    @sometimes
    def token_wins(self):
        return self.cancelled

    EXPECTED = (Expect("holds", states=6, transitions=5, depth=4),)
