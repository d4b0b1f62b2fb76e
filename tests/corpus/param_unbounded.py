"""Parameters that may stay unknown: bounds of numbers, capacities of sequences of equal items, ends of loops."""

from model import Expect, Int, Own, Record, Seq, Spec, at, awaitable, drop, invariant, move, param, progress, task, wait


class Unbounded(Spec):
    jobs = param(Int(1, 9), default=3, unbounded=True)
    room = param(Int(1, 9), default=2, unbounded=True)

    Only = Int(7, 7)
    queue = Seq(Only, room)
    done = Int(0, jobs)
    Parcel = Record(items=Seq(Only, room), count=Int(0, room))
    parcel = Own(Parcel)

    @awaitable
    def put(self):
        def ready():
            return len(self.queue) < self.room

        def finish():
            self.queue.append(7)

        return wait(ready, finish)

    @awaitable
    def take(self):
        def ready():
            return 7 in self.queue

        def finish():
            return self.queue.pop(0)

        return wait(ready, finish)

    @task
    async def producer(self):
        for _ in range(self.jobs):
            await self.put()

    @task
    async def consumer(self):
        while self.done < self.jobs:
            item = await at("take", self.take())
            if self.parcel is None:
                self.parcel = self.Parcel(count=1)
                self.parcel.items.append(item)
            else:
                parcel = move(self.parcel)
                parcel.items.remove(item)
                parcel.count -= 1
            self.done += 1
        if self.parcel is not None:
            drop(self.parcel)

    ends = progress(consumer)

    @invariant
    def all_alike(self):
        return all(item == 7 for item in self.queue) and not any(item != self.queue[0] for item in self.queue)

    @invariant
    def counted(self):
        return self.parcel is None or len(self.parcel.items) == self.parcel.count

    EXPECTED = (
        Expect("holds", states=12, transitions=15, depth=8),
        Expect("holds", jobs=1, room=1, states=5, transitions=5, depth=4),
    )
