# expect: K030 line 12

from model import Enum, Spec, step, task


class Misspelt(Spec):
    mode = Enum("idle", "busy")

    @task
    async def run(self):
        await step()
        self.mode = "bussy"
