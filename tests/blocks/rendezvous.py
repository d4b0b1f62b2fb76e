"""Conformance of `Rendezvous`: two senders, one receiver, both ends dropped, an offer withdrawn while it stands."""

from model import Bool, Expect, Int, Map, Record, Seq, Spec, first, invariant, may, param, sometimes, task
from model.rendezvous import Rendezvous
from model.token import Token


class RendezvousSuite(Spec):
    senders = param(Int(1, 2), default=2)
    messages = param(Int(1, 3), default=2)
    receiver = param("drains", "leaves", "forgets", default="drains")
    cancelled = param(Bool(), default=False)

    Sender = Int(0, senders - 1)
    Message = Record(sender=Sender, number=Int(0, messages - 1))

    channel = Rendezvous(Message, senders=senders)
    stop = Token()
    sent = Map(Sender, Int(0, messages))
    received = Map(Sender, Int(0, messages))
    arrived = Seq(Sender, senders)
    ended = Bool()
    refused = Bool()

    @task(over=Sender)
    async def produce(self, me):
        for number in range(self.messages):
            self.arrived.append(me)
            message = self.Message(sender=me, number=number)
            if self.cancelled and me == 0:
                got = await first(sent=self.channel.send(message), stopped=self.stop.fired())
                if got.stopped:
                    if me in self.arrived:
                        self.arrived.remove(me)
                    break
                sent = got.sent
            else:
                sent = await self.channel.send(message)
            if not sent:
                self.arrived.remove(me)
                self.refused = True
                break
            self.sent[me] = number + 1
        self.channel.drop_sender()

    @task
    async def consume(self):
        while True:
            message = await self.channel.recv()
            if message is None:
                self.ended = True
                return
            assert self.arrived[0] == message.sender, "first come, first served"
            self.arrived.pop(0)
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
    def a_send_ends_only_when_taken(self):
        return all(self.sent[s] <= self.received[s] for s in self.Sender)

    @invariant
    def one_offer_at_most_is_taken_and_not_acknowledged(self):
        return all(self.received[s] <= self.sent[s] + 1 for s in self.Sender)

    @sometimes
    def taken_before_the_sender_knows(self):
        return any(self.received[s] == self.sent[s] + 1 for s in self.Sender)

    @sometimes(when=receiver == "drains")
    def ends(self):
        return self.ended

    @sometimes(when=receiver == "leaves")
    def refuses(self):
        return self.refused

    EXPECTED = (
        Expect("holds", states=41, transitions=61, depth=12),
        Expect("holds", senders=1, messages=3, states=9, transitions=8, depth=9),
        Expect("holds", receiver="leaves", states=25, transitions=36, depth=7),
        Expect("holds", cancelled=True, states=96, transitions=191, depth=13),
        Expect("holds", cancelled=True, receiver="leaves", states=54, transitions=104, depth=8),
        Expect("orphan", receiver="forgets", states=11, transitions=12, depth=4),
    )
