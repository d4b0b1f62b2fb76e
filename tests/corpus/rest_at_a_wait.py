"""`rest`: a server that waits for ever for the next request is no orphan; without it, it is."""

from model import Bool, Expect, Spec, may, param, rest, task
from model.sock import Socket


class Rest(Spec):
    rests = param(Bool(), default=True)
    socket = Socket(Bool())

    @task(duty=may)
    async def client(self):
        await self.socket.client_write(True)

    @task
    async def server(self):
        while True:
            if self.rests:
                message = await rest(self.socket.server_read())
            else:
                message = await self.socket.server_read()
            if message is None:
                return

    EXPECTED = (
        Expect("holds", states=3, transitions=2, depth=3),
        Expect("orphan", rests=False, states=3, transitions=2, depth=3),
    )
