# expect: K015 line 17

from model import Bool, Spec, action, actor, invariant, require


class Effect(Spec):
    a = Bool()
    setter = actor(finished=lambda self: self.a)

    @action(setter)
    def set(self):
        require(not self.a)
        self.a = True

    @invariant
    def sane(self):
        self.a = False
        return True
