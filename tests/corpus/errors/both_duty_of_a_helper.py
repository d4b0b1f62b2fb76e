# expect: K048 line 16
"""A helper is not one wait: in `both` no wrapper says what is owed in it."""

from model import Spec, both, may, step, task


class S(Spec):
    async def helper(self):
        await step()

    @task
    async def run(self):
        await step()
        await both(
            one=self.helper(),
            two=may(self.helper()),
        )
