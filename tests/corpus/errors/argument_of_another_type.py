# expect: K030 line 14
"""An argument that is none of the parameter's type: told where it is written, not in the block that it is given to."""

from model import Int, Spec, task
from model.channel import Channel


class Argument(Spec):
    numbers = Channel(Int(0, 3))

    @task
    async def run(self):
        self.note(True)
        await self.numbers.send("three")

    def note(self, said: bool):
        assert said

    @task
    async def reads(self):
        await self.numbers.recv()
