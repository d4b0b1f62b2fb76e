"""Two-phase commit (Gray & Lamport 2006; the TLA+ module TwoPhase): messages are never lost and never go away."""

from model import Bool, Enum, Int, Map, Spec, action, actor, invariant, param, require


class TwoPhase(Spec):
    managers = param(Int(1, 10), default=7)
    Manager = Int(0, managers - 1)
    coordinator = actor(finished=lambda self: self.tm != "init")
    manager = actor(over=Manager)
    tm = Enum("init", "committed", "aborted")
    rm = Map(Manager, Enum("working", "prepared", "committed", "aborted"))
    prepared = Map(Manager, Bool())  # what the coordinator knows
    said_prepared = Map(Manager, Bool())
    said_commit = Bool()
    said_abort = Bool()

    @action(coordinator)
    def hear(self, m: Manager):
        require(self.tm == "init" and self.said_prepared[m])
        self.prepared[m] = True

    @action(coordinator)
    def commit(self):
        require(self.tm == "init" and all(self.prepared[m] for m in self.Manager))
        self.tm = "committed"
        self.said_commit = True

    @action(coordinator)
    def abort(self):
        require(self.tm == "init")
        self.tm = "aborted"
        self.said_abort = True

    @action(manager)
    def prepare(self, me):
        require(self.rm[me] == "working")
        self.rm[me] = "prepared"
        self.said_prepared[me] = True

    @action(manager)
    def give_up(self, me):
        require(self.rm[me] == "working")
        self.rm[me] = "aborted"

    @action(manager)
    def obey_commit(self, me):
        require(self.said_commit)
        self.rm[me] = "committed"

    @action(manager)
    def obey_abort(self, me):
        require(self.said_abort)
        self.rm[me] = "aborted"

    @invariant
    def consistent(self):
        return not (self.rm[0] == "committed" and self.rm[1] == "aborted")
