"""`while` with an await in it: each round is a step."""

from model import Expect, Int, Spec, sometimes, step, task


class While(Spec):
    n = Int(0, 5)

    @task
    async def run(self):
        while self.n < 5:
            await step()
            self.n += 1

    @sometimes
    def gets_there(self):
        return self.n == 5 and self.run.finished

    EXPECTED = (Expect("holds", states=7, transitions=6, depth=7),)
