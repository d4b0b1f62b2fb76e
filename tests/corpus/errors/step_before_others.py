# expect: K048 line 13
"""A branch that never waits, before one that does."""

from model import Spec, first, step, task
from model.token import Token


class Steps(Spec):
    stop = Token()

    @task
    async def run(self):
        await first(go_on=step(), stop=self.stop.fired())
