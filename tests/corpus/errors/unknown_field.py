# expect: K021 line 12

from model import Bool, Spec, step, task


class Unknown(Spec):
    ready = Bool()

    @task
    async def run(self):
        await step()
        self.raedy = True
