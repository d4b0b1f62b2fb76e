"""Async helpers: inlined where awaited, with results and early returns."""

from model import Bool, Expect, Int, Spec, any_value, invariant, sometimes, step, task


class Helpers(Spec):
    quick = Bool(init=any_value)
    n = Int(0, 9)

    async def fetch(self, x):
        if self.quick:
            return x
        await step()
        return x + 1

    @task
    async def run(self):
        a = await self.fetch(1)
        b = await self.fetch(a)
        self.n = a + b

    @invariant
    def right(self):
        return self.n == 0 or self.n == (2 if self.quick else 5)

    @sometimes
    def slow(self):
        return self.n == 5

    EXPECTED = (Expect("holds", states=6, transitions=4, depth=4),)
