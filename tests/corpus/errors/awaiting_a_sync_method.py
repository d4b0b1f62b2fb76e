# expect: K048 line 12

from model import Spec, task
from model.token import Token


class Awaiting(Spec):
    token = Token()

    @task
    async def run(self):
        await self.token.cancel()
