"""One task, one lock, taken twice: a cycle of one."""

from model import Expect, Spec, step, task
from model.mutex import Mutex


class Itself(Spec):
    a = Mutex()

    @task
    async def run(self):
        with await self.a.lock():
            with await self.a.lock():
                await step()

    EXPECTED = (Expect("deadlock", states=3, transitions=2, depth=3),)
