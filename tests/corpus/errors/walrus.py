# expect: K011 line 12

from model import Int, Spec, step, task


class Walrus(Spec):
    a = Int(0, 3)

    @task
    async def run(self):
        await step()
        if (x := self.a) == 0:
            self.a = x + 1
