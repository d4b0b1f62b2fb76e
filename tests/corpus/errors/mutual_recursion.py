# expect: K014 line 13

from model import Int, Spec, step, task


class Recursing(Spec):
    a = Int(0, 9)

    def ping(self):
        return self.pong()

    def pong(self):
        return self.ping()

    @task
    async def run(self):
        await step()
        self.a = self.ping()
