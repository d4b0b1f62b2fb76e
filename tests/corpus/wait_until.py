"""Conditions waited for where they are written: alone, in `both` with a local of the parent, in `first`, resting."""

from model import Bool, Expect, Int, Spec, at, both, first, progress, rest, step, task, until


class Until(Spec):
    n = Int(0, 3)
    stop = Bool()

    async def up(self):
        await step()
        self.n += 1

    @task
    async def counts(self):
        least: Int(0, 3) = 1
        await both(up=self.up(), enough=until(lambda: self.n >= least))
        await self.up()
        got = await first(stop=until(lambda: self.stop), more=until(lambda: self.n > least + 1))
        assert got.more == (not got.stop)

    @task
    async def stops(self):
        await at("two", until(lambda: self.n == 2 and not self.stop))
        self.stop = True

    @task
    async def serves(self):
        await rest(until(lambda: self.n == 3))

    ends = progress(counts)

    EXPECTED = (Expect("holds", states=12, transitions=13, depth=10),)
