# expect: K052 line 14
"""A branch of two duties."""

from model import Spec, first, may, obliged, task
from model.token import Token


class Twice(Spec):
    stop = Token()
    done = Token()

    @task
    async def run(self):
        await first(stop=may(obliged(self.stop.fired())), done=self.done.fired())
