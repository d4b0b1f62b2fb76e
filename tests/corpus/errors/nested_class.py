# expect: K010 line 11

from model import Bool, Spec, step, task


class Nesting(Spec):
    a = Bool()

    @task
    async def run(self):
        class Inner:
            pass
        await step()
        self.a = True
