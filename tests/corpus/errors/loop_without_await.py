# expect: K042 line 12

from model import Bool, Spec, step, task


class Looping(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        while not self.a:
            pass
