"""A choice between an Option and a plain value is an Option, also where a pass finds out which of the two it is."""

from model import Expect, Int, Option, Spec, invariant, step, task


class Decided(Spec):
    o = Option(Int(0, 2))
    a = Int(0, 2, init=2)
    b = Int(0, 2, init=1)
    none = Int(0, 1)

    @task
    async def run(self):
        v: Int(0, 2) = 0
        self.o = None
        self.a = self.o if self.o is not None else v
        await step()
        self.o = None
        found = self.o if self.o is not None else self.b
        self.none = 1 if found is None else 0
        self.a = found

    @invariant
    def it_is_the_value(self):
        return self.a == (self.b if self.run.finished else 0 if self.run.at("step") else 2) and self.none == 0

    EXPECTED = (Expect("holds", states=3, transitions=2, depth=3),)
