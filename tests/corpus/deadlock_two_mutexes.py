"""The textbook deadlock."""

from model import Bool, Expect, Spec, param, step, task
from model.mutex import Mutex


class Crosswise(Spec):
    ordered = param(Bool(), default=False)
    a = Mutex()
    b = Mutex()

    @task
    async def left(self):
        with await self.a.lock():
            with await self.b.lock():
                await step()

    @task(when=not ordered)
    async def right(self):
        with await self.b.lock():
            with await self.a.lock():
                await step()

    @task(when=ordered)
    async def right_too(self):
        with await self.a.lock():
            with await self.b.lock():
                await step()

    EXPECTED = (
        Expect("deadlock", states=17, transitions=20, depth=5),
        Expect("holds", ordered=True, states=22, transitions=28, depth=9),
    )
