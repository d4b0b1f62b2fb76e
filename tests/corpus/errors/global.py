# expect: K010 line 13

from model import Bool, Spec, step, task

LIMIT = 3


class Globals(Spec):
    a = Bool()

    @task
    async def run(self):
        global LIMIT
        await step()
        self.a = True
