"""Taking from an empty Seq is a range violation."""

from model import Bool, Expect, Seq, Spec, step, task


class Seqs(Spec):
    q = Seq(Bool(), 2)
    a = Bool()

    @task
    async def run(self):
        await step()
        self.a = self.q.pop(0)

    EXPECTED = (Expect("range", states=1, transitions=0, depth=1),)
