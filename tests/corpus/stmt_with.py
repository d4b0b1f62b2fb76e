"""`with` drops what it holds at the end of its block, also on `return`."""

from model import Bool, Expect, Spec, invariant, owned, param, sometimes, step, task
from model.mutex import Mutex


class With(Spec):
    early = param(Bool(), default=False)

    mutex = Mutex()
    inside = Bool()

    @task
    async def run(self):
        with await self.mutex.lock():
            self.inside = True
            await step()
            if self.early:
                self.inside = False
                return
            self.inside = False
        await step()

    @invariant
    def held_inside(self):
        return not self.inside or any(True for g in owned(self.mutex.Guard))

    @sometimes
    def free_at_the_end(self):
        return self.run.finished and not any(True for g in owned(self.mutex.Guard))

    EXPECTED = (
        Expect("holds", states=5, transitions=4, depth=5),
        Expect("holds", early=True, states=4, transitions=3, depth=4),
    )
