# expect: K046 line 21

from model import Bool, Enum, Spec, action, actor, require


class Locations(Spec):
    worker = actor()
    boss = actor()
    stands = Enum("idle", "busy", owner=worker)
    told = Bool()

    @action(worker)
    def work(self):
        require(self.stands == "idle" and self.told)
        self.stands = "busy"

    @action(boss)
    def push(self):
        require(not self.told)
        self.told = True
        self.stands = "idle"
