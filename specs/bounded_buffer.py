"""A bounded buffer with a condition variable (the BlockingQueue of many TLA+ courses; M. Kuppe after C. Boyapati).

Producers wait while the buffer is full, consumers while it is empty; who changes it wakes somebody. With one condition
for both (`conditions=one`) and `wake=one` the wake-up may reach a task of the same kind: it looks, waits again, and the
notification is gone. Cures: wake all, or let producers and consumers wait on a condition each.

What is abstracted away: items have no content. The mutex of a condition variable is not written down: between two
awaits nobody else runs.
"""

from model import Expect, Int, Spec, at, param, progress, sometimes, step, task
from model.notify import Notify


class BoundedBuffer(Spec):
    producers = param(Int(1, 4), default=2)
    consumers = param(Int(1, 4), default=1)
    capacity = param(Int(1, 3), default=1)
    conditions = param("one", "two", default="one")
    wake = param("one", "all", default="one")

    Producer = Int(0, producers - 1)
    Consumer = Int(0, consumers - 1)

    items = Int(0, capacity)
    changed = Notify(stored=False)
    room = Notify(stored=False)

    @task(over=Producer)
    async def producer(self, me):
        while True:
            await at("produce", step())
            while self.items == self.capacity:
                if self.conditions == "one":
                    await self.changed.notified()
                else:
                    await self.room.notified()
            self.items += 1
            self.wake_somebody()

    @task(over=Consumer)
    async def consumer(self, me):
        while True:
            await at("consume", step())
            while self.items == 0:
                await self.changed.notified()
            self.items -= 1
            if self.conditions == "one":
                self.wake_somebody()
            elif self.wake == "one":
                self.room.notify_one()
            else:
                self.room.notify_all()

    def wake_somebody(self):
        if self.wake == "one":
            self.changed.notify_one()
        else:
            self.changed.notify_all()

    producer_goes_on = progress(producer)
    consumer_goes_on = progress(consumer)

    @sometimes
    def full(self):
        return self.items == self.capacity

    @sometimes
    def emptied(self):
        return self.items == 0 and len(self.changed.waiting) == self.consumers

    EXPECTED = (
        Expect("deadlock", states=38, transitions=72, depth=9),
        Expect("deadlock", producers=1, consumers=2, states=38, transitions=72, depth=8),
        Expect("holds", producers=1, states=8, transitions=12, depth=5),
        Expect("holds", capacity=2, states=35, transitions=83, depth=10),
        Expect("deadlock", producers=3, consumers=2, capacity=2, states=753, transitions=2299, depth=24),
        Expect("holds", wake="all", states=26, transitions=58, depth=7),
        Expect("holds", conditions="two", states=30, transitions=64, depth=8),
        Expect("holds", conditions="two", producers=3, consumers=2, capacity=2, states=355, transitions=1337, depth=12),
    )
