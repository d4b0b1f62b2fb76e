# expect: K011 line 12

from model import Bool, Spec, step, task


class Dict(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        x = {"a": 1}
        self.a = True
