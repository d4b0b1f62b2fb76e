"""A forbidden combination of parameters is a usage error; every other is a spec."""

from model import Expect, Int, Spec, excludes, param, step, task


class Excluded(Spec):
    client = param("lock", "read", default="read")
    scenario = param("none", "stop", default="none")
    excludes(client="lock", scenario="none")
    n = Int(0, 1)

    @task
    async def run(self):
        await step()
        self.n = 1

    EXPECTED = (
        Expect("holds", states=2, transitions=1, depth=2),
        Expect("holds", client="lock", scenario="stop", states=2, transitions=1, depth=2),
    )
