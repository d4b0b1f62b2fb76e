"""`for` over `range`, without an await: one step. With bounds from the state, and with an await."""

from model import Expect, Int, Spec, invariant, sometimes, step, task


class For(Spec):
    n = Int(0, 3)
    sum_up = Int(0, 9)
    steps = Int(0, 3)

    @task
    async def run(self):
        self.n = 3
        await step()
        for i in range(self.n):
            self.sum_up += i + 1
        await step()
        for i in range(1, 4):
            await step()
            self.steps = i

    @invariant
    def one_step(self):
        return self.sum_up in (0, 6)

    @sometimes
    def all_of_it(self):
        return self.run.finished and self.steps == 3 and self.sum_up == 6

    EXPECTED = (Expect("holds", states=7, transitions=6, depth=7),)
