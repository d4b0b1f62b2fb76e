"""A bounded FIFO channel (tokio's `mpsc::channel`): what `send` waits for is room, what `recv` waits for is a value.

Senders get room in the order in which they came, as tokio's do: a channel is a FIFO semaphore with a queue behind it.
"""

from model import Actor, Block, Bool, Int, Option, Seq, Type, awaitable, me, move, param, wait


class Channel(Block):
    """`send` gives False when the receiver is gone, `recv` gives None when every sender is gone and all is read.

    Cancel-safe: a `recv` that is dropped has taken nothing; a `send` that is dropped has sent nothing, but its
    value is dropped with it and its place in the queue is lost. The ends are dropped by `drop_sender` (once for
    each of the `senders`) and `drop_receiver`, which drops what is queued.
    """

    Item = param(Type)
    capacity = param(Int(1, 9), default=1)
    senders = param(Int(1, 9), default=1)  # how many there are; the last to go closes the channel

    queue = Seq(Item, capacity)
    waiting = Seq(Actor)  # senders in the order in which they came; a single one needs no queue
    senders_left = Int(0, senders, init=senders)
    receiver_gone = Bool()

    @awaitable
    def send(self, item: Item):
        def start():
            if self.senders > 1:
                self.waiting.append(me())

        def ready():
            return (self.receiver_gone or self.senders == 1 or self.waiting[0] == me()) and (
                self.receiver_gone or len(self.queue) < self.capacity
            )

        def finish():
            if self.senders > 1:
                self.waiting.remove(me())
            if self.receiver_gone:
                return False
            self.queue.append(move(item))
            return True

        def drop():
            if self.senders > 1:
                self.waiting.remove(me())

        return wait(start, ready, finish, drop)

    @awaitable
    def recv(self):
        def ready():
            return len(self.queue) > 0 or self.senders_left == 0

        def finish():
            if len(self.queue) == 0:
                return None
            return self.queue.pop(0)

        def idle():
            return len(self.queue) == 0 and self.senders_left > 0

        return wait(ready, finish, idle)

    def drop_sender(self):
        self.senders_left -= 1

    def drop_receiver(self):
        self.receiver_gone = True
        self.queue.clear()


class Oneshot(Block):
    """A channel for one value, sent without waiting (tokio's `oneshot`).

    `recv` gives None when the sender went without sending. Cancel-safe: a `recv` that is dropped took nothing.
    """

    Item = param(Type)

    value = Option(Item)
    sender_gone = Bool()  # sending uses the sender up

    @awaitable
    def recv(self):
        def ready():
            return self.sender_gone

        def finish():
            if self.value is None:
                return None
            return move(self.value)

        return wait(ready, finish)

    def send(self, item: Item):
        assert not self.sender_gone, "a oneshot sends once"
        self.value = move(item)
        self.sender_gone = True

    def drop_sender(self):
        self.sender_gone = True
