# expect: K030 line 13

from model import Bool, Enum, Spec, step, task


class Mismatch(Spec):
    a = Bool()
    mode = Enum("idle", "busy")

    @task
    async def run(self):
        await step()
        if self.mode == 3:
            self.a = True
