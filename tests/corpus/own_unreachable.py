"""A full slot that no living actor can reach is an ownership violation: a permit left behind."""

from model import Bool, Expect, Own, Record, Spec, drop, param, step, task


class LeftBehind(Spec):
    tidy = param(Bool(), default=False)

    Ring = Record(gold=Bool())
    shelf = Own(Ring)

    @task
    async def run(self):
        self.shelf = self.Ring(gold=True)
        await step()
        if self.tidy:
            drop(self.shelf)

    EXPECTED = (
        Expect("ownership", states=3, transitions=2, depth=3),
        Expect("holds", tidy=True, states=3, transitions=2, depth=3),
    )
