"""Conformance of `Semaphore`: permits conserved, first come first served, a wait dropped, too many asked."""

from model import Bool, Expect, Int, Map, Seq, Spec, first, invariant, may, param, sometimes, step, task
from model.semaphore import Semaphore
from model.token import Token


class SemaphoreSuite(Spec):
    permits = param(Int(1, 3), default=2)
    nested = param(Bool(), default=False)  # each takes one permit and then, holding it, another
    cancelled = param(Bool(), default=False)

    Worker = Int(0, 2)

    slots = Semaphore(permits)
    stop = Token()
    arrived = Seq(Worker, 3)
    held = Map(Worker, Int(0, permits))
    given_up = Bool()

    @task(over=Worker, when=not nested)
    async def worker(self, me):
        wanted = self.permits if me == 0 else 1
        self.arrived.append(me)
        if self.cancelled and me == 0:
            got = await first(permit=self.slots.acquire(wanted), stopped=self.stop.fired())
            if got.stopped:
                self.arrived.remove(me)
                self.given_up = True
                return
            await self.work(me, wanted)
        else:
            with await self.slots.acquire(wanted):
                await self.work(me, wanted)

    async def work(self, me, wanted):
        assert self.arrived[0] == me, "first come, first served"
        self.arrived.pop(0)
        self.held[me] = wanted
        await step()
        self.held[me] = 0

    @task(over=Worker, when=nested)
    async def upload(self, me):
        with await self.slots.acquire(1):
            self.held[me] = 1
            with await self.slots.acquire(1):
                self.held[me] = 2
            self.held[me] = 0

    @task(duty=may, when=cancelled)
    async def canceller(self):
        self.stop.cancel()

    @invariant
    def permits_are_conserved(self):
        return sum(self.held[w] for w in self.Worker) <= self.permits

    @sometimes(when=cancelled)
    def many_gives_up_while_few_wait(self):
        return self.given_up and len(self.arrived) > 0

    @sometimes
    def all_are_out(self):
        return sum(self.held[w] for w in self.Worker) == self.permits

    @sometimes(when=permits > 1 and not nested)
    def few_wait_behind_many(self):
        return len(self.arrived) == 2 and self.arrived[0] == 0 and sum(self.held[w] for w in self.Worker) < self.permits

    EXPECTED = (
        Expect("holds", states=71, transitions=121, depth=10),
        Expect("holds", permits=1, states=68, transitions=108, depth=10),
        Expect("holds", permits=3, states=71, transitions=121, depth=10),
        Expect("holds", cancelled=True, states=158, transitions=352, depth=11),
        Expect(
            "deadlock", nested=True, states=64, transitions=69, depth=5
        ),  # neon #12873: an upload that takes a second permit of the same semaphore
    )
