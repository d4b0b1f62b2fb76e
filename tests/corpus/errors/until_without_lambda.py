# expect: K022 line 11

from model import Int, Spec, task, until


class Until(Spec):
    n = Int(0, 1)

    @task
    async def run(self):
        await until(self.n == 1)
