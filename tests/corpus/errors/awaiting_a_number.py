# expect: K048 line 11

from model import Int, Spec, task


class Awaiting(Spec):
    n = Int(0, 3)

    @task
    async def run(self):
        await self.n
