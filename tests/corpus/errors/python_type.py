# expect: K031 line 7

from model import Spec, step, task


class Unbounded(Spec):
    n: int

    @task
    async def run(self):
        await step()
        self.n = 1
