"""A certain hostage that is blocked besides: `spins` may go on, and nothing it does helps. `--all` tells both."""

from model import Bool, Expect, Spec, first, may, progress, step, task, until


class Besides(Spec):
    ready = Bool()
    enough = Bool()

    async def spins(self):
        while not self.enough:
            await may(step())

    @task
    async def run(self):
        await first(found=until(lambda: self.ready), gave_up=may(self.spins()))
        self.ready = True

    ends = progress(run)

    EXPECTED = (Expect("hostage", states=3, transitions=2, depth=3),)
