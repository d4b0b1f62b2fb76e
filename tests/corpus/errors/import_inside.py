# expect: K010 line 11

from model import Bool, Spec, step, task


class Importing(Spec):
    a = Bool()

    @task
    async def run(self):
        import os
        await step()
        self.a = True
