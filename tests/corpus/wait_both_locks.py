"""`both(a.lock(), b.lock())` in opposite orders can deadlock: branches acquire one by one."""

from model import Expect, Spec, both, step, task
from model.mutex import Mutex


class Both(Spec):
    a = Mutex()
    b = Mutex()

    @task
    async def left(self):
        _held = await both(x=self.a.lock(), y=self.b.lock())
        await step()

    @task
    async def right(self):
        _held = await both(y=self.b.lock(), x=self.a.lock())
        await step()

    EXPECTED = (Expect("deadlock", states=112, transitions=244, depth=9),)
