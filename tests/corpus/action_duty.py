"""Actions of one actor may differ in duty: obliged to answer, free to ask."""

from model import Bool, Expect, Spec, action, actor, may, require


class Duties(Spec):
    asked = Bool()
    client = actor(rests=lambda self: True)
    answered = Bool()

    @action(client, duty=may)
    def ask(self):
        require(not self.asked)
        self.asked = True

    @action(client)
    def answer(self):
        require(self.asked and not self.answered)
        self.answered = True

    EXPECTED = (Expect("holds", states=3, transitions=2, depth=3),)
