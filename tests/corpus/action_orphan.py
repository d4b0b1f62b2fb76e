"""An actor whose guard nobody can make true."""

from model import Bool, Expect, Spec, action, actor, require


class Orphan(Spec):
    flag = Bool()
    done = Bool()
    waiter = actor(finished=lambda self: self.done)

    @action(waiter)
    def go(self):
        require(self.flag)
        self.done = True

    EXPECTED = (Expect("orphan", states=1, transitions=0, depth=1),)
