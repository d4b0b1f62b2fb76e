# expect: K052 line 13
"""A wait said twice to rest."""

from model import Spec, may, rest, task
from model.token import Token


class Twice(Spec):
    stop = Token()

    @task
    async def run(self):
        await rest(may(rest(self.stop.fired())))
