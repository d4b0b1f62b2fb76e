"""An invariant that a reachable state breaks."""

from model import Expect, Int, Spec, invariant, step, task


class Invariant(Spec):
    n = Int(0, 3)

    @task
    async def run(self):
        while self.n < 3:
            await step()
            self.n += 1

    @invariant
    def small(self):
        return self.n < 3

    EXPECTED = (Expect("invariant", states=5, transitions=4, depth=5),)
