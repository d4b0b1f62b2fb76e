"""Using None where a value is needed is a range violation."""

from model import Expect, Int, Option, Spec, step, task


class Options(Spec):
    x = Option(Int(0, 3))
    n = Int(0, 9)

    @task
    async def run(self):
        await step()
        self.n = self.x + 1

    EXPECTED = (Expect("range", states=1, transitions=0, depth=1),)
