# expect: K015 line 12

from model import Int, Seq, Spec, action, actor, require


class Effect(Spec):
    q = Seq(Int(0, 3), 2)
    taker = actor()

    @action(taker)
    def take(self):
        require(self.q.pop(0) == 1)
