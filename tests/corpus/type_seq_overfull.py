"""Overfilling a Seq is a range violation."""

from model import Bool, Expect, Seq, Spec, step, task


class Seqs(Spec):
    q = Seq(Bool(), 2)

    @task
    async def run(self):
        while True:
            await step()
            self.q.append(True)

    EXPECTED = (Expect("range", states=3, transitions=2, depth=3),)
