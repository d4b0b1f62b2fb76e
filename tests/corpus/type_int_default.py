"""An Int starts at 0, or at its least value where 0 is outside."""

from model import Expect, Int, Spec, invariant, step, task


class Ints(Spec):
    a = Int(-2, 2)
    b = Int(3, 5)
    c = Int(0, 9, init=4)

    @task
    async def run(self):
        await step()

    @invariant
    def start(self):
        return self.a == 0 and self.b == 3 and self.c == 4

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
