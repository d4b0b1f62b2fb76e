"""A parent whose branches serve for ever is said to rest; by itself it does so only while all of them do."""

from model import Bool, Expect, Int, Spec, both, may, param, rest, sometimes, step, task
from model.channel import Channel


class Supervisor(Spec):
    rests = param(Bool(), default=True)
    queues = Channel(Int(0, 0))
    others = Channel(Int(0, 0))
    served = Bool()

    @task
    async def main(self):
        if self.rests:
            await rest(both(one=self.serves(), other=self.serves_others()))
        else:
            await both(one=self.serves(), other=self.serves_others())

    async def serves(self):
        while True:
            await rest(self.queues.recv())
            await step()
            self.served = True

    async def serves_others(self):
        while True:
            await rest(self.others.recv())

    @task(duty=may)
    async def client(self):
        while True:
            await self.queues.send(0)
            await self.others.send(0)

    @sometimes
    def is_served(self):
        return self.served

    EXPECTED = (
        Expect("holds", states=48, transitions=92, depth=16),
        Expect("orphan", rests=False, states=7, transitions=7, depth=3),
    )
