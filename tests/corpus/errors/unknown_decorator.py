# expect: K050 line 11

from functools import lru_cache

from model import Bool, Spec, step, task


class Decorated(Spec):
    a = Bool()

    @lru_cache
    def helper(self):
        return self.a

    @task
    async def run(self):
        await step()
        self.a = self.helper()
