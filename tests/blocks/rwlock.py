"""Conformance of `RwLock`: readers share, a writer does not, fair in both directions, a reader that reads again."""

from model import Bool, Expect, Int, Map, Seq, Spec, first, invariant, may, param, sometimes, step, task
from model.rwlock import RwLock
from model.token import Token


class RwLockSuite(Spec):
    readers = param(Int(1, 2), default=2)
    cancelled = param(Bool(), default=False)
    again = param(Bool(), default=False)

    Reader = Int(0, readers - 1)
    Who = Int(0, readers)  # the writer is the last

    lock = RwLock()
    stop = Token()
    arrived = Seq(Who, readers + 1)
    reading = Map(Reader, Bool())
    writing = Bool()

    @task(over=Reader)
    async def reader(self, me):
        self.arrived.append(me)
        with await self.lock.read():
            assert self.arrived[0] == me, "first come, first served"
            self.arrived.pop(0)
            self.reading[me] = True
            await step()
            if self.again:
                with await self.lock.read():
                    await step()
            self.reading[me] = False

    @task
    async def writer(self):
        self.arrived.append(self.readers)
        got = await first(guard=self.lock.write(), stopped=self.stop.fired())
        if got.stopped:
            self.arrived.remove(self.readers)
            return
        assert self.arrived[0] == self.readers, "first come, first served"
        self.arrived.pop(0)
        self.writing = True
        await step()
        self.writing = False

    @task(duty=may, when=cancelled)
    async def canceller(self):
        self.stop.cancel()

    @invariant
    def exclusion(self):
        return not self.writing or not any(self.reading[r] for r in self.Reader)

    @sometimes
    def readers_share(self):
        return all(self.reading[r] for r in self.Reader)

    @sometimes(when=readers == 2 and not again)
    def a_reader_waits_behind_a_waiting_writer(self):
        return len(self.arrived) == 2 and self.arrived[0] == self.readers and any(self.reading[r] for r in self.Reader)

    EXPECTED = (
        Expect("holds", states=71, transitions=121, depth=10),
        Expect("holds", readers=1, states=16, transitions=20, depth=7),
        Expect("holds", cancelled=True, states=142, transitions=330, depth=10),
        Expect("deadlock", again=True, states=47, transitions=61, depth=5),  # read, a writer waits, read again
    )
