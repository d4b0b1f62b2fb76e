# expect: K030 line 12

from model import Bool, Int, Set, Spec, invariant


class Members(Spec):
    s = Set(Int(0, 3))
    a = Bool()

    @invariant
    def i(self):
        return None in self.s
