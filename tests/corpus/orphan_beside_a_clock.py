"""Who waits for two things waits in vain for the one nobody does, whoever else might do the other: no deadlock."""

from model import Bool, Expect, Spec, step, task, until


class BesideAClock(Spec):
    here = Bool()
    never = Bool()
    done = Bool()

    @task
    async def waits(self):
        await until(lambda: self.here and self.never)
        self.done = True

    @task
    async def helps(self):
        await until(lambda: self.done)
        self.here = True

    @task
    async def clock(self):
        while True:
            await step()
            self.here = not self.here

    EXPECTED = (Expect("orphan", states=1, transitions=0, depth=1),)
