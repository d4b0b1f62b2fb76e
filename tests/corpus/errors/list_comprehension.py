# expect: K011 line 12

from model import Int, Seq, Spec, step, task


class Comprehending(Spec):
    q = Seq(Int(0, 3), 3)

    @task
    async def run(self):
        await step()
        self.q = [i for i in range(3)]
