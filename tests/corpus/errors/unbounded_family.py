# expect: K036 line 8 with workers unbounded

from model import Bool, Int, Spec, param, step, task


class Crowd(Spec):
    workers = param(Int(1, 4), default=2, unbounded=True)
    Worker = Int(0, workers - 1)
    done = Bool()

    @task
    async def run(self):
        await step()
        self.done = True
