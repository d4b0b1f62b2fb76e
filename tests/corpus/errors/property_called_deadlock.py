# expect: K050 line 10

from model import Bool, Spec, action, actor, invariant


class Named(Spec):
    walker = actor()
    done = Bool()
    @invariant
    def deadlock(self):
        return not self.done

    @action(walker)
    def walk(self):
        self.done = True
