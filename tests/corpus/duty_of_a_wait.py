"""`may(w)` makes leaving by one wait the actor's free choice."""

from model import Bool, Expect, Spec, may, param, progress, step, task
from model.token import Token


class Wait(Spec):
    free = param(Bool(), default=True)
    token = Token()

    @task
    async def reader(self):
        if self.free:
            await may(step())
        else:
            await step()
        self.token.cancel()

    @task
    async def stop(self):
        await self.token.fired()

    ends = progress(stop)

    EXPECTED = (
        Expect("hostage", states=1, transitions=0, depth=1),
        Expect("holds", free=False, states=3, transitions=2, depth=3),
    )
