"""A server that answers through a window, small enough to be proved in seconds: for every number of requests.

A client sends requests and reads answers when it likes. The server enters a gate for each, as page_service does;
shutting down fires a token and closes the gate. With `guard=across` the server holds its guard while it sends the
answer: a client that does not read holds up the shutdown. `client=greedy` does not read before it has sent
everything: with few requests that works, and no search with few requests finds the deadlock; a proof for all of them
cannot be had.

What is abstracted away: requests and answers have no content.
"""

from model import Expect, Int, Spec, any_of, at, choose, drop, first, may, param, progress, rest, step, task
from model.gate import Gate
from model.sock import Socket
from model.token import Token


class Window(Spec):
    requests = param(Int(1, 16), default=2, unbounded=True)
    window = param(Int(1, 4), default=1, unbounded=True)
    guard = param("reading", "across", default="reading")
    client = param("idle", "greedy", default="idle")

    Page = Int(0, 0)
    socket = Socket(Message=Page, to_server=window, to_client=window)
    gate = Gate()
    cancel = Token()

    @task(duty=may)
    async def compute(self):
        unsent: Int(0, self.requests) = self.requests
        while unsent > 0:
            if self.client == "greedy":
                await at("send", self.socket.client_write(choose(self.Page)))
                unsent -= 1
            else:
                got = await at(
                    "sending",
                    rest(any_of(sent=self.socket.client_write(choose(self.Page)), page=self.socket.client_read())),
                )
                if got.sent is not None:
                    unsent -= 1
        while not self.socket.server_closed:
            await at("read", rest(self.socket.client_read()))

    @task
    async def server(self):
        while True:
            got = await at("read", rest(first(cancelled=self.cancel.fired(), request=self.socket.server_read())))
            if got.cancelled:
                break
            guard = self.gate.enter()
            if guard is None:
                break
            await at("page", step())
            await at("encode", step())
            if self.guard == "reading":
                drop(guard)
            await at("flush", self.socket.server_write(0))
        self.socket.server_close()

    @task
    async def shutdown(self):
        await at("begin", step())
        self.cancel.cancel()
        await at("gate", self.gate.close())

    shutdown_ends = progress(shutdown)

    EXPECTED = (
        Expect("holds", states=71, transitions=141, depth=16),
        Expect("hostage", guard="across", states=60, transitions=115, depth=12),
        Expect("holds", client="greedy", states=68, transitions=125, depth=16),
        Expect("deadlock", client="greedy", requests=4, states=59, transitions=101, depth=12),
    )
