"""A numeric parameter may have any range: only what is gone through value by value must be small."""

from model import Expect, Int, Spec, param, step, task


class Wide(Spec):
    limit = param(Int(1, 1_000_000), default=5)
    n = Int(0, limit)

    @task
    async def run(self):
        await step()
        self.n = 1

    EXPECTED = (
        Expect("holds", states=2, transitions=1, depth=2),
        Expect("holds", limit=70_000, states=2, transitions=1, depth=2),
    )
