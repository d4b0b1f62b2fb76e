"""Bool and Enum, defaults and `init`."""

from model import Bool, Enum, Expect, Spec, invariant, step, task


class Basics(Spec):
    a = Bool()
    b = Bool(init=True)
    Mode = Enum("idle", "busy")
    c = Mode
    d = Enum("x", "y", init="y")
    same = Enum("idle", "busy", "down")

    @task
    async def run(self):
        await step()
        self.a = not self.a
        self.c = "busy"
        self.same = self.c

    @invariant
    def defaults(self):
        return self.b and self.d == "y" and self.a == (self.c == "busy") and self.a == (self.same == "busy")

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
