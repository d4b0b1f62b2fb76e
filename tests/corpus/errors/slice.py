# expect: K011 line 12

from model import Int, Seq, Spec, step, task


class Slicing(Spec):
    q = Seq(Int(0, 3), 3)

    @task
    async def run(self):
        await step()
        self.q = self.q[1:]
