# expect: K045 line 9

from model import Bool, Spec, action, require


class Orphan(Spec):
    a = Bool()

    @action
    def set(self):
        require(not self.a)
        self.a = True
