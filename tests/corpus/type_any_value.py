"""`init=any_value`: each value is an initial state."""

from model import Bool, Expect, Int, Spec, any_value, sometimes, step, task


class Any(Spec):
    n = Int(0, 2, init=any_value)
    b = Bool(init=any_value)

    @task
    async def run(self):
        await step()

    @sometimes
    def one(self):
        return self.n == 2 and self.b

    @sometimes
    def other(self):
        return self.n == 1 and not self.b

    EXPECTED = (Expect("holds", states=12, transitions=6, depth=2),)
