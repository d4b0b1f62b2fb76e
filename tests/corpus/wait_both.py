"""`both` runs its branches beside each other and ends when both have."""

from model import Bool, Expect, Int, Spec, both, invariant, sometimes, step, task


class Both(Spec):
    left = Bool()
    right = Bool()
    total = Int(0, 9)

    async def a(self):
        await step()
        self.left = True
        return 2

    async def b(self):
        await step()
        self.right = True
        return 3

    @task
    async def run(self):
        got = await both(x=self.a(), y=self.b())
        self.total = got.x + got.y

    @invariant
    def ends_last(self):
        return self.total == 0 or (self.left and self.right)

    @sometimes
    def left_first(self):
        return self.left and not self.right

    @sometimes
    def right_first(self):
        return self.right and not self.left

    @sometimes
    def sums_up(self):
        return self.total == 5

    EXPECTED = (Expect("holds", states=11, transitions=14, depth=7),)
