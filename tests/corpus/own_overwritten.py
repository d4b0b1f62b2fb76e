"""Filling a full slot is an ownership violation."""

from model import Bool, Expect, Own, Record, Spec, step, task


class Overwrites(Spec):
    Ring = Record(gold=Bool())
    a = Own(Ring)

    @task
    async def run(self):
        await step()
        self.a = self.Ring(gold=True)
        await step()
        self.a = self.Ring(gold=False)

    EXPECTED = (Expect("ownership", states=2, transitions=1, depth=2),)
