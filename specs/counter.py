"""A counter that several tasks increment: read, do something else, write back.

The lost update, as in any first lesson on threads; in async Rust it takes a read, an `.await` and a write of one
shared cell. What is abstracted away: the counter is only counted up, once by each worker.
"""

from model import Expect, Int, Spec, at, invariant, param, progress, sometimes, step, task
from model.mutex import Mutex


class Counter(Spec):
    workers = param(Int(1, 4), default=2)
    lock = param("off", "on", default="off")

    Worker = Int(0, workers - 1)

    total = Int(0, workers)
    done = Int(0, workers)
    mutex = Mutex()

    @task(over=Worker)
    async def worker(self, me):
        if self.lock == "on":
            with await self.mutex.lock():
                await self.increment()
        else:
            await self.increment()

    async def increment(self):
        seen = self.total
        await at("between", step())  # others run here
        self.total = seen + 1
        self.done += 1

    worker_ends = progress(worker)

    @invariant
    def nothing_is_lost(self):
        return self.total == self.done

    @sometimes
    def all_done(self):
        return self.done == self.workers

    EXPECTED = (
        Expect("invariant", states=12, transitions=14, depth=5),
        Expect("invariant", workers=3, states=41, transitions=54, depth=5),
        Expect("holds", workers=1, states=3, transitions=2, depth=3),
        Expect("holds", lock="on", states=16, transitions=20, depth=7),
        Expect("holds", lock="on", workers=4, states=320, transitions=576, depth=13),
    )
