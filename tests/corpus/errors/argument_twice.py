# expect: K001 line 13
"""An argument that is given twice: no Python, though it parses."""

from model import Bool, Record, Spec, step, task


class Twice(Spec):
    Pair = Record(left=Bool(), right=Bool())
    pair = Pair

    async def set(self):
        await step()
        self.pair = self.Pair(left=True, left=False)

    @task
    async def run(self):
        await self.set()
