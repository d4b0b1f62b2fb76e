"""One connection of `page_service.rs`, from `handle_pagerequests` inwards (PAGE_SERVICE 3-7)."""

from model import (
    Block,
    Bool,
    Enum,
    Int,
    Option,
    Own,
    Record,
    Seq,
    Type,
    any_of,
    at,
    awaitable,
    drop,
    first,
    move,
    param,
    rest,
    step,
    task,
    wait,
)
from model.fold import FoldChannel
from model.sock import Socket
from model.token import ChildToken, Token
from specs.page_service.bucket import TokenBucket
from specs.page_service.operation import Operation
from specs.page_service.tenants import Tenants
from specs.page_service.timelines import Timelines
from specs.page_service.timeout_reader import TimeoutReader


class Connection(Block):
    """The Batcher reads requests and sends batches, the Executor reads pages and sends responses; serial is both.

    The Executor runs in the connection's own task, the Batcher is spawned (pipelined / tasks; as concurrent futures
    they would take the same steps). When both have ended, the Cache is dropped and the connection closed.
    """

    handle = param("strong", "weak", "peek")
    mode = param("pipelined", "serial")
    compare = param("identity", "id")
    throttle = param("listens", "deaf")
    timeout = param("off", "on")
    rcu = param("off", "queued")
    shards = param(Int(1, 2))
    max_batch = param(Int(1, 4))
    Shard = param(Type)
    Timeline = param(Type)
    Cache = param(Type)
    cache = param(Int(0, 7), default=0)  # which of them is this connection's
    timelines = param(Timelines)
    tenants = param(Tenants)
    socket = param(Socket)
    cancel = param(Token)
    bucket = param(TokenBucket)

    Handle = timelines.handles.Handle
    Batch = Record(
        requests=Seq(Timeline, max_batch),  # at which incarnation each was resolved
        queued=timelines.handles.Queued,
        cutoff=Own(tenants.cutoffs.Guard),
        error=Bool(),
    )

    def can_fold(self, queued: Batch, item: Batch):
        """`pagestream_do_batch`: page requests of one timeline, up to the largest batch; an error never folds."""
        if queued.error or item.error or len(queued.requests) >= self.max_batch:
            return False
        if self.compare == "id":
            return queued.queued.timeline % self.shards == item.queued.timeline % self.shards
        return queued.queued.timeline == item.queued.timeline

    def fold(self, queued: Batch, item: Batch):
        """The batch goes on with the handle it has; the incoming one is dropped."""
        queued.requests.append(item.requests[0])
        return move(queued)

    spsc_fold = FoldChannel(Batch, can_fold=can_fold, fold=fold)
    cancel_batcher = ChildToken(parent=cancel)
    reader = TimeoutReader(enabled=timeout == "on")
    batcher_ending = Operation()
    ending = Operation()

    answering = Seq(Timeline, max_batch)  # requests whose response is not yet flushed
    incarnation = Timeline  # of the handle they were read with
    timed_out = Bool()
    freed = Bool()  # for the witness of the incident's end: a broken connection ended what was held up
    outcome = Enum("running", "drained", "failed", "shutdown", "cancelled", "disconnected", "peeked")

    # --- Batcher -----------------------------------------------------------------------------------

    @task(when=mode == "pipelined")
    async def batcher(self):
        while True:
            got = await at(
                "read",
                rest(
                    first(
                        cancelled=self.cancel_batcher.fired(),
                        request=self.socket.server_read(),
                        timed_out=self.reader.expired(),
                    ),
                    when=self.stream_idle(),
                ),
            )
            if got.timed_out:
                self.timed_out = True
                await at("send_error", self.spsc_fold.send(self.Batch(error=True)))
                break
            if got.cancelled:
                break
            if got.request is None:
                if self.socket.server_closed:  # reset: a read error is sent as a value, the end of the stream is not
                    await at("send_error", self.spsc_fold.send(self.Batch(error=True)))
                break
            batch = await self.prepare(got.request)
            sent = await at("send", self.spsc_fold.send(move(batch)))
            if not sent:
                break
        self.spsc_fold.drop_sender()
        self.batcher_ending.complete()

    def stream_idle(self):
        return len(self.socket.c2s) == 0 and not self.socket.client_closed and not self.socket.server_closed

    async def prepare(self, shard: Shard) -> Batch:
        """`pagestream_read_message` after the read: get a handle, throttle, make the message that will be sent."""
        handle = await self.get(shard)
        if handle is None:
            return self.Batch(error=True)
        timeline = handle.timeline
        if self.throttle == "deaf":
            await at("throttle", self.bucket.token())
        else:
            got = await at(
                "throttle", first(cancelled=self.timelines.cancels[timeline].fired(), token=self.bucket.token())
            )
            if got.cancelled:
                return self.Batch(error=True)
        batch = self.Batch(queued=self.timelines.handles[timeline].queue(move(handle)))
        batch.requests.append(timeline)
        if self.rcu == "queued":
            batch.cutoff = self.tenants.cutoffs[timeline].read()
        return move(batch)

    async def get(self, shard: Shard) -> Option(Own(Handle)):
        """`Cache::get`: a live entry is a hit; else resolve, then enter the gate and register."""
        for timeline in self.Timeline:
            if timeline % self.shards == shard:
                hit = self.timelines.handles[timeline].get(self.cache)
                if hit is not None:
                    return move(hit)
        resolved = await at("resolve", self.tenants.resolve(shard))
        if resolved is None:
            return None
        await at("resolved", step())
        return self.timelines.handles[resolved].register(self.cache)

    # --- Executor ----------------------------------------------------------------------------------

    @task(when=mode == "pipelined")
    async def executor(self):
        while True:
            batch = await at("recv", rest(self.spsc_fold.recv()))
            if batch is None:
                self.outcome = "drained"
            else:
                await self.answer(move(batch))
            if self.outcome != "running":
                break
        if self.timeout == "on":
            self.freed = self.outcome == "disconnected" and self.timed_out and self.holds_up_shutdown()
        self.cancel_batcher.cancel()  # the drop guard
        self.spsc_fold.drop_receiver()
        await at("join", self.batcher_ending.joined())
        await self.close()

    def holds_up_shutdown(self):
        """A timeline's shutdown is at its gate, a Handle for it is in the queue."""
        return (
            self.spsc_fold.value is not None
            and self.spsc_fold.value.queued.handle is not None
            and len(self.timelines.handles[self.spsc_fold.value.queued.timeline].gate.closers) > 0
        )

    async def answer(self, batch: Batch):
        """`pagesteam_handle_batched_message`: read pages under the handle, then flush one response after another."""
        if batch.error:
            self.outcome = "failed"
            return
        self.incarnation = batch.queued.timeline
        handle = self.timelines.handles[batch.queued.timeline].upgrade(move(batch.queued))
        if handle is None:
            self.outcome = "shutdown"
            return
        with move(handle) as _held:
            read = await at(
                "exec", any_of(cancelled=self.timelines.cancels[self.incarnation].fired(), pages=self.storage())
            )
            if read.cancelled:
                self.outcome = "shutdown"
                return
        self.answering = batch.requests
        drop(batch)
        while len(self.answering) > 0 and self.outcome == "running":
            await self.flush()
        self.answering.clear()

    @awaitable
    def storage(self):
        """Layer reads, downloads, walredo: they take their time and answer."""

        def ready():
            return True

        return wait(ready)

    async def flush(self):
        """A biased select over connection cancel and the socket; `peek` also listens for what is queued behind it."""
        response = self.incarnation % self.shards
        if self.handle == "peek":
            got = await at(
                "flush",
                first(
                    cancelled=self.cancel.fired(),
                    peeked=self.queued_cancelled(),
                    wrote=self.socket.server_write(response),
                ),
            )
            if got.peeked:
                self.outcome = "peeked"
                return
        else:
            got = await at("flush", first(cancelled=self.cancel.fired(), wrote=self.socket.server_write(response)))
        if got.cancelled:
            self.outcome = "cancelled"
        elif not got.wrote:
            self.outcome = "disconnected"
        else:
            self.answering.pop(0)

    @awaitable
    def queued_cancelled(self):
        """The rejected alternative: the timeline token of the batch in the queue, whatever is in it by now."""

        def ready():
            return (
                self.spsc_fold.value is not None
                and not self.spsc_fold.value.error
                and self.timelines.cancels[self.spsc_fold.value.queued.timeline].is_cancelled()
            )

        return wait(ready)

    # --- serial mode -------------------------------------------------------------------------------

    @task(when=mode == "serial")
    async def serial(self):
        """`handle_pagerequests_serial`: no queue, so that no handle lives across a flush."""
        while True:
            got = await at(
                "read",
                rest(
                    first(
                        cancelled=self.cancel.fired(),
                        request=self.socket.server_read(),
                        timed_out=self.reader.expired(),
                    ),
                    when=self.stream_idle(),
                ),
            )
            if got.cancelled:
                self.outcome = "cancelled"
            elif got.request is None:  # the end of the stream, an error, or ten minutes
                self.outcome = "drained"
            else:
                batch = await self.prepare(got.request)
                await self.answer(move(batch))
            if self.outcome != "running":
                break
        await self.close()

    async def close(self):
        """The pipeline has ended: the Cache is dropped with the handler, the socket shut down."""
        for timeline in self.Timeline:
            await self.timelines.handles[timeline].forget(self.cache)
        self.socket.server_close()
        self.ending.complete()
