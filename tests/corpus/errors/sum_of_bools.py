# expect: K030 line 11

from model import Bool, Int, Map, Spec, invariant


class Sum(Spec):
    m = Map(Int(0, 2), Bool())

    @invariant
    def i(self):
        return sum(self.m[k] for k in Int(0, 2)) < 2
