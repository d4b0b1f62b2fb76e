# expect: K030 line 12

from model import Bool, Spec, action, actor, require


class Value(Spec):
    a = Bool()
    client = actor()

    @action(client)
    def ask(self):
        self.a = require(not self.a)
