# expect: K048 line 14
"""A branch that names its await point."""

from model import Spec, at, first, task
from model.token import Token


class Branches(Spec):
    stop = Token()
    done = Token()

    @task
    async def run(self):
        await first(stop=at("stop", self.stop.fired()), done=self.done.fired())
