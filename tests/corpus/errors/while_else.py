# expect: K010 line 11

from model import Bool, Spec, step, task


class Else(Spec):
    a = Bool()

    @task
    async def run(self):
        while not self.a:
            await step()
            self.a = True
        else:
            self.a = False
