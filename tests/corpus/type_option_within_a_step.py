"""What an Option has just been given can be used in the same step."""

from model import Expect, Int, Option, Record, Spec, sometimes, step, task


class Options(Spec):
    Pair = Record(first=Option(Int(0, 3)), second=Int(0, 3))
    o = Option(Int(0, 3))
    p = Pair
    n = Int(0, 9)

    @task
    async def run(self):
        await step()
        self.o = 1
        self.n = self.o + 1
        if self.o == 1:
            self.n += self.o
        self.p = self.Pair(first=3, second=1)
        if self.p.first > self.p.second:
            self.n += self.p.first
        await step()
        self.o = None
        x = 2 if self.o is None else self.o
        self.n += x

    @sometimes
    def summed(self):
        return self.n == 8

    EXPECTED = (Expect("holds", states=3, transitions=2, depth=3),)
