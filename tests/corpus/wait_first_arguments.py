"""The arguments of all branches are evaluated before any of them is polled."""

from model import Expect, Int, Spec, awaitable, first, invariant, task, wait


class Arguments(Spec):
    started = Int(0, 2)
    seen = Int(0, 2)

    @awaitable
    def turn(self, number):
        def start():
            self.started += 1

        def ready():
            return True

        def finish():
            return number

        return wait(start, ready, finish)

    @awaitable
    def never(self):
        def start():
            self.started += 1

        def ready():
            return False

        return wait(start, ready)

    @task
    async def run(self):
        got = await first(never=self.never(), turn=self.turn(self.started))
        self.seen = got.turn

    @invariant
    def none_had_started(self):
        return self.seen == 0

    EXPECTED = (Expect("holds", states=3, transitions=2, depth=3),)
