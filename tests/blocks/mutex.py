"""Conformance of `Mutex`: exclusion, first come first served, a lock dropped while it waits, two taken crosswise."""

from model import Bool, Expect, Int, Map, Seq, Spec, first, invariant, may, param, sometimes, step, task
from model.mutex import Mutex
from model.token import Token


class MutexSuite(Spec):
    workers = param(Int(2, 3), default=3)
    cancelled = param(Bool(), default=False)
    crosswise = param(Bool(), default=False)

    Worker = Int(0, workers - 1)

    mutex = Mutex()
    other = Mutex()
    stop = Token()
    arrived = Seq(Worker, workers)
    inside = Map(Worker, Bool())
    given_up = Bool()

    @task(over=Worker, when=not crosswise)
    async def worker(self, me):
        self.arrived.append(me)
        if self.cancelled and me == 0:
            got = await first(guard=self.mutex.lock(), stopped=self.stop.fired())
            if got.stopped:
                self.arrived.remove(me)
                self.given_up = True
                return
            await self.work(me)
        else:
            with await self.mutex.lock():
                await self.work(me)

    async def work(self, me):
        assert self.arrived[0] == me, "first come, first served"
        self.arrived.pop(0)
        self.inside[me] = True
        await step()
        self.inside[me] = False

    @task(duty=may, when=cancelled)
    async def canceller(self):
        self.stop.cancel()

    @task(when=crosswise)
    async def left(self):
        with await self.mutex.lock():
            with await self.other.lock():
                await step()

    @task(when=crosswise)
    async def right(self):
        with await self.other.lock():
            with await self.mutex.lock():
                await step()

    @invariant
    def exclusion(self):
        return sum(1 for w in self.Worker if self.inside[w]) <= 1

    @sometimes(when=not crosswise)
    def all_wait_but_one(self):
        return len(self.arrived) == self.workers - 1 and any(self.inside[w] for w in self.Worker)

    @sometimes(when=cancelled)
    def somebody_gives_up_while_another_holds_it(self):
        return self.given_up and any(self.inside[w] for w in self.Worker)

    EXPECTED = (
        Expect("holds", states=68, transitions=108, depth=10),
        Expect("holds", cancelled=True, states=151, transitions=318, depth=11),
        Expect("deadlock", crosswise=True, states=17, transitions=20, depth=5),
    )
