# expect: K031 line 7

from model import Int, Seq, Spec, step, task


class Unbounded(Spec):
    q = Seq(Int(0, 1))

    @task
    async def run(self):
        await step()
        self.q.append(1)
