# expect: K011 line 13

from model import Int, Record, Spec, step, task


class Starred(Spec):
    Pair = Record(x=Int(0, 1), y=Int(0, 1))
    p = Pair

    @task
    async def run(self):
        await step()
        self.p = self.Pair(*(0, 1))
