# expect: K050 line 10
"""A task without `@task`: it would never run, and everything would hold."""

from model import Int, Spec, step


class Forgotten(Spec):
    n = Int(0, 2)

    async def worker(self):
        while True:
            await step()
            self.n += 1
