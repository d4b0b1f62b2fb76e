# expect: K048 line 14
"""A select as a branch of another."""

from model import Spec, any_of, first, task
from model.token import Token


class Branches(Spec):
    stop = Token()
    done = Token()

    @task
    async def run(self):
        await first(stop=any_of(self.stop.fired(), done=self.done.fired()))
