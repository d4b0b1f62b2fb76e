"""`step()` lets others run: an increment over two steps loses updates."""

from model import Bool, Expect, Int, Spec, invariant, param, step, task


class Lost(Spec):
    atomic = param(Bool(), default=False)
    Worker = Int(0, 1)
    n = Int(0, 2)

    @task(over=Worker)
    async def worker(self, me):
        seen = self.n
        if not self.atomic:
            await step()
        self.n = seen + 1

    @invariant
    def none_lost(self):
        return not all(self.worker[w].finished for w in self.Worker) or self.n == 2

    EXPECTED = (
        Expect("invariant", states=12, transitions=14, depth=5),
        Expect("holds", atomic=True, states=4, transitions=4, depth=3),
    )
