"""HTTP/2 flow control: one stream that nobody reads takes the window of the whole connection (netty 4423, hyper 2899).

A sender needs credit of its stream and of the connection; reading gives both back. The application reads a message of
stream 0, asks on stream 1 and waits for the answer before it reads on, as an RPC within an RPC does. What has arrived
on stream 0 fills the connection's window meanwhile, and the answer cannot be sent.

`credit=on_receipt`: the connection's window is given back when a message arrives, so that only the stream's window says
how much may lie unread (netty's automatic refill, gRPC). `connection` larger than `stream`: the rest is the answer's.
What is abstracted away: messages have one unit, window updates take no time.
"""

from model import Expect, Int, Map, Spec, at, awaitable, param, progress, sometimes, task, until, wait


class FlowControl(Spec):
    connection = param(Int(1, 8), default=2)  # units of credit
    stream = param(Int(1, 8), default=2)
    credit = param("on_read", "on_receipt", default="on_read")
    messages = param(Int(1, 8), default=3)

    Stream = Int(0, 1)

    window = Int(0, connection, init=connection)
    stream_window = Map(Stream, Int(0, stream), init=stream)
    unread = Map(Stream, Int(0, stream))
    asked = Int(0, messages)

    @awaitable
    def send(self, s: Stream):
        def ready():
            return self.window > 0 and self.stream_window[s] > 0

        def finish():
            self.stream_window[s] -= 1
            self.unread[s] += 1
            if self.credit == "on_read":
                self.window -= 1

        return wait(ready, finish)

    @awaitable
    def read(self, s: Stream):
        def ready():
            return self.unread[s] > 0

        def finish():
            self.unread[s] -= 1
            self.stream_window[s] += 1
            if self.credit == "on_read":
                self.window += 1

        return wait(ready, finish)

    @task
    async def watch(self):
        for _ in range(self.messages):
            await at("push", self.send(0))

    @task
    async def server(self):
        for _ in range(self.messages):
            await at("request", until(lambda: self.asked > 0))
            self.asked -= 1
            await at("answer", self.send(1))

    @task
    async def application(self):
        for _ in range(self.messages):
            await at("next message", self.read(0))
            self.asked += 1
            await at("its answer", self.read(1))

    application_ends = progress(application)

    @sometimes
    def the_window_is_used_up(self):
        return self.window == 0 or self.stream_window[0] == 0

    EXPECTED = (
        Expect("deadlock", states=12, transitions=15, depth=6),
        Expect("holds", credit="on_receipt", states=27, transitions=37, depth=16),
        Expect("holds", connection=3, states=27, transitions=37, depth=16),
        Expect("deadlock", connection=3, stream=3, messages=4, states=17, transitions=24, depth=7),
    )
