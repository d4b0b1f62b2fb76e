# expect: K030 line 12
"""An empty sequence, and nobody says of what."""

from model import Spec, step, task


class Unknown(Spec):
    @task
    async def run(self):
        seen = []
        await step()
        seen.append(1)
