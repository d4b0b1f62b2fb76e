# expect: K044 line 13

from model import Int, Spec, action, actor, require


class Requiring(Spec):
    n = Int(0, 3)
    counter = actor()

    @action(counter)
    def count_up(self):
        self.n += 1
        require(self.n < 3)
