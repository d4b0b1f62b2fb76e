"""A number above its range is a range violation, never a wrap."""

from model import Expect, Int, Spec, step, task


class Above(Spec):
    n = Int(0, 3)

    @task
    async def run(self):
        while True:
            await step()
            self.n += 1

    EXPECTED = (Expect("range", states=4, transitions=3, depth=4),)
