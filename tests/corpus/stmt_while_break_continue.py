"""`break` and `continue` in a loop that waits."""

from model import Expect, Int, Spec, invariant, sometimes, step, task


class Loops(Spec):
    n = Int(0, 9)
    odd = Int(0, 9)

    @task
    async def run(self):
        while True:
            await step()
            self.n += 1
            if self.n == 7:
                break
            if self.n % 2 == 0:
                continue
            self.odd += 1

    @invariant
    def counts_odd_numbers(self):
        return self.n == 7 or self.odd == (self.n + 1) // 2

    @sometimes
    def ends(self):
        return self.run.finished and self.n == 7 and self.odd == 3

    EXPECTED = (Expect("holds", states=8, transitions=7, depth=8),)
