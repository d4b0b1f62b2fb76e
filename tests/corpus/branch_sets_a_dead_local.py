"""A local that only one side of a branch sets, and nobody reads any more, does not tell states apart."""

from model import Bool, Expect, Int, Spec, any_value, choose, step, task


class DeadLocal(Spec):
    long = Bool(init=any_value)
    n = Int(0, 2)

    @task
    async def run(self):
        await step()
        if self.long:
            extra: Int(0, 2) = choose((1, 2))
            self.n = min(extra, 1)
        self.long = False
        await step()
        extra = self.n
        await step()
        self.n = 2 - extra

    EXPECTED = (Expect("holds", states=8, transitions=7, depth=4),)
