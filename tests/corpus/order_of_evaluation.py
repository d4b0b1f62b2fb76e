"""Operands and arguments are evaluated from the left: what a later one changes does not reach an earlier one."""

from model import Expect, Int, Seq, Spec, step, task


class Order(Spec):
    n = Int(0, 9)
    total = Int(0, 9)
    queue = Seq(Int(0, 9), 3)

    def bump(self):
        self.n += 1
        return self.n

    def less(self, a, b):
        return b - a

    @task
    async def run(self):
        await step()
        self.total = self.n + self.bump()
        assert self.total == 1, "the left operand is the old one"
        self.total = self.less(self.n, self.bump())
        assert self.total == 1, "the first argument is the old one"
        assert self.n == 2
        before = self.n < self.bump()
        assert before
        self.queue.append(3)
        self.queue.append(4)
        self.total = self.queue.pop(0) + self.queue.pop(0)
        assert self.total == 7

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
