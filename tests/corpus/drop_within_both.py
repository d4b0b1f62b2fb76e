"""A branch that loses while it waits for branches of its own: they are dropped with it, where they stand."""

from model import Bool, Expect, Int, Spec, awaitable, both, first, invariant, sometimes, step, task, wait
from model.token import Token


class Within(Spec):
    ready = Bool()
    waiting = Int(0, 2)
    stop = Token()

    @awaitable
    def turn(self):
        def start():
            self.waiting += 1

        def ready():
            return self.ready

        def drop():
            self.waiting -= 1

        return wait(start, ready, drop)

    async def turns(self):
        await step()
        await self.turn()

    async def works(self):
        await both(one=self.turn(), other=self.turns())

    @task
    async def run(self):
        await first(stopped=self.stop.fired(), worked=self.works())

    @task
    async def stopper(self):
        await step()
        self.stop.cancel()

    @invariant
    def nobody_is_left(self):
        return not self.run.finished or self.waiting == 0

    @sometimes
    def both_wait(self):
        return self.waiting == 2

    EXPECTED = (Expect("holds", states=17, transitions=27, depth=7),)
