"""An action property is asked of every step, also of a first one that only says where its task waits."""

from model import Expect, Int, Spec, rest, task, transition, until


class Stays(Spec):
    n = Int(0, 2)

    @task
    async def run(self):
        self.n += 1

    @task
    async def waits(self):
        await rest(until(lambda: self.n == 2))

    @transition
    def only_changes(self, old):
        return self.n == 0 or self.n != old.n

    EXPECTED = (Expect("action property", states=4, transitions=4, depth=3),)
