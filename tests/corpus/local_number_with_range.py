"""A local number that changes has a range; leaving it is a range violation."""

from model import Expect, Int, Spec, param, step, task


class Local(Spec):
    top = param(Int(2, 4), default=4)
    n = Int(0, 9)

    @task
    async def run(self):
        i: Int(0, 3) = 0
        while i < self.top:
            await step()
            i += 1
            self.n = i

    EXPECTED = (
        Expect("range", states=4, transitions=3, depth=4),
        Expect("holds", top=3, states=4, transitions=3, depth=4),
    )
