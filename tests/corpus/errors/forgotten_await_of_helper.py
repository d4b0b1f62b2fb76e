# expect: K040 line 16

from model import Bool, Spec, step, task


class Forgetting(Spec):
    a = Bool()

    async def helper(self):
        await step()
        self.a = True

    @task
    async def run(self):
        await step()
        self.helper()
