# expect: K048 line 14
"""Two branches of one name: the second would hide the first."""

from model import Spec, first, task
from model.token import Token


class Branches(Spec):
    stop = Token()
    done = Token()

    @task
    async def run(self):
        await first(self.stop.fired(), fired=self.done.fired())
