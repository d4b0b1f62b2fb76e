"""An action property that a step breaks."""

from model import Bool, Expect, Int, Spec, param, step, task, transition


class Transition(Spec):
    jumps = param(Bool(), default=True)
    n = Int(0, 4)

    @task
    async def run(self):
        while self.n < 4:
            await step()
            self.n += 2 if self.jumps and self.n == 2 else 1

    @transition
    def one_by_one(self, old):
        return self.n <= old.n + 1

    EXPECTED = (
        Expect("action property", states=5, transitions=4, depth=5),
        Expect("holds", jumps=False, states=6, transitions=5, depth=6),
    )
