"""A conditional move is tracked: the slot used after it may be empty."""

from model import Bool, Expect, Own, Record, Spec, any_value, move, step, task


class Conditional(Spec):
    Ring = Record(gold=Bool())
    given = Bool(init=any_value)
    a = Own(Ring)
    b = Own(Ring)
    c = Own(Ring)

    @task
    async def run(self):
        await step()
        self.a = self.Ring()
        if self.given:
            self.b = move(self.a)
        await step()
        self.c = move(self.a)

    EXPECTED = (Expect("ownership", states=5, transitions=3, depth=3),)
