# expect: K011 line 12

from model import Int, Spec, step, task


class Float(Spec):
    a = Int(0, 9)

    @task
    async def run(self):
        await step()
        self.a = 0.5
