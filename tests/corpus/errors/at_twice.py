# expect: K052 line 13
"""A wait of two names."""

from model import Spec, at, rest, task
from model.token import Token


class Twice(Spec):
    stop = Token()

    @task
    async def run(self):
        await at("stop", rest(at("halt", self.stop.fired())))
