"""Option: None and values, unwrapped where a value is needed."""

from model import Expect, Int, Option, Spec, sometimes, step, task


class Options(Spec):
    x = Option(Int(0, 3))
    y = Option(Int(0, 3), init=2)
    n = Int(0, 9)

    @task
    async def run(self):
        await step()
        if self.x is None and self.y is not None:
            self.x = self.y
            self.n = self.x + 1
            self.y = None

    @sometimes
    def done(self):
        return self.x == 2 and self.y is None and self.n == 3

    EXPECTED = (Expect("holds", states=2, transitions=1, depth=2),)
