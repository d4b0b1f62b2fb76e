# expect: K048 line 14
"""A select without a branch."""

from model import Spec, first, task
from model.token import Token


class Branches(Spec):
    stop = Token()
    done = Token()

    @task
    async def run(self):
        await first()
