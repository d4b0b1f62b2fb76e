"""Arithmetic as Python has it: `//` rounds down, `%` has the sign of the divisor."""

from model import Expect, Int, Spec, any_value, invariant, step, task


class Arithmetic(Spec):
    a = Int(-4, 4, init=any_value)
    q = Int(-9, 9)
    r = Int(-9, 9)
    done = Int(0, 1)

    @task
    async def run(self):
        await step()
        self.q = self.a // 3
        self.r = self.a % 3
        self.done = 1

    @invariant
    def euclid(self):
        return self.done == 0 or (self.q * 3 + self.r == self.a and 0 <= self.r < 3)

    @invariant
    def least_and_greatest(self):
        return min(self.a, -self.a) <= self.a <= max(self.a, -self.a)

    EXPECTED = (Expect("holds", states=18, transitions=9, depth=2),)
