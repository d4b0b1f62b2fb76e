"""Nobody relies on a fault: who waits for one alone is an orphan."""

from model import Expect, Spec, fault, task
from model.token import Token


class Fault(Spec):
    token = Token()

    @task(duty=fault)
    async def killer(self):
        self.token.cancel()

    @task
    async def waits(self):
        await self.token.fired()

    EXPECTED = (Expect("orphan", states=1, transitions=0, depth=1),)
