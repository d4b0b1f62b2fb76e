"""A task that ticks for ever does not hide the deadlock of two others."""

from model import Bool, Expect, Spec, step, task
from model.mutex import Mutex


class Clock(Spec):
    a = Mutex()
    b = Mutex()
    tick = Bool()

    @task
    async def clock(self):
        while True:
            await step()
            self.tick = not self.tick

    @task
    async def left(self):
        with await self.a.lock():
            with await self.b.lock():
                await step()

    @task
    async def right(self):
        with await self.b.lock():
            with await self.a.lock():
                await step()

    EXPECTED = (Expect("deadlock", states=29, transitions=50, depth=5),)
