# expect: K022 line 15

from model import Bool, Spec, step, task


class Arguments(Spec):
    a = Bool()

    def set(self, value):
        self.a = value

    @task
    async def run(self):
        await step()
        self.set(True, False)
