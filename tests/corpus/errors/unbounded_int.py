# expect: K031 line 7

from model import Int, Spec, step, task


class Unbounded(Spec):
    n = Int()

    @task
    async def run(self):
        await step()
        self.n = 1
