"""A backend's connection to one location: what keeps the gate open (`page_service.rs`; PAGE_SERVICE 1-6)."""

from model import (
    Block,
    Bool,
    Int,
    Option,
    Own,
    at,
    awaitable,
    drop,
    fault,
    first,
    may,
    move,
    param,
    rest,
    task,
    wait,
)
from model.fold import FoldChannel
from model.sock import Socket
from model.token import Token
from specs.migration.location import Location


class Connection(Block):
    """The pipeline of `page_service`, less whatever is not needed to hold a Handle across a flush."""

    requests = param(Int(1, 3))
    kill = param("on", "off")
    location = param(Location)
    told_at_first = param(Bool())  # whether the compute was told of this location from the start

    Timeline = location.Timeline
    Handle = location.timelines.handles.Handle
    Queued = location.timelines.handles.Queued

    def can_fold(self, queued: Queued, item: Queued):
        """The largest batch is one request: a batch owns one handle, whatever its size."""
        return False

    def fold(self, queued: Queued, item: Queued):
        return move(queued)

    socket = Socket(Message=Int(0, 0), to_server=1, to_client=1)
    spsc_fold = FoldChannel(Queued, can_fold=can_fold, fold=fold)
    cancel_batcher = Token()
    batcher_ended = Token()
    told = Bool(init=told_at_first)

    @task(duty=may)
    async def backend(self):
        """Has sent its prefetches, and reads when it likes. While idle it does not notice that the compute moved."""
        while True:
            response = await at("reads", rest(self.socket.client_read()))
            if response is None:
                return

    @awaitable
    def was_told(self):
        def ready():
            return self.told

        return wait(ready)

    @task(duty=fault, when=kill == "on")
    async def network(self):
        """The backend dies, or the connection breaks; at any time, once."""
        self.socket.reset()

    # --- Batcher -----------------------------------------------------------------------------------

    @task
    async def batcher(self):
        await at("connect", rest(self.was_told()))
        if not self.socket.client_closed:
            self.socket.s2c.append(0)  # what an earlier request was answered, and the backend has not read
        await self.queue_requests()
        self.spsc_fold.drop_sender()
        self.batcher_ended.cancel()

    async def queue_requests(self):
        unread: Int(0, self.requests) = self.requests
        while unread > 0 and not self.socket.client_closed:
            unread -= 1
            handle = await self.get()
            if handle is None:
                return
            timeline = handle.timeline
            queued = self.location.timelines.handles[timeline].queue(move(handle))
            if not await at("send", self.spsc_fold.send(move(queued))):
                return
        await at(
            "read",
            rest(
                first(cancelled=self.cancel_batcher.fired(), end=self.socket.server_read()),
                when=not self.socket.client_closed,
            ),
        )

    async def get(self) -> Option(Own(Handle)):
        """`Cache::get`: a live entry is a hit; else resolve, then enter the gate and register."""
        for timeline in self.Timeline:
            hit = self.location.timelines.handles[timeline].get(0)
            if hit is not None:
                return move(hit)
        resolved = await at("resolve", self.location.resolve())
        if resolved is None:
            return None
        return self.location.timelines.handles[resolved].register(0)

    # --- Executor ----------------------------------------------------------------------------------

    @task
    async def executor(self):
        while True:
            queued = await at("recv", rest(self.spsc_fold.recv()))
            if queued is None:
                break
            answered = await self.answer(move(queued))
            if not answered:
                break
        self.cancel_batcher.cancel()
        self.spsc_fold.drop_receiver()
        await at("join", self.batcher_ended.fired())
        for timeline in self.Timeline:
            await self.location.timelines.handles[timeline].forget(0)
        self.socket.server_close()

    async def answer(self, queued: Queued):
        """Read the page under the handle; flush the response without it. False: this connection is at its end."""
        timeline = queued.timeline
        handle = self.location.timelines.handles[timeline].upgrade(move(queued))
        if handle is None:
            return False
        drop(handle)
        return await at("flush", self.socket.server_write(0))
