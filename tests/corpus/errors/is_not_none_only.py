# expect: K011 line 13

from model import Int, Spec, step, task


class Identity(Spec):
    a = Int(0, 3)
    b = Int(0, 3)

    @task
    async def run(self):
        await step()
        if self.a is self.b:
            self.a = 1
