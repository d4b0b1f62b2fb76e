# expect: K022 line 14
"""A condition of `rest` that is misspelt: without it, resting would be for ever."""

from model import Bool, Int, Spec, rest, task
from model.channel import Channel


class Misspelt(Spec):
    jobs = Channel(Int(0, 0))
    done = Bool()

    @task
    async def worker(self):
        await rest(self.jobs.recv(), wehn=self.done)
