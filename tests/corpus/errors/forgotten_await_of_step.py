# expect: K040 line 11

from model import Bool, Spec, step, task


class Forgetting(Spec):
    a = Bool()

    @task
    async def run(self):
        step()
        self.a = True
