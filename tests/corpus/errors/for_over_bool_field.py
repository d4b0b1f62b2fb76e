# expect: K043 line 13

from model import Bool, Int, Spec, count, step, task


class Ranging(Spec):
    a = Bool()
    n = Int(0, 3)

    @task
    async def run(self):
        await step()
        self.n = count(x for x in self.a)
