"""Conformance of `Socket`: windows, close of either end, reset, and who learns of it."""

from model import Bool, Expect, Int, Spec, fault, invariant, param, rest, sometimes, task, transition
from model.sock import Socket


class SocketSuite(Spec):
    messages = param(Int(1, 3), default=2)
    window = param(Int(1, 2), default=1)
    client = param("reads", "closes", "hangs", default="reads")
    kill = param(Bool(), default=False)

    Message = Int(0, messages - 1)

    socket = Socket(Message, to_server=window, to_client=window)
    asked = Int(0, messages)
    served = Int(0, messages)
    read = Int(0, messages)
    server_saw_end = Bool()
    server_saw_error = Bool()
    client_saw_end = Bool()

    @task
    async def asks(self):
        for number in range(self.messages):
            if not await self.socket.client_write(number):
                return
            self.asked = number + 1
        if self.client == "closes":
            self.socket.client_close()

    @task(when=client != "hangs")
    async def reads(self):
        for number in range(self.messages):
            answer = await self.socket.client_read()
            if answer is None:
                self.client_saw_end = True
                return
            assert answer == number, "in order"
            self.read = number + 1
        self.socket.client_close()

    @task
    async def server(self):
        while True:
            message = await rest(self.socket.server_read())
            if message is None:
                self.server_saw_end = True
                break
            if not await self.socket.server_write(message):
                self.server_saw_error = True
                break
            self.served += 1
        self.socket.server_close()

    @task(duty=fault, when=kill)
    async def killer(self):
        self.socket.reset()

    @invariant
    def none_is_invented(self):
        return self.read <= self.served and self.served <= self.asked + 1

    @invariant
    def nothing_is_queued_towards_a_closed_reader(self):
        return (not self.socket.client_closed or len(self.socket.s2c) == 0) and (
            not self.socket.server_closed or len(self.socket.c2s) == 0
        )

    @invariant
    def none_is_lost_while_open(self):
        return self.socket.client_closed or self.socket.server_closed or self.served == self.read + len(self.socket.s2c)

    @transition
    def closed_is_for_good(self, old):
        return (not old.socket.client_closed or self.socket.client_closed) and (
            not old.socket.server_closed or self.socket.server_closed
        )

    @sometimes
    def window_is_full(self):
        return len(self.socket.s2c) == self.window

    @sometimes(when=client == "reads")
    def the_server_sees_the_end(self):
        return self.server_saw_end

    @sometimes(when=client == "closes")
    def the_server_sees_the_error(self):
        return self.server_saw_error

    @sometimes(when=kill)
    def the_client_sees_the_end(self):
        return self.client_saw_end

    EXPECTED = (
        Expect("holds", states=14, transitions=16, depth=11),
        Expect("holds", window=2, messages=3, states=30, transitions=46, depth=15),
        Expect("holds", client="closes", states=22, transitions=26, depth=10),
        Expect("holds", kill=True, states=84, transitions=123, depth=12),
        Expect(
            "orphan", client="hangs", states=8, transitions=8, depth=7
        ),  # nobody reads, nobody closes, there is no timeout
    )
