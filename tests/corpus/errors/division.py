# expect: K011 line 12

from model import Int, Spec, step, task


class Dividing(Spec):
    a = Int(0, 9, init=8)

    @task
    async def run(self):
        await step()
        self.a = self.a / 2
