# expect: K010 line 12

from model import Bool, Spec, step, task


class Catching(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        try:
            self.a = True
        except ValueError:
            self.a = False
