"""What branches give may have other values in each round of a loop that is unrolled: the variable has all of them."""

from model import Expect, Spec, both, first, progress, step, task


class Rounds(Spec):
    @task
    async def run(self):
        for n in (1, 2):
            got = await both(one=self.given(n), two=self.true())
            assert got.one == n
        for n in (2, 3):
            won = await first(one=self.given(n), two=self.true())
            if won.one is not None:
                assert won.one == n

    async def given(self, n):
        await step()
        return n

    async def true(self):
        await step()
        return True

    ends = progress(run)

    EXPECTED = (Expect("holds", states=36, transitions=51, depth=18),)
