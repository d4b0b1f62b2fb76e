"""Actions of one actor that say by different variables where it stands."""

from model import Bool, Enum, Expect, Int, Spec, action, actor, require


class TwoPlaces(Spec):
    walker = actor()
    clock = actor()
    at = Enum("a", "b", "c", "d")
    role = Enum("guest", "host")
    seen = Int(0, 7)
    kept = Int(0, 7)
    shown = Int(0, 7)
    told = Int(0, 7)
    late = Bool()

    @action(walker)
    def arrive(self):
        require(self.at == "a" and self.seen == 1)
        self.at = "b"

    @action(walker)
    def look(self):
        require(self.at == "b" and self.kept != 0)
        self.at = "c"

    @action(walker)
    def become_host(self):
        require(self.at == "c" and self.shown != 0)
        self.at = "d"
        self.role = "host"

    @action(walker)
    def leave(self):
        require(self.at == "d" and self.told != 0)
        self.at = "a"

    @action(walker)
    def be_guest(self):
        require(self.role == "host" and self.late)
        self.role = "guest"

    @action(clock)
    def tick(self):
        require(self.seen < 7 and not self.late)
        self.seen += 1
        self.kept = self.seen
        self.shown = self.seen
        self.told = self.seen

    @action(clock)
    def strike(self):
        require(self.seen > 2)
        self.late = not self.late

    EXPECTED = (Expect("orphan"),)
