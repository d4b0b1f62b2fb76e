"""The action layer: a family, a choice parameter, guards, finished."""

from model import Bool, Expect, Int, Map, Spec, action, actor, invariant, require, sometimes


class Ticket(Spec):
    Client = Int(0, 1)
    free = Int(0, 3, init=3)
    held = Map(Client, Int(0, 2))
    done = Map(Client, Bool())

    client = actor(over=Client, finished=lambda self, me: self.done[me])

    @action(client)
    def take(self, me, n: Int(1, 2)):
        require(self.free >= n)
        require(self.held[me] == 0 and not self.done[me])
        self.free -= n
        self.held[me] = n

    @action(client)
    def give(self, me):
        require(self.held[me] > 0)
        self.free += self.held[me]
        self.held[me] = 0
        self.done[me] = True

    @invariant
    def none_lost(self):
        return self.free + sum(self.held[c] for c in self.Client) == 3

    @sometimes
    def all_out(self):
        return self.free == 0

    EXPECTED = (Expect("holds", states=15, transitions=28, depth=5),)
