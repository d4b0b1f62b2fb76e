"""`at` names an await point; otherwise it is block and awaitable."""

from model import Expect, Spec, at, sometimes, step, task
from model.token import Token


class At(Spec):
    token = Token()

    @task
    async def waits(self):
        await at("flush", step())
        await self.token.fired()

    @task
    async def fires(self):
        await step()
        self.token.cancel()

    @sometimes
    def flushing(self):
        return self.waits.at("flush")

    @sometimes
    def listening(self):
        return self.waits.at("token.fired")

    EXPECTED = (Expect("holds", states=7, transitions=8, depth=5),)
