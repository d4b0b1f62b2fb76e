# expect: K010 line 13

from model import Int, Spec, step, task


class Swapping(Spec):
    a = Int(0, 1)
    b = Int(0, 1, init=1)

    @task
    async def run(self):
        await step()
        self.a, self.b = self.b, self.a
