# expect: K030 line 13

from model import Enum, Int, Spec, step, task


class Mismatch(Spec):
    mode = Enum("idle", "busy")
    n = Int(0, 3)

    @task
    async def run(self):
        await step()
        self.n = self.mode + 1
