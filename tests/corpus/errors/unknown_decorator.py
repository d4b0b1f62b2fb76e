# expect: K050 line 13

from model import Bool, Spec, step, task


def traced(method):
    return method


class Decorated(Spec):
    a = Bool()

    @traced
    def helper(self):
        return self.a

    @task
    async def run(self):
        await step()
        self.a = self.helper()
