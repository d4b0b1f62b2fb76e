# expect: K020 line 10
"""A word of asyncio that the language has another for."""

from model import Spec, step, task


class Both(Spec):
    @task
    async def run(self):
        await gather(self.left(), self.left())

    async def left(self):
        await step()
