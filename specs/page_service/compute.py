"""The compute's side of the connection: PostgreSQL backends (`pgxn/neon`; PAGE_SERVICE 1)."""

from model import Block, Int, Type, any_of, at, awaitable, choose, first, may, obliged, param, rest, task, wait
from model.mutex import Mutex
from model.sock import Socket
from specs.page_service.tenants import Tenants


class Compute(Block):
    """`client`: *idle* sends and reads when it likes; *lock* and *wal* run a query that prefetched and is obliged to
    go on; *blocking* is the test helper, which sends all its requests before it reads."""

    client = param("idle", "lock", "wal", "blocking")
    requests = param(Int(1, 8))
    Shard = param(Type)
    socket = param(Socket)
    tenants = param(Tenants)

    lock = Mutex()
    unread = Int(0, requests)

    def cut(self):
        return self.socket.client_closed or self.socket.server_closed

    @task(duty=may if client == "idle" or client == "blocking" else obliged)
    async def run(self):
        if self.client == "idle":
            await self.idle()
        elif self.client == "blocking":
            await self.send_all_then_read()
        elif self.client == "lock":
            await self.take_lock_then_read()
        else:
            await self.write_then_read()

    async def idle(self):
        unsent: Int(0, self.requests) = self.requests
        while unsent > 0 and not self.cut():
            got = await at(
                "sending",
                rest(any_of(sent=self.socket.client_write(choose(self.Shard)), page=self.socket.client_read())),
            )
            if got.sent is not None:
                unsent -= 1
        while not self.cut():
            await at("read", rest(self.socket.client_read()))

    async def send_all_then_read(self):
        unsent: Int(0, self.requests) = self.requests
        while unsent > 0 and not self.cut():
            await at("send", self.socket.client_write(choose(self.Shard)))
            unsent -= 1
        while not self.cut():
            await at("read", rest(self.socket.client_read()))

    async def take_lock_then_read(self):
        await self.prefetch()
        with await at("lock", self.lock.lock()):
            await self.receive()

    async def write_then_read(self):
        await self.prefetch()
        await at("wal", self.ingested())
        await self.receive()

    async def prefetch(self):
        """Send all requests; a backend blocked in send drains what has come (libpq), but else reads nothing yet."""
        unsent: Int(0, self.requests) = self.requests
        while unsent > 0 and not self.cut():
            got = await at(
                "send", first(sent=self.socket.client_write(choose(self.Shard)), page=self.socket.client_read())
            )
            if got.sent is not None:
                unsent -= 1
                self.unread += 1
            else:
                self.unread -= 1

    async def receive(self):
        """Read the responses; when the connection is lost the query fails, and holds nothing any more."""
        while self.unread > 0 and not self.cut():
            await at("read", self.socket.client_read())
            self.unread -= 1

    @awaitable
    def ingested(self):
        """WAL back-pressure: wait until the pageserver ingests, however long that takes."""

        def ready():
            return self.tenants.ingests(0)

        return wait(ready)

    @task(when=client == "lock")
    async def lock_holder(self):
        """Another backend: takes the lock, then needs a page of the location, over a connection of its own.

        Of that connection only the wait that can hang is kept: its Batcher's resolve, which holds no Handle.
        """
        with await at("lock", self.lock.lock()):
            await at("getpage", self.tenants.resolve(0))
