"""A branch of `first` may be a helper that waits several times; the loser is dropped where it stands."""

from model import Expect, Int, Spec, first, sometimes, step, task
from model.mutex import Mutex
from model.token import Token


class Branches(Spec):
    mutex = Mutex()
    token = Token()
    got_to = Int(0, 2)
    over = Int(0, 1)

    async def work(self):
        with await self.mutex.lock():
            self.got_to = 1
            await step()
            self.got_to = 2
            await step()

    @task
    async def run(self):
        await first(work=self.work(), stopped=self.token.fired())
        self.over = 1
        with await self.mutex.lock():
            await step()

    @task
    async def stopper(self):
        await step()
        self.token.cancel()

    @sometimes
    def dropped_holding_it(self):
        return self.over == 1 and self.got_to == 1

    @sometimes
    def finished(self):
        return self.run.finished and self.got_to == 2

    EXPECTED = (Expect("holds", states=24, transitions=33, depth=9),)
