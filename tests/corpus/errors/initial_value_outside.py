# expect: K035 line 7

from model import Int, Spec, step, task


class Initial(Spec):
    n = Int(0, 3, init=7)

    @task
    async def run(self):
        await step()
        self.n = 1
