"""A FIFO semaphore (tokio's `sync::Semaphore`): `acquire(k)` waits for k of n permits at once."""

from model import Actor, Block, Int, Key, Record, Seq, awaitable, count, me, own, owned, param, wait


class Semaphore(Block):
    """`with await self.slots.acquire(2):` holds two permits until the value is dropped.

    Permits are values in slots, never a bare counter: what is free is what nobody holds, and the wait-for graph
    names the holders. Given in the order in which they were asked for, and all at once: while the first in the queue
    waits for many, those behind it who want few wait too. An `acquire` that is dropped loses its place.
    """

    permits = param(Int(1, 9), default=1)

    Unit = Int(1, permits)
    Permit = Record(semaphore=Key, units=Unit)

    waiting = Seq(Actor)

    @awaitable
    def acquire(self, units: Unit):
        def start():
            self.waiting.append(me())

        def ready():
            return (
                self.waiting[0] == me()
                and count(p.semaphore == self.key and p.units >= unit for p in owned(self.Permit) for unit in self.Unit)
                <= self.permits - units
            )

        def finish():
            self.waiting.pop(0)
            return own(self.Permit(semaphore=self.key, units=units))

        def drop():
            self.waiting.remove(me())

        return wait(start, ready, finish, drop)
