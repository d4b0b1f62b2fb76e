# expect: K010 line 12

from model import Int, Spec, step, task


class Else(Spec):
    a = Int(0, 3)

    @task
    async def run(self):
        await step()
        for i in range(2):
            self.a = i
        else:
            self.a = 3
