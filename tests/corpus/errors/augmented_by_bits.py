# expect: K011 line 12

from model import Int, Spec, step, task


class Bits(Spec):
    n = Int(0, 3)

    @task
    async def run(self):
        await step()
        self.n &= 1
