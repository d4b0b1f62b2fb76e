# expect: K012 line 14

import random

from model import Int, Spec, step, task


class Random(Spec):
    a = Int(0, 3)

    @task
    async def run(self):
        await step()
        self.a = random.randint(0, 3)
