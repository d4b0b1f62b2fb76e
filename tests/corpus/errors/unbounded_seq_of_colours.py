# expect: K036 line 9 with room unbounded

from model import Enum, Int, Seq, Spec, param, step, task


class Colours(Spec):
    room = param(Int(1, 4), default=2, unbounded=True)
    Colour = Enum("red", "green")
    queue = Seq(Colour, room)

    @task
    async def run(self):
        while True:
            await step()
            self.queue.append("red")
