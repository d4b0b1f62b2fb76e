"""neon's `Gate` (libs/utils/src/sync/gate.rs): who is inside holds a guard; `close` waits until nobody is."""

from model import Actor, Block, Bool, Key, Record, Set, awaitable, me, own, owned, wait


class Gate(Block):
    """`enter` never waits: it gives a guard, or None once a `close` has begun. A guard is released by being dropped.

    Who is inside is read off the guards themselves, wherever they are (`owned(Guard)`), so that the wait-for graph
    says in which slot the guard is that `close` waits for.

    `close` shuts the gate in the step that reaches it (the first poll of the original takes all free units); cancelling
    something and closing its gate are two steps, and between them `enter` still succeeds. Several may close; all return
    after the last guard is gone. Not cancel-safe: if every `close` is dropped before that, `enter` succeeds again.
    """

    Guard = Record(gate=Key)

    closers = Set(Actor)  # who is in `close`
    closed = Bool()  # for good: a `close` has returned

    def enter(self):
        if self.closed or len(self.closers) > 0:
            return None
        return own(self.Guard(gate=self.key))

    @awaitable
    def close(self):
        def start():
            self.closers.add(me())

        def ready():
            return all(guard.gate != self.key for guard in owned(self.Guard))

        def finish():
            self.closers.discard(me())
            self.closed = True

        def drop():
            self.closers.discard(me())

        return wait(start, ready, finish, drop)
