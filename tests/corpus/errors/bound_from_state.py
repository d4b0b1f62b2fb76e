# expect: K033 line 8

from model import Int, Spec, step, task


class Bounds(Spec):
    n = Int(0, 3)
    m = Int(0, n)

    @task
    async def run(self):
        await step()
        self.m = 1
