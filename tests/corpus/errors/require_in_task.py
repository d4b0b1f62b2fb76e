# expect: K051 line 12

from model import Bool, Spec, require, step, task


class Requiring(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        require(not self.a)
        self.a = True
