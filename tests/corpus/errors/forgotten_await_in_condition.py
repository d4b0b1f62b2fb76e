# expect: K040 line 13

from model import Bool, Spec, step, task
from model.sock import Socket


class Forgetting(Spec):
    socket = Socket(Bool())

    @task
    async def run(self):
        await step()
        if self.socket.server_read() is None:
            self.socket.reset()
