# expect: K011 line 4
"""A word of a runtime, imported."""

from asyncio import wait_for

from model import Spec, task
from model.token import Token


class Import(Spec):
    stop = Token()

    @task
    async def run(self):
        await wait_for(self.stop.fired(), 1)
