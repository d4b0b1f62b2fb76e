# expect: K050 line 13

from model import Int, Spec, param, step, task


class Assigning(Spec):
    size = param(Int(0, 3), default=1)
    n = Int(0, 3)

    @task
    async def run(self):
        await step()
        self.size = 2
