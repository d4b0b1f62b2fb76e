# expect: K047 line 17

from model import Bool, Spec, action, actor, fault, require


class Mixed(Spec):
    a = Bool()
    b = Bool()
    both_ways = actor()

    @action(both_ways)
    def works(self):
        require(not self.a)
        self.a = True

    @action(both_ways, duty=fault)
    def breaks(self):
        require(not self.b)
        self.b = True
