"""Conformance of `Channel`: two senders, one receiver, both ends dropped, a send cancelled while it waits.

Ghosts: `sent` and `received` count per sender, `arrived` holds the senders in `send` in the order in which they came.
"""

from model import (
    Bool,
    Expect,
    Int,
    Map,
    Record,
    Seq,
    Spec,
    at,
    first,
    invariant,
    may,
    param,
    sometimes,
    task,
    transition,
)
from model.channel import Channel
from model.token import Token


class ChannelSuite(Spec):
    senders = param(Int(1, 2), default=2)
    capacity = param(Int(1, 2), default=1)
    messages = param(Int(1, 3), default=2)
    receiver = param("drains", "leaves", "forgets", default="drains")
    cancelled = param(Bool(), default=False)

    Sender = Int(0, senders - 1)
    Message = Record(sender=Sender, number=Int(0, messages - 1))

    channel = Channel(Message, capacity=capacity, senders=senders)
    stop = Token()
    sent = Map(Sender, Int(0, messages))
    received = Map(Sender, Int(0, messages))
    arrived = Seq(Sender, senders)
    refused = Bool()
    ended = Bool()

    @task(over=Sender)
    async def produce(self, me):
        for number in range(self.messages):
            self.arrived.append(me)
            message = self.Message(sender=me, number=number)
            if self.cancelled and me == 0:
                got = await at("send", first(sent=self.channel.send(message), stopped=self.stop.fired()))
                if got.stopped:
                    self.arrived.remove(me)
                    break
                sent = got.sent
            else:
                sent = await at("send", self.channel.send(message))
            if not sent:
                self.arrived.remove(me)
                self.refused = True
                break
            assert self.arrived[0] == me, "first come, first served"
            self.arrived.pop(0)
            self.sent[me] = number + 1
        self.channel.drop_sender()

    @task
    async def consume(self):
        while True:
            message = await self.channel.recv()
            if message is None:
                self.ended = True
                return
            assert message.number == self.received[message.sender], "each once, in order"
            self.received[message.sender] = message.number + 1
            if self.receiver != "drains":
                break
        if self.receiver == "leaves":
            self.channel.drop_receiver()

    @task(duty=may, when=cancelled)
    async def canceller(self):
        self.stop.cancel()

    @invariant
    def none_is_lost(self):
        queued = len(self.channel.queue)
        gone = self.channel.receiver_gone
        total = sum(self.sent[s] - self.received[s] for s in self.Sender)
        return total == queued or gone

    @invariant
    def none_after_the_end(self):
        return not self.ended or all(self.sent[s] == self.received[s] for s in self.Sender)

    @transition
    def nothing_is_queued_for_nobody(self, old):
        return not old.channel.receiver_gone or len(self.channel.queue) == 0

    @sometimes
    def full(self):
        return len(self.channel.queue) == self.capacity and any(self.produce[s].at("send") for s in self.Sender)

    @sometimes(when=receiver == "drains")
    def ends(self):
        return self.ended

    @sometimes(when=receiver == "leaves")
    def refuses(self):
        return self.refused

    EXPECTED = (
        Expect("holds", states=50, transitions=68, depth=13),
        Expect("holds", senders=1, capacity=2, messages=3, states=15, transitions=19, depth=10),
        Expect("holds", receiver="leaves", states=36, transitions=55, depth=8),
        Expect("holds", receiver="leaves", capacity=2, states=62, transitions=95, depth=9),
        Expect("holds", cancelled=True, states=121, transitions=228, depth=14),
        Expect("holds", cancelled=True, receiver="leaves", states=83, transitions=172, depth=9),
        Expect("orphan", receiver="forgets", states=34, transitions=47, depth=7),  # its end is neither read nor dropped
    )
