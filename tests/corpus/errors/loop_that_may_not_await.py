# expect: K042 line 11

from model import Bool, Spec, step, task


class Looping(Spec):
    a = Bool()

    @task
    async def run(self):
        while True:
            if self.a:
                await step()
