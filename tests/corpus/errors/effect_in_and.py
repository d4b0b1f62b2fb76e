# expect: K015 line 13

from model import Bool, Int, Seq, Spec, step, task


class Effect(Spec):
    q = Seq(Int(0, 3), 2)
    a = Bool()

    @task
    async def run(self):
        await step()
        if self.a and self.q.pop(0) == 1:
            self.a = False
