"""The RCU cell that holds a timeline's GC cutoff (`utils/src/simple_rcu.rs`, PAGE_SERVICE 17)."""

from model import Block, Int, Key, Own, Record, awaitable, own, owned, wait


class Rcu(Block):
    """Two versions are enough to tell the readers `store` waits for from those that came after it."""

    Guard = Record(cell=Key, version=Int(0, 1))

    version = Int(0, 1)

    def read(self) -> Own(Guard):
        return own(self.Guard(cell=self.key, version=self.version))

    def store(self):
        self.version = 1

    @awaitable
    def readers_gone(self):
        """`RcuWaitList::wait`: looks at no cancellation token."""

        def ready():
            return all(guard.cell != self.key or guard.version == 1 for guard in owned(self.Guard))

        return wait(ready)
