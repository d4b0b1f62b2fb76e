"""What only the drop of a wait reads is kept while it waits."""

from model import Bool, Expect, Int, Spec, awaitable, choose, first, sometimes, step, task, wait
from model.token import Token


class Carried(Spec):
    ready = Bool()
    left = Int(0, 2)
    stop = Token()

    @awaitable
    def turn(self, place):
        def ready():
            return self.ready

        def drop():
            self.left = place

        return wait(ready, drop)

    async def works(self):
        place: Int(0, 2) = 0
        place = choose((1, 2))
        await self.turn(place)

    @task
    async def run(self):
        await first(stopped=self.stop.fired(), worked=self.works())

    @task
    async def stopper(self):
        await step()
        self.stop.cancel()

    @sometimes
    def left_in_the_first(self):
        return self.left == 1

    @sometimes
    def left_in_the_second(self):
        return self.left == 2

    EXPECTED = (Expect("holds"),)
