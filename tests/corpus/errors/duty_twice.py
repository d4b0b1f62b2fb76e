# expect: K052 line 13
"""A wait of two duties."""

from model import Spec, may, obliged, task
from model.token import Token


class Twice(Spec):
    stop = Token()

    @task
    async def run(self):
        await may(obliged(self.stop.fired()))
