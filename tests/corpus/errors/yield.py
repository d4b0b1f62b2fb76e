# expect: K011 line 12

from model import Bool, Spec, step, task


class Yielding(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        self.a = yield
