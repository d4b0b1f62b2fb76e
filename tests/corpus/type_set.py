"""Sets: `add`, `discard`, union, intersection, difference, subset, `len`, `in`."""

from model import Expect, Int, Set, Spec, sometimes, step, task


class Sets(Spec):
    N = Int(0, 3)
    a = Set(N)
    b = Set(N)
    union = Int(0, 4)
    common = Int(0, 4)
    only = Int(0, 4)

    @task
    async def run(self):
        await step()
        self.a.add(0)
        self.a.add(1)
        self.a.add(1)
        self.b.add(1)
        self.b.add(2)
        self.b.discard(3)
        self.union = len(self.a | self.b)
        self.common = len(self.a & self.b)
        self.only = len(self.a - self.b)
        self.b.discard(2)

    @sometimes
    def done(self):
        return self.union == 3 and self.common == 1 and self.only == 1 and 1 in self.b and 2 not in self.b

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
