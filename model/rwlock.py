"""A FIFO read-write lock (tokio's `sync::RwLock`): fair, so that a waiting writer holds up later readers."""

from model import Actor, Block, Key, Record, Seq, awaitable, me, own, owned, wait


class RwLock(Block):
    """`with await self.map.read():` shares it with other readers, `with await self.map.write():` with nobody.

    Given in the order in which it was asked for: a reader that comes after a waiting writer waits for it, even while
    others read. (So a reader that reads again while a writer waits is a deadlock.) Dropped waits lose their place.
    """

    ReadGuard = Record(lock=Key)
    WriteGuard = Record(lock=Key)

    waiting = Seq(Actor)

    @awaitable
    def read(self):
        def start():
            self.waiting.append(me())

        def ready():
            return self.waiting[0] == me() and all(guard.lock != self.key for guard in owned(self.WriteGuard))

        def finish():
            self.waiting.pop(0)
            return own(self.ReadGuard(lock=self.key))

        def drop():
            self.waiting.remove(me())

        return wait(start, ready, finish, drop)

    @awaitable
    def write(self):
        def start():
            self.waiting.append(me())

        def ready():
            return (
                self.waiting[0] == me()
                and all(guard.lock != self.key for guard in owned(self.ReadGuard))
                and all(guard.lock != self.key for guard in owned(self.WriteGuard))
            )

        def finish():
            self.waiting.pop(0)
            return own(self.WriteGuard(lock=self.key))

        def drop():
            self.waiting.remove(me())

        return wait(start, ready, finish, drop)
