"""An index outside the key domain is a range violation."""

from model import Bool, Expect, Int, Map, Spec, step, task


class Maps(Spec):
    m = Map(Int(0, 2), Bool())
    i = Int(0, 5, init=3)

    @task
    async def run(self):
        await step()
        self.m[self.i] = True

    EXPECTED = (Expect("range", states=1, transitions=0, depth=1),)
