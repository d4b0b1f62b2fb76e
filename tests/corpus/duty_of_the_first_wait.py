"""A first step that need not be taken is not taken for granted: who waits for what comes after it is a hostage."""

from model import Expect, Spec, may, obliged, param, progress, step, task
from model.token import Token


class FirstWait(Spec):
    free = param("wait", "task", "no", default="wait")
    token = Token()

    @task(when=free == "wait")
    async def reader(self):
        await may(step())
        await step()
        self.token.cancel()

    @task(when=free == "no")
    async def server(self):
        await step()
        await step()
        self.token.cancel()

    @task
    async def stop(self):
        await self.token.fired()

    @task(duty=may, when=free == "task")
    async def client(self):
        await obliged(step())
        self.token.cancel()

    ends = progress(stop)

    EXPECTED = (
        Expect("hostage", states=1, transitions=0, depth=1),
        Expect("hostage", free="task", states=1, transitions=0, depth=1),
        Expect("holds", free="no", states=4, transitions=3, depth=4),
    )
