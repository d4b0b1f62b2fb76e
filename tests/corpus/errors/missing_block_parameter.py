# expect: K022 line 8

from model import Spec, step, task
from model.channel import Channel


class Arguments(Spec):
    channel = Channel()

    @task
    async def run(self):
        await step()
