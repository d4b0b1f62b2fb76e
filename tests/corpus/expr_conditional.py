"""Conditional expressions, chained comparisons, `in`, `and`, `or`, `not`; only what is needed is evaluated."""

from model import Expect, Int, Option, Spec, any_value, invariant, step, task


class Conditional(Spec):
    n = Option(Int(0, 3), init=any_value)
    m = Int(0, 4)

    @task
    async def run(self):
        await step()
        self.m = 4 if self.n is None else self.n

    @invariant
    def short_circuit(self):
        return (
            not self.run.finished
            or (self.n is None and self.m == 4)
            or (self.n is not None and 0 <= self.n < 4 and self.n == self.m and self.m in (0, 1, 2, 3))
        )

    EXPECTED = (Expect("holds", states=10, transitions=5, depth=2),)
