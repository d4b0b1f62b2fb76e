# expect: K030 line 17

from model import Int, Spec, step, task


class Tests(Spec):
    n = Int(0, 1)

    async def forever(self):
        while True:
            await step()
            if self.n == 0:
                self.n = 1

    @task
    async def run(self):
        if await self.forever():
            self.n = 0
