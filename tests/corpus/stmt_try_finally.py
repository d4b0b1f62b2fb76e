"""`try/finally`: the clause runs at the end, at a `return`, and when the branch is dropped."""

from model import Bool, Expect, Int, Spec, first, invariant, param, sometimes, step, task
from model.token import Token


class Finally(Spec):
    how = param("end", "return", "drop", default="end")

    token = Token()
    given_up = Token()
    released = Int(0, 1)
    acquired = Bool()
    held = Bool()
    over = Bool()

    async def work(self):
        self.held = True
        self.acquired = True
        try:
            await step()
            if self.how == "return":
                return
            if self.how == "drop":
                await self.token.fired()
        finally:
            self.held = False
            self.released += 1

    @task
    async def run(self):
        if self.how == "drop":
            await first(work=self.work(), gave_up=self.given_up.fired())
        else:
            await self.work()
        self.over = True

    @task(when=how == "drop")
    async def gives_up(self):
        self.given_up.cancel()

    @invariant
    def released_once(self):
        return not self.over or (not self.held and (self.released == 1) == self.acquired)

    @sometimes
    def is_over(self):
        return self.over and self.acquired

    @sometimes(when=how == "drop")
    def dropped_before_it_began(self):
        return self.over and not self.acquired

    EXPECTED = (
        Expect("holds", states=3, transitions=2, depth=3),
        Expect("holds", how="return", states=3, transitions=2, depth=3),
        Expect("holds", how="drop", states=10, transitions=13, depth=5),
    )
