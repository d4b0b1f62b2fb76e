# expect: K043 line 12

from model import Int, Spec, step, task


class Ranging(Spec):
    n = Int(0, 3)

    @task
    async def run(self):
        await step()
        for i in self.n:
            self.n = i
