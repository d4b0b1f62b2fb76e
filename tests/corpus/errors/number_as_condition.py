# expect: K030 line 13

from model import Bool, Int, Spec, step, task


class Mismatch(Spec):
    a = Bool()
    n = Int(0, 3)

    @task
    async def run(self):
        await step()
        if self.n:
            self.a = True
