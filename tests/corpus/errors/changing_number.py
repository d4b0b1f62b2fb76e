# expect: K032 line 14

from model import Int, Spec, step, task


class Changing(Spec):
    n = Int(0, 9)

    @task
    async def run(self):
        i = 0
        while i < 3:
            await step()
            i += 1
        self.n = i
