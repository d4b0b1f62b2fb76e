# expect: K036 line 13 with times unbounded

from model import Int, Spec, param, step, task


class Looping(Spec):
    times = param(Int(1, 4), default=2, unbounded=True)
    n = Int(0, times)

    @task
    async def run(self):
        await step()
        for _ in range(self.times):
            self.n += 1
