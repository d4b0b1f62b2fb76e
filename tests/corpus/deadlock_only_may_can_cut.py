"""A cycle that a `may` actor can cut: a deadlock only if progress is demanded of a member."""

from model import Bool, Expect, Spec, first, may, param, progress, step, task
from model.mutex import Mutex
from model.token import Token


class Cuttable(Spec):
    demanded = param(Bool(), default=True)
    a = Mutex()
    b = Mutex()
    cut = Token()

    @task
    async def left(self):
        with await self.a.lock():
            await first(cut=self.cut.fired(), other=self.b.lock())

    @task
    async def right(self):
        with await self.b.lock():
            await first(cut=self.cut.fired(), other=self.a.lock())

    @task(duty=may)
    async def operator(self):
        self.cut.cancel()

    @task(when=demanded)
    async def stop(self):
        with await self.a.lock():
            await step()

    ends = progress(stop)

    EXPECTED = (
        Expect("deadlock", states=98, transitions=190, depth=6),
        Expect("holds", demanded=False, states=36, transitions=66, depth=8),
    )
