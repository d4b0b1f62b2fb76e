"""Moving from an empty slot is an ownership violation."""

from model import Bool, Expect, Own, Record, Spec, move, step, task


class Moves(Spec):
    Ring = Record(gold=Bool())
    a = Own(Ring)
    b = Own(Ring)

    @task
    async def run(self):
        await step()
        self.b = move(self.a)

    EXPECTED = (Expect("ownership", states=1, transitions=0, depth=1),)
