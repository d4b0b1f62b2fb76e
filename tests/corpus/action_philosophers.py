"""Two philosophers in the action layer: a deadlock by locations and forks."""

from model import Bool, Enum, Expect, Int, Map, Option, Spec, action, actor, param, require


class Philosophers(Spec):
    seats = param(Int(2, 4), default=2)
    polite = param(Bool(), default=False)
    Seat = Int(0, seats - 1)
    philosopher = actor(over=Seat, rests=lambda self, me: self.at[me] == "thinks")
    at = Map(Seat, Enum("thinks", "one", "eats"), owner=philosopher)
    fork = Map(Seat, Option(Seat))

    def first_fork(self, me):
        return (me + 1) % self.seats if self.polite and me == 0 else me

    def second_fork(self, me):
        return me if self.polite and me == 0 else (me + 1) % self.seats

    @action(philosopher)
    def take_first(self, me):
        require(self.at[me] == "thinks")
        require(self.fork[self.first_fork(me)] is None)
        self.fork[self.first_fork(me)] = me
        self.at[me] = "one"

    @action(philosopher)
    def take_second(self, me):
        require(self.at[me] == "one")
        require(self.fork[self.second_fork(me)] is None)
        self.fork[self.second_fork(me)] = me
        self.at[me] = "eats"

    @action(philosopher)
    def think(self, me):
        require(self.at[me] == "eats")
        self.fork[me] = None
        self.fork[(me + 1) % self.seats] = None
        self.at[me] = "thinks"

    EXPECTED = (
        Expect("deadlock", states=6, transitions=6, depth=3),
        Expect("deadlock", seats=3, states=14, transitions=24, depth=4),
        Expect("holds", polite=True, states=5, transitions=6, depth=3),
        Expect("holds", polite=True, seats=3, states=12, transitions=22, depth=4),
    )
