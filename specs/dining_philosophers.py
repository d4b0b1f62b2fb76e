"""Dining philosophers: a ring of mutexes, each task needs two (Dijkstra, EWD 310, 1971).

`order=naive`: everybody takes the left fork first, so that all may hold one and wait for the other.
`order=ordered`: the fork with the lower number first (Dijkstra's own cure). A fork is a FIFO mutex, so nobody is
overtaken for ever. What is abstracted away: eating and thinking take their time, but always end.
"""

from model import Expect, Int, Map, Spec, at, param, progress, sometimes, step, task
from model.mutex import Mutex


class DiningPhilosophers(Spec):
    n = param(Int(2, 6), default=3)
    order = param("naive", "ordered", default="naive")

    Seat = Int(0, n - 1)

    fork = Map(Seat, Mutex())

    @task(over=Seat)
    async def philosopher(self, me):
        while True:
            await at("think", step())
            with await at("first fork", self.fork[self.first_fork(me)].lock()):
                with await at("second fork", self.fork[self.second_fork(me)].lock()):
                    await at("eat", step())

    def first_fork(self, me: Seat) -> Seat:
        return self.left(me) if self.order == "naive" else min(self.left(me), self.right(me))

    def second_fork(self, me: Seat) -> Seat:
        return self.right(me) if self.order == "naive" else max(self.left(me), self.right(me))

    def left(self, me: Seat) -> Seat:
        return me

    def right(self, me: Seat) -> Seat:
        return (me + 1) % self.n

    everybody_eats = progress(philosopher, to=lambda self, me: self.philosopher[me].at("eat"))

    @sometimes(when=n >= 4)
    def two_eat(self):
        return sum(1 for seat in self.Seat if self.philosopher[seat].at("eat")) == 2

    EXPECTED = (
        Expect("deadlock", states=54, transitions=114, depth=7),
        Expect("deadlock", n=2, states=15, transitions=20, depth=5),
        Expect("deadlock", n=5, states=783, transitions=2820, depth=11),
        Expect("holds", order="ordered", n=2, states=13, transitions=20, depth=5),
        Expect("holds", order="ordered", states=50, transitions=109, depth=7),
        Expect("holds", order="ordered", n=4, states=189, transitions=552, depth=9),
        Expect("holds", order="ordered", n=5, states=717, transitions=2611, depth=11),
    )
