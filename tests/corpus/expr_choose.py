"""`choose` over a type, a tuple and a Set: one successor each."""

from model import Expect, Int, Set, Spec, choose, sometimes, step, task


class Choose(Spec):
    Digit = Int(0, 2)
    a = Digit
    b = Int(0, 5)
    c = Digit
    pool = Set(Digit)

    @task
    async def run(self):
        await step()
        self.a = choose(self.Digit)
        self.b = choose((3, 5))
        self.pool.add(self.a)
        self.pool.add(2)
        self.c = choose(self.pool)

    @sometimes
    def the_last(self):
        return self.a == 1 and self.b == 5 and self.c == 2

    @sometimes
    def the_other(self):
        return self.a == 0 and self.b == 3 and self.c == 0

    EXPECTED = (Expect("holds", states=11, transitions=10, depth=2),)
