"""A connected stream socket: two bounded queues, one a direction, and two ends that can close or be reset."""

from model import Block, Bool, Int, Seq, Type, awaitable, move, param, wait


class Socket(Block):
    """One reader and one writer at each end. `read` gives None at the end of the stream or on an error; `write` gives
    False on an error.

    - `write` waits for room in the window of its direction (`to_server`, `to_client` messages), `read` for a message.
    - `close` of one end: what is queued towards it is lost, its peer reads what is queued and then None, and
      every `write`, pending or later, fails.
    - `reset`: both queues are lost, everything pending or later fails at both ends. By whom is the spec's affair: a
      kill is an actor of duty fault.

    A write waits for room and for nothing else: a reader that closes loses what is queued towards it, which is room. So
    the wait-for graph blames the peer alone. Its own end is not closed while a write is pending, except by a reset.

    There is no timeout: a peer that neither reads nor closes keeps a writer waiting for ever.
    Cancel-safe as modelled, one message being one unit: a dropped `read` took nothing, a dropped `write` sent nothing.
    """

    Message = param(Type)
    to_server = param(Int(1, 9), default=1)
    to_client = param(Int(1, 9), default=1)

    c2s = Seq(Message, to_server)
    s2c = Seq(Message, to_client)
    client_closed = Bool()
    server_closed = Bool()

    @awaitable
    def client_write(self, message: Message):
        def ready():
            return len(self.c2s) < self.to_server

        def finish():
            if self.client_closed or self.server_closed:
                return False
            self.c2s.append(move(message))
            return True

        return wait(ready, finish)

    @awaitable
    def server_write(self, message: Message):
        def ready():
            return len(self.s2c) < self.to_client

        def finish():
            if self.client_closed or self.server_closed:
                return False
            self.s2c.append(move(message))
            return True

        return wait(ready, finish)

    @awaitable
    def server_read(self):
        def ready():
            return len(self.c2s) > 0 or self.client_closed or self.server_closed

        def finish():
            if len(self.c2s) == 0:
                return None
            return self.c2s.pop(0)

        def idle():
            return len(self.c2s) == 0 and not self.client_closed and not self.server_closed

        return wait(ready, finish, idle)

    @awaitable
    def client_read(self):
        def ready():
            return len(self.s2c) > 0 or self.client_closed or self.server_closed

        def finish():
            if len(self.s2c) == 0:
                return None
            return self.s2c.pop(0)

        def idle():
            return len(self.s2c) == 0 and not self.client_closed and not self.server_closed

        return wait(ready, finish, idle)

    def client_close(self):
        self.client_closed = True
        self.s2c.clear()

    def server_close(self):
        self.server_closed = True
        self.c2s.clear()

    def reset(self):
        self.client_close()
        self.server_close()
