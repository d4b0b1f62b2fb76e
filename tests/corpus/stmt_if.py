"""`if`, `elif`, `else`: exactly one arm runs."""

from model import Expect, Int, Spec, any_value, invariant, step, task


class If(Spec):
    n = Int(0, 3, init=any_value)
    arm = Int(0, 4)

    @task
    async def run(self):
        await step()
        if self.n == 0:
            self.arm = 1
        elif self.n == 1:
            self.arm = 2
        elif self.n == 2:
            self.arm = 3
        else:
            self.arm = 4

    @invariant
    def the_right_one(self):
        return self.arm == 0 or self.arm == self.n + 1

    EXPECTED = (Expect("holds", states=8, transitions=4, depth=2),)
