# expect: K030 line 16
"""What a branch that returns None gives is never another value."""

from model import Spec, both, step, task


class S(Spec):
    async def nothing(self):
        await step()
        return None

    @task
    async def run(self):
        await step()
        got = await both(one=self.nothing(), two=self.nothing())
        assert got.one == 1
