"""neon's `spsc_fold` (libs/utils/src/sync/spsc_fold.rs): one slot, into which a waiting value grows.

One sender, one receiver. A value that arrives while one is queued is folded into it where that is possible;
otherwise the sender waits, with the value in its hand, until the receiver took the queued one.
"""

from model import Block, Bool, Function, Option, Type, awaitable, drop, move, param, wait


class FoldChannel(Block):
    """`FoldChannel(Batch, can_fold=can_fold, fold=fold)`, with two methods of the spec.

    `can_fold(self, queued, item)` is a condition over its two arguments and nothing that changes.
    `fold(self, queued, item)` gets both moved in and returns the one that replaces them; what it does not
    move on is dropped.

    `send` gives False when the receiver is gone (the value is dropped), `recv` gives None when the sender is gone and
    all is read. Neither looks at a cancellation token. The states of the original and how they read here:

    | original | `value` | `sender_gone` | `receiver_gone` |
    |---|---|---|---|
    | NoData | None | False | False |
    | HasData(a) | a | False | False |
    | SenderWaitsForReceiverToConsume(a) | a, and the sender is in `send` with what does not fold | False | False |
    | SenderGone(Some a), SenderGone(None) | a, None | True | False |
    | ReceiverGone, AllGone | None | False, True | True |

    `send` waits for the slot alone: a receiver that goes empties it. SenderWaits needs no variable: only the receiver
    changes `value` while the sender waits, so that what did not fold once does not fold until it was taken. A `recv`
    that is dropped took nothing, a `send` that is dropped sent nothing.
    """

    Item = param(Type)
    can_fold = param(Function)
    fold = param(Function)

    value = Option(Item)
    sender_gone = Bool()
    receiver_gone = Bool()

    @awaitable
    def send(self, item: Item):
        def ready():
            return self.value is None or self.can_fold(self.value, item)

        def finish():
            if self.receiver_gone:
                return False
            if self.value is None:
                self.value = move(item)
            else:
                self.value = self.fold(move(self.value), move(item))
            return True

        return wait(ready, finish)

    @awaitable
    def recv(self):
        def ready():
            return self.value is not None or self.sender_gone

        def finish():
            if self.value is None:
                return None
            return move(self.value)

        def idle():
            return self.value is None and not self.sender_gone

        return wait(ready, finish, idle)

    def drop_sender(self):
        self.sender_gone = True

    def drop_receiver(self):
        self.receiver_gone = True
        if self.value is not None:
            drop(self.value)
