"""A resting actor that cannot move helps nobody: who waits for it is an orphan."""

from model import Expect, Spec, rest, task
from model.token import Token


class Resting(Spec):
    never = Token()
    token = Token()

    @task
    async def server(self):
        await rest(self.never.fired())
        self.token.cancel()

    @task
    async def waits(self):
        await self.token.fired()

    EXPECTED = (Expect("orphan", states=1, transitions=0, depth=1),)
