"""A slot that only a branch empties is in reach as long as the branch may still be started."""

from model import Bool, Expect, Int, Own, Record, Spec, awaitable, both, drop, move, own, step, task, wait


class Branches(Spec):
    Permit = Record(n=Int(0, 2))
    slot = Own(Permit)
    b = Bool()

    @awaitable
    def take(self):
        def ready():
            return self.slot is not None

        def finish():
            return move(self.slot)

        return wait(ready, finish)

    @awaitable
    def never(self):
        def ready():
            return self.b

        return wait(ready)

    @task
    async def fill(self):
        self.slot = own(self.Permit(n=1))
        self.b = True

    @task
    async def run(self):
        await step()
        got = await both(a=self.never(), c=self.take())
        drop(got.c)

    EXPECTED = (Expect("holds", states=16, transitions=24, depth=8),)
