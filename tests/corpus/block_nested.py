"""A block with a block inside, a task of its own and a value, a type and a function as parameters."""

from model import Block, Expect, Function, Int, Option, Spec, Type, param, sometimes, task
from model.channel import Channel


class Doubler(Block):
    Item = param(Type)
    apply = param(Function)
    rounds = param(Int(1, 3), default=1)

    inbox = Channel(Item)
    outbox = Channel(Item)

    @task
    async def run(self):
        for _ in range(self.rounds):
            item = await self.inbox.recv()
            await self.outbox.send(self.apply(item))


class Nested(Spec):
    N = Int(0, 9)
    result = Option(N)

    def twice(self, n):
        return n * 2

    doubler = Doubler(N, apply=twice, rounds=2)

    @task
    async def run(self):
        await self.doubler.inbox.send(3)
        first_result = await self.doubler.outbox.recv()
        await self.doubler.inbox.send(first_result - 2)
        self.result = await self.doubler.outbox.recv()

    @sometimes
    def doubled(self):
        return self.result == 8

    EXPECTED = (Expect("holds", states=9, transitions=8, depth=9),)
