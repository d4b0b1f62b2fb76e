"""`progress(actor, to=…)`: from everywhere the goal can still be reached by what is obliged."""

from model import Bool, Expect, Int, Spec, choose, param, progress, step, task


class Retry(Spec):
    poisoned = param(Bool(), default=False)
    tries = Int(0, 2)
    done = Bool()
    lost = Bool()

    @task
    async def controller(self):
        while not self.done:
            await step()
            if self.lost:
                continue
            outcome = choose(("ok", "failed", "lost"))
            if outcome == "ok":
                self.done = True
            elif outcome == "lost" and self.poisoned:
                self.lost = True

    finishes = progress(controller, to=lambda self: self.done)

    EXPECTED = (
        Expect("holds", states=3, transitions=4, depth=3),
        Expect("progress", poisoned=True, states=4, transitions=5, depth=3),
    )
