# expect: K012 line 14

import time

from model import Bool, Spec, step, task


class Time(Spec):
    a = Bool()

    @task
    async def run(self):
        await step()
        self.a = time.time() > 3
