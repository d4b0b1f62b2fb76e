"""A branch that stands at `step()` is in the middle of its code: it may go on though one before it has become ready.

At a wait it may not, nor begin.
"""

from model import Bool, Expect, Spec, first, invariant, sometimes, step, task, until
from model.token import Token


class GoesOn(Spec):
    stop = Token()
    begun = Bool()
    stepped = Bool()
    waited = Bool()
    stopped_before = Bool()

    async def work(self):
        assert not self.stop.cancelled
        self.begun = True
        await step()
        self.stepped = True
        self.stopped_before = self.stop.cancelled
        await until(lambda: self.begun)
        self.waited = True

    @task
    async def run(self):
        await first(stopped=self.stop.fired(), worked=self.work())

    @task
    async def stopper(self):
        self.stop.cancel()

    @sometimes
    def stopped_in_the_middle(self):
        return self.stopped_before

    @sometimes
    def dropped_in_the_middle(self):
        return self.run.finished and self.begun and not self.stepped

    @invariant
    def not_from_a_wait(self):
        return not (self.waited and self.stopped_before)

    EXPECTED = (Expect("holds", states=17, transitions=18, depth=7),)
