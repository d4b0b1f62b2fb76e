# expect: K010 line 12

from model import Bool, Spec, step, task


class Deleting(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        del self.a
