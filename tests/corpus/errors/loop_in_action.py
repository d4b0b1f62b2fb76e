# expect: K042 line 12

from model import Int, Spec, action, actor


class Looping(Spec):
    n = Int(0, 3)
    counter = actor()

    @action(counter)
    def count_up(self):
        while self.n < 3:
            self.n += 1
