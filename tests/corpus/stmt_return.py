"""`return` out of nested loops and a `with`; a helper's `return` ends the helper only."""

from model import Expect, Int, Spec, sometimes, step, task


class Return(Spec):
    n = Int(0, 9)
    found = Int(0, 9)

    def square_above(self, bound):
        for i in range(4):
            if i * i > bound:
                return i
        return 0

    @task
    async def run(self):
        await step()
        self.found = self.square_above(3)
        for i in range(3):
            for j in range(3):
                await step()
                if i == 1 and j == 1:
                    return
                self.n += 1

    @sometimes
    def done(self):
        return self.run.finished and self.n == 4 and self.found == 2

    EXPECTED = (Expect("holds", states=7, transitions=6, depth=7),)
