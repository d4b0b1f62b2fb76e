"""A rendezvous moves both: the server is a participant of the client's action."""

from model import Enum, Expect, Int, Map, Spec, action, actor, participant, require


class Rendezvous(Spec):
    Client = Int(0, 1)
    client = actor(over=Client, finished=lambda self, me: self.asks[me] == "done")
    server = actor(finished=lambda self: self.served == 2)
    asks = Map(Client, Enum("asks", "done"), owner=client)
    state = Enum("free", "busy", owner=server)
    served = Int(0, 2)

    @action(client)
    def meet(self, me):
        require(self.asks[me] == "asks")
        require(self.state == "free")
        participant(self.server)
        self.asks[me] = "done"
        self.state = "busy"

    @action(server)
    def serve(self):
        require(self.state == "busy")
        self.state = "free"
        self.served += 1

    EXPECTED = (Expect("holds", states=7, transitions=7, depth=5),)
