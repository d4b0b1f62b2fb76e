"""A value that is watched (tokio's `sync::watch`): receivers see the newest, not every one."""

from model import Block, Bool, Map, Type, awaitable, param, wait


class Watch(Block):
    """`Watch(Status, Receiver)`: `send(value)` replaces the value; `await changed(receiver)` waits for an unseen one.

    Of versions only this matters: has this receiver seen the newest? So no counter grows. At first all have.
    `changed` marks it seen and gives True, or gives False when the sender is gone and the newest is seen; the value is
    read as `value`. Cancel-safe: a `changed` that is dropped has marked nothing.
    """

    Value = param(Type)
    Receiver = param(Type)

    value = Value
    seen = Map(Receiver, Bool(), init=True)
    sender_gone = Bool()

    def send(self, value: Value):
        self.value = value
        for receiver in self.Receiver:
            self.seen[receiver] = False

    def drop_sender(self):
        self.sender_gone = True

    @awaitable
    def changed(self, receiver: Receiver):
        def ready():
            return not self.seen[receiver] or self.sender_gone

        def finish():
            if self.seen[receiver]:
                return False
            self.seen[receiver] = True
            return True

        def idle():
            return self.seen[receiver] and not self.sender_gone

        return wait(ready, finish, idle)
