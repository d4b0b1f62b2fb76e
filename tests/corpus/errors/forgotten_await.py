# expect: K040 line 13

from model import Spec, step, task
from model.token import Token


class Forgetting(Spec):
    token = Token()

    @task
    async def run(self):
        await step()
        self.token.fired()
