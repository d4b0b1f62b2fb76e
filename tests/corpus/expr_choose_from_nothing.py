"""Choosing from an empty Set is a range violation."""

from model import Expect, Int, Set, Spec, choose, step, task


class Choose(Spec):
    pool = Set(Int(0, 2))
    c = Int(0, 2)

    @task
    async def run(self):
        await step()
        self.c = choose(self.pool)

    EXPECTED = (Expect("range", states=1, transitions=0, depth=1),)
