"""Augmented assignments."""

from model import Expect, Int, Spec, sometimes, step, task


class Augmented(Spec):
    n = Int(-20, 20, init=3)

    @task
    async def run(self):
        await step()
        self.n += 4
        self.n *= 2
        self.n -= 1
        self.n //= 4
        self.n %= 2

    @sometimes
    def done(self):
        return self.run.finished and self.n == 1

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
