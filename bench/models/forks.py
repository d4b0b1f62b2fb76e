"""Dining philosophers who take either fork first: in two states all hold one fork, their own or the next."""

from model import Bool, Enum, Int, Map, Spec, action, actor, invariant, param, require


class Forks(Spec):
    seats = param(Int(2, 20), default=13)
    Seat = Int(0, seats - 1)
    philosopher = actor(over=Seat)
    has = Map(Seat, Enum("none", "own", "next", "both"))
    taken = Map(Seat, Bool())

    def after(self, me):
        return 0 if me == self.seats - 1 else me + 1

    @action(philosopher)
    def take_own(self, me):
        require((self.has[me] == "none" or self.has[me] == "next") and not self.taken[me])
        self.taken[me] = True
        self.has[me] = "own" if self.has[me] == "none" else "both"

    @action(philosopher)
    def take_next(self, me):
        require((self.has[me] == "none" or self.has[me] == "own") and not self.taken[self.after(me)])
        self.taken[self.after(me)] = True
        self.has[me] = "next" if self.has[me] == "none" else "both"

    @action(philosopher)
    def think(self, me):
        require(self.has[me] == "both")
        self.taken[me] = False
        self.taken[self.after(me)] = False
        self.has[me] = "none"

    @invariant
    def neighbours_do_not_both_eat(self):
        return not (self.has[0] == "both" and self.has[1] == "both")
