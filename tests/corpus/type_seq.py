"""Seqs: `append`, `pop(0)`, `remove`, `clear`, index, `len`, `in`."""

from model import Expect, Int, Seq, Spec, sometimes, step, task


class Seqs(Spec):
    q = Seq(Int(0, 5), 3)
    head = Int(0, 5)
    length = Int(0, 3)

    @task
    async def run(self):
        await step()
        self.q.append(4)
        self.q.append(5)
        self.q.append(4)
        self.q.remove(4)
        self.head = self.q.pop(0)
        self.length = len(self.q)
        if self.q[0] == 4 and 5 not in self.q:
            self.q.clear()

    @sometimes
    def done(self):
        return self.head == 5 and self.length == 1 and len(self.q) == 0

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
