"""Conformance of `FoldChannel`: each entry of the table of PAGE_SERVICE 5, both drops included.

The sender sends `messages` values, each of either of two colours; equal colours fold up to `most`. Either side may
leave at any time (`leaves`), also while it waits. `test_reference.py` computes the state of the original in each state
explored and holds the steps between them against the table.
"""

from model import (
    Bool,
    Enum,
    Expect,
    Int,
    Record,
    Spec,
    choose,
    first,
    invariant,
    may,
    param,
    sometimes,
    step,
    task,
    transition,
)
from model.fold import FoldChannel
from model.token import Token


class FoldSuite(Spec):
    messages = param(Int(1, 4), default=3)
    most = param(Int(1, 3), default=2)
    leaves = param("nobody", "sender", "receiver", "both", default="both")

    Batch = Record(colour=Enum("red", "blue"), size=Int(0, most))

    def can_fold(self, queued, item):
        return queued.colour == item.colour and queued.size + item.size <= self.most

    def fold(self, queued, item):
        return self.Batch(colour=queued.colour, size=queued.size + item.size)

    channel = FoldChannel(Batch, can_fold=can_fold, fold=fold)
    sender_stops = Token()
    receiver_stops = Token()
    sent = Int(0, messages)
    received = Int(0, messages)
    stuck_with = Bool()  # the value in the sender's hand does not fold into what was queued when it came
    refused = Bool()
    ended = Bool()

    @task
    async def sender(self):
        for number in range(self.messages):
            colour = choose(("red", "blue"))
            item = self.Batch(colour=colour, size=1)
            self.stuck_with = self.channel.value is not None and not self.can_fold(self.channel.value, item)
            got = await first(stopped=self.sender_stops.fired(), sent=self.channel.send(item))
            self.stuck_with = False
            if got.stopped:
                break
            if not got.sent:
                self.refused = True
                break
            self.sent = number + 1
            await step()
        self.channel.drop_sender()

    @task
    async def receiver(self):
        while True:
            got = await first(stopped=self.receiver_stops.fired(), batch=self.channel.recv())
            if got.stopped:
                self.channel.drop_receiver()
                return
            if got.batch is None:
                self.ended = True
                return
            self.received += got.batch.size

    @task(duty=may, when=leaves in ("sender", "both"))
    async def stop_sender(self):
        self.sender_stops.cancel()

    @task(duty=may, when=leaves in ("receiver", "both"))
    async def stop_receiver(self):
        self.receiver_stops.cancel()

    def queued(self):
        return 0 if self.channel.value is None else self.channel.value.size

    @invariant
    def none_is_lost(self):
        return self.channel.receiver_gone or self.sent == self.received + self.queued()

    @invariant
    def no_value_for_nobody(self):
        return not self.channel.receiver_gone or self.channel.value is None

    @invariant
    def all_is_read_before_the_end(self):
        return not self.ended or (self.channel.sender_gone and self.sent == self.received)

    @transition
    def what_waits_is_not_folded(self, old):
        # SenderWaits(a): a stays as it is until it is taken, though the receiver may go
        return (
            not (old.stuck_with and self.stuck_with)
            or self.channel.value == old.channel.value
            or (self.channel.value is None)
        )

    @transition
    def gone_is_for_good(self, old):
        return (not old.channel.sender_gone or self.channel.sender_gone) and (
            not old.channel.receiver_gone or self.channel.receiver_gone
        )

    @sometimes
    def has_folded(self):
        return self.queued() == 2

    @sometimes
    def sender_waits(self):
        return self.stuck_with and self.channel.value is not None

    @sometimes
    def sender_gone_some(self):
        return self.channel.sender_gone and self.channel.value is not None

    @sometimes
    def sender_gone_none(self):
        return self.channel.sender_gone and self.channel.value is None and not self.channel.receiver_gone

    @sometimes(when=leaves in ("receiver", "both"))
    def receiver_gone(self):
        return self.channel.receiver_gone and not self.channel.sender_gone

    @sometimes(when=leaves in ("receiver", "both"))
    def receiver_gone_while_the_sender_waits(self):
        return self.stuck_with and self.channel.receiver_gone

    @sometimes(when=leaves in ("receiver", "both"))
    def all_gone(self):
        return self.channel.receiver_gone and self.channel.sender_gone

    @sometimes(when=leaves in ("receiver", "both"))
    def send_fails(self):
        return self.refused

    @sometimes
    def recv_ends(self):
        return self.ended

    EXPECTED = (
        Expect("holds", states=278, transitions=612, depth=13),
        Expect("holds", leaves="nobody", states=42, transitions=64, depth=11),
        Expect("holds", leaves="sender", states=96, transitions=187, depth=12),
        Expect("holds", leaves="receiver", states=124, transitions=221, depth=12),
        Expect("holds", messages=4, most=3, states=458, transitions=1032, depth=15),
    )
