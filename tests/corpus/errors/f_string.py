# expect: K011 line 12

from model import Bool, Spec, step, task


class Formatting(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        x = f"{self.a}"
        self.a = True
