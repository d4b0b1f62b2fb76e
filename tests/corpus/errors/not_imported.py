# expect: K020 line 11

from model import Bool, Spec, task


class Unknown(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        self.a = True
