"""Dining philosophers who take the lower fork first: nobody starves all, so that a full search finds nothing."""

from model import Bool, Enum, Int, Map, Spec, action, actor, invariant, leads_to, param, require


class Philosophers(Spec):
    seats = param(Int(2, 24), default=14)
    live = param("off", "on", default="off")
    Seat = Int(0, seats - 1)
    philosopher = actor(over=Seat)
    at = Map(Seat, Enum("thinks", "one", "eats"), owner=philosopher)
    taken = Map(Seat, Bool())

    def first(self, me):
        return 0 if me == self.seats - 1 else me

    def second(self, me):
        return self.seats - 1 if me == self.seats - 1 else me + 1

    @action(philosopher)
    def take_first(self, me):
        require(self.at[me] == "thinks")
        require(not self.taken[self.first(me)])
        self.taken[self.first(me)] = True
        self.at[me] = "one"

    @action(philosopher)
    def take_second(self, me):
        require(self.at[me] == "one")
        require(not self.taken[self.second(me)])
        self.taken[self.second(me)] = True
        self.at[me] = "eats"

    @action(philosopher)
    def think(self, me):
        require(self.at[me] == "eats")
        self.taken[self.first(me)] = False
        self.taken[self.second(me)] = False
        self.at[me] = "thinks"

    @invariant
    def neighbours_do_not_both_eat(self):
        return not (self.at[0] == "eats" and self.at[1] == "eats")

    meals_end = leads_to(lambda self: self.at[0] == "eats", lambda self: self.at[0] == "thinks", when=live == "on")
