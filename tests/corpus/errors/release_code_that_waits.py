# expect: K049 line 15

from model import Bool, Spec, first, step, task
from model.token import Token


class Releasing(Spec):
    token = Token()
    a = Bool()

    async def work(self):
        try:
            await step()
        finally:
            await step()
            self.a = True

    @task
    async def run(self):
        await first(work=self.work(), stop=self.token.fired())
