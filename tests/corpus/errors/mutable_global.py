# expect: K013 line 14

from model import Bool, Spec, step, task

seen = []


class Globals(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        self.a = len(seen) == 0
