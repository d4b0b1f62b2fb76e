"""A channel without a buffer (Go's unbuffered channel, flume's `bounded(0)`): `send` ends when its value was taken."""

from model import Actor, Block, Bool, Int, Map, Option, Seq, Type, awaitable, drop, me, move, param, wait


class Rendezvous(Block):
    """`send` waits until a receiver took its value (True) or is gone (False); `recv` waits for an offer.

    The receiver takes the offer of the sender that came first, in one step; the sender leaves in a step of its own,
    and its wait reads its own mark only. A `recv` that is dropped took nothing. A `send` that is dropped withdraws
    its offer; if that was taken already, the value has arrived all the same (as with flume; Go's `select` decides in
    one step with the receiver).
    """

    Item = param(Type)
    senders = param(Int(1, 9), default=1)  # how many there are; the last to go closes the channel

    offer = Map(Actor, Option(Item))
    taken = Map(Actor, Bool())  # and the sender has not left yet
    waiting = Seq(Actor)  # whose offers stand, in the order in which they came
    senders_left = Int(0, senders, init=senders)
    receiver_gone = Bool()

    @awaitable
    def send(self, item: Item):
        def start():
            self.offer[me()] = move(item)
            self.waiting.append(me())

        def ready():
            return self.taken[me()] or self.receiver_gone

        def finish():
            if self.taken[me()]:
                self.taken[me()] = False
                return True
            self.withdraw(me())
            return False

        def drop():
            self.withdraw(me())

        return wait(start, ready, finish, drop)

    @awaitable
    def recv(self):
        def ready():
            return len(self.waiting) > 0 or self.senders_left == 0

        def finish():
            if len(self.waiting) == 0:
                return None
            sender = self.waiting.pop(0)
            self.taken[sender] = True
            return move(self.offer[sender])

        def idle():
            return len(self.waiting) == 0 and self.senders_left > 0

        return wait(ready, finish, idle)

    def drop_sender(self):
        self.senders_left -= 1

    def drop_receiver(self):
        self.receiver_gone = True

    def withdraw(self, sender: Actor):
        if self.taken[sender]:
            self.taken[sender] = False
        else:
            drop(self.offer[sender])
            self.waiting.remove(sender)
