"""A `while` that need not await, within a `for` that may: each round of the outer loop comes to it anew."""

from model import Bool, Expect, Int, Spec, invariant, sometimes, step, task


class Loops(Spec):
    busy = Bool(init=True)
    rounds = Int(0, 2)

    @task
    async def run(self):
        for _ in range(2):
            while self.busy:
                await step()
                self.busy = False
            self.rounds += 1

    @invariant
    def idle_rounds_take_no_time(self):
        return self.rounds in (0, 2)

    @sometimes
    def both_rounds(self):
        return self.rounds == 2

    EXPECTED = (Expect("holds", states=3, transitions=2, depth=3),)
