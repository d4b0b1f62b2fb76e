"""Helpers: with results, with effects, nested, with a local of the same name as the caller's."""

from model import Expect, Int, Spec, sometimes, step, task


class Helpers(Spec):
    n = Int(0, 20)

    def add(self, x):
        y = x + 1
        self.n += y
        return y

    def both_times(self, x):
        y = self.add(x)
        z = self.add(y)
        return y + z

    @task
    async def run(self):
        y = 4
        await step()
        z = self.both_times(1)
        self.n += y + z

    @sometimes
    def done(self):
        return self.n == 2 + 3 + 4 + 5

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
