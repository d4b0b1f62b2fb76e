"""A FIFO mutex (tokio's `sync::Mutex`)."""

from model import Actor, Block, Key, Record, Seq, awaitable, me, own, owned, wait


class Mutex(Block):
    """`with await self.mutex.lock():` holds it; it is free when the guard is dropped, wherever it was moved to.

    Locked in the order in which it was asked for: once released it belongs to the first who waits, also while that one
    is not running. Not cancel-safe in tokio's sense: a `lock` that is dropped loses its place.
    """

    Guard = Record(mutex=Key)

    waiting = Seq(Actor)

    @awaitable
    def lock(self):
        def start():
            self.waiting.append(me())

        def ready():
            return self.waiting[0] == me() and all(guard.mutex != self.key for guard in owned(self.Guard))

        def finish():
            self.waiting.pop(0)
            return own(self.Guard(mutex=self.key))

        def drop():
            self.waiting.remove(me())

        return wait(start, ready, finish, drop)

    def try_lock(self):
        """Give a guard if nobody holds it and nobody waits, else None."""
        if len(self.waiting) > 0 or any(guard.mutex == self.key for guard in owned(self.Guard)):
            return None
        return own(self.Guard(mutex=self.key))
