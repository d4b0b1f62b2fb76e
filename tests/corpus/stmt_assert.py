"""`assert`: a violation with its message."""

from model import Expect, Int, Spec, step, task


class Assert(Spec):
    n = Int(0, 3)

    @task
    async def run(self):
        for _ in range(3):
            await step()
            self.n += 1
            assert self.n < 3, "three is too much"

    EXPECTED = (Expect("assertion", states=3, transitions=2, depth=3),)
