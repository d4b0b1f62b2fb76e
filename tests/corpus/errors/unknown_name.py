# expect: K020 line 12

from model import Bool, Spec, step, task


class Unknown(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        self.a = b
