"""`step()` as the last branch of `first`, and an awaitable that is always ready: what is written after it never wins.

With `demand=may` the second branch is an event that may come; the first wins if both could.
"""

from model import Bool, Expect, Spec, at, awaitable, first, invariant, may, param, progress, sometimes, step, task, wait
from model.token import Token


class Steps(Spec):
    demand = param("obliged", "may", default="obliged")

    stop = Token()
    stopped = Bool()
    other = Bool()
    late = Bool()

    @awaitable
    def always(self):
        def ready():
            return True

        return wait(ready)

    @task
    async def run(self):
        if self.demand == "may":
            got = await at("events", first(stop=self.stop.fired(), event=may(step())))
            self.late = got.event and self.stop.cancelled
        else:
            got = await at("events", first(stop=self.stop.fired(), event=step()))
        self.stopped = got.stop
        again = await at("again", first(now=self.always(), never=self.stop.fired()))
        self.other = again.never

    @task
    async def stopper(self):
        await at("decide", may(step()))
        self.stop.cancel()

    ends = progress(run)

    @invariant
    def the_first_wins(self):
        return not self.other and not self.late

    @sometimes
    def an_event(self):
        return self.run.finished and not self.stopped

    @sometimes
    def a_stop(self):
        return self.run.finished and self.stopped

    EXPECTED = (
        Expect("holds", states=8, transitions=8, depth=4),
        Expect("holds", demand="may", states=8, transitions=8, depth=4),
    )
