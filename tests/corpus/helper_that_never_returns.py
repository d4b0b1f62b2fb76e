"""What needs the value of a helper that never returns at these parameters is never reached."""

from model import Expect, Int, Spec, first, invariant, param, step, task


class Never(Spec):
    ends = param("yes", "no", default="no")
    n = Int(0, 2)

    async def work(self):
        while self.ends == "no" or self.n == 0:
            await step()
            self.n = 1
        return True

    async def after(self, worked):
        self.n = 2

    @task
    async def run(self):
        if await self.work():
            self.n = 2

    @task
    async def other(self):
        try:
            await first(after=self.after(await self.work()), work=self.work())
        finally:
            self.n = 2

    @invariant
    def work_goes_on(self):
        return self.n < 2

    EXPECTED = (
        Expect("holds", states=2, transitions=4, depth=2),
        Expect("invariant", ends="yes", states=6, transitions=6, depth=3),
    )
