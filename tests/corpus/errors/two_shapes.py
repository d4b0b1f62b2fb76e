# expect: K030 line 17
"""One name for what two selects give."""

from model import Spec, first, task
from model.token import Token


class Shapes(Spec):
    stop = Token()
    done = Token()

    @task
    async def run(self):
        got = await first(stop=self.stop.fired(), done=self.done.fired())
        if got.stop:
            return
        got = await first(stop=self.stop.fired(), late=self.done.fired())
