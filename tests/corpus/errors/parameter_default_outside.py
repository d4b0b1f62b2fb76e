# expect: K035 line 7

from model import Int, Spec, param, step, task


class Initial(Spec):
    size = param(Int(0, 3), default=7)
    n = Int(0, 3)

    @task
    async def run(self):
        await step()
        self.n = 1
