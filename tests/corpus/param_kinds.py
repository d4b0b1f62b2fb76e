"""Parameters of every kind; conditions over them are decided at compile time, code under a false one does not exist."""

from model import Bool, Expect, Int, Spec, param, sometimes, step, task


class Params(Spec):
    size = param(Int(1, 3), default=2)
    mode = param("up", "down", default="up")
    twice = param(Bool(), default=False)
    n = Int(0, 2 * size, init=size)

    @task
    async def run(self):
        await step()
        if self.mode == "up":
            self.n += self.size
        else:
            self.n -= self.size

    @task(when=twice)
    async def again(self):
        await step()
        assert self.mode == "up" or self.mode == "down"

    @sometimes
    def arrives(self):
        return self.n == (2 * self.size if self.mode == "up" else 0)

    EXPECTED = (
        Expect("holds", states=2, transitions=1, depth=2),
        Expect("holds", mode="down", size=3, states=2, transitions=1, depth=2),
        Expect("holds", twice=True, states=4, transitions=4, depth=3),
    )
