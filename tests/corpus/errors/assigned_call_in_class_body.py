# expect: K050 line 8

from model import Bool, Spec, step, task


class Declaring(Spec):
    a = Bool()
    a.init = True

    @task
    async def run(self):
        await step()
        self.a = True
