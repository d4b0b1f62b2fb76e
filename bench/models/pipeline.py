"""Connections of a page server: a client that sends and reads, a batcher, a fold channel, an executor, two windows.

Requests are counted, not told apart; what the client has read it may ask again, so that nothing ever ends. `spare` is
how much more than it ever reaches a number could be: it makes states wide without making them more.
"""

from model import Int, Map, Spec, action, actor, invariant, leads_to, param, require


class Pipeline(Spec):
    connections = param(Int(1, 6), default=2)
    requests = param(Int(1, 20), default=4)
    batch = param(Int(1, 8), default=2)
    window = param(Int(1, 8), default=2)
    spare = param(Int(1, 4_000), default=1)
    live = param("off", "on", default="off")

    Connection = Int(0, connections - 1)
    client = actor(over=Connection)
    batcher = actor(over=Connection)
    executor = actor(over=Connection)
    unsent = Map(Connection, Int(0, requests + spare), init=requests)
    sent = Map(Connection, Int(0, window + spare))
    held = Map(Connection, Int(0, spare))
    queued = Map(Connection, Int(0, batch + spare))
    flushing = Map(Connection, Int(0, batch + spare))
    answered = Map(Connection, Int(0, window + spare))

    @action(client)
    def send(self, me):
        require(self.unsent[me] > 0 and self.sent[me] < self.window)
        self.unsent[me] -= 1
        self.sent[me] += 1

    @action(batcher)
    def read(self, me):
        require(self.sent[me] > 0 and self.held[me] == 0)
        self.sent[me] -= 1
        self.held[me] = 1

    @action(batcher)
    def put(self, me):
        require(self.held[me] == 1 and self.queued[me] < self.batch)
        self.held[me] = 0
        self.queued[me] += 1

    @action(executor)
    def take(self, me):
        require(self.flushing[me] == 0 and self.queued[me] > 0)
        self.flushing[me] = self.queued[me]
        self.queued[me] = 0

    @action(executor)
    def write(self, me):
        require(self.flushing[me] > 0 and self.answered[me] < self.window)
        self.flushing[me] -= 1
        self.answered[me] += 1

    @action(client)
    def receive(self, me):
        require(self.answered[me] > 0)
        self.answered[me] -= 1
        self.unsent[me] += 1

    @invariant
    def batches_are_bounded(self):
        return self.flushing[0] <= self.batch and self.queued[0] <= self.batch

    sent_is_answered = leads_to(lambda self: self.sent[0] > 0, lambda self: self.answered[0] > 0, when=live == "on")
