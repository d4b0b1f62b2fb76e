"""neon's pagestream pipeline, and the deadlock that queued handles caused (neondatabase/neon, c47c5f4ace).

A compute sends page requests over one connection. The Batcher takes a handle on the timeline for each, which holds the
timeline's gate, and queues batches; the Executor reads the pages and flushes the responses. Shutting a
timeline down fires its token and waits for its gate. `handle=strong` queues the Handle itself, as before the fix:
an Executor that flushes to a client that does not read then keeps the gate open. `handle=weak` queues a WeakHandle.

Facts: before the fix b0838a68e5, after it c47c5f4ace; `rcu=queued` is 6a35a3e9f1. Abstracted away:

- messages are counters: a request is the shard it goes to, once resolved the timeline incarnation; a response likewise;
- all requests are GetPage at one LSN; the LSN wait and the throttle are one wait that listens to `Timeline::cancel`;
- a tenant is one timeline; uploads, tasks other than the gate's holders, and the tenant's own gate take no time, nor
  does activation; reading pages takes time and ends; one iteration of the GC loop;
- the 30 s limit of resolve and the supervisor that kills are left out: C4 is the hang that the limit would cut;
- one connection with its Cache, so one HandleInner a timeline; of the lock holder's connection only resolve is kept;
- a backend that loses its connection ends: it would reconnect, and wait in resolve, holding nothing;
- handshake, listener and the last flush are left out: every response is flushed by itself, so nothing is left for it.
"""

from model import (
    Expect,
    Int,
    Spec,
    at,
    choose,
    excludes,
    fault,
    invariant,
    leads_to,
    owned,
    param,
    progress,
    sometimes,
    step,
    task,
    transition,
)
from model.sock import Socket
from model.token import Token
from specs.page_service.bucket import TokenBucket
from specs.page_service.compute import Compute
from specs.page_service.connection import Connection
from specs.page_service.tenants import Tenants
from specs.page_service.timelines import Timelines


class PageService(Spec):
    handle = param("weak", "strong", "peek", default="weak")
    scenario = param("detach", "none", "stop", "reattach", default="detach")
    mode = param("pipelined", "serial", default="pipelined")
    client = param("idle", "lock", "wal", "blocking", default="idle")
    kill = param("on", "off", default="on")
    shards = param(Int(1, 2), default=1)
    requests = param(Int(1, 8), default=3, unbounded=True)
    max_batch = param(Int(1, 4), default=2, unbounded=True)
    window = param(Int(1, 4), default=1, unbounded=True)
    c2s = param(Int(1, 4), default=1, unbounded=True)
    timeout = param("off", "on", default="off")
    compare = param("identity", "id", default="identity")
    shutdown_twice = param("noop", "panics", default="noop")
    throttle = param("listens", "deaf", default="listens")
    rcu = param("off", "queued", default="off")
    lint = param("off", "on", default="off")

    excludes(handle="peek", mode="serial")  # there is no queue to look into
    excludes(rcu="queued", mode="serial")
    excludes(compare="id", mode="serial")
    excludes(client="wal", scenario="stop")  # ingest would go on at another pageserver
    excludes(client="wal", scenario="detach")

    Shard = Int(0, shards - 1)
    Timeline = Int(
        0, shards if scenario == "reattach" else shards - 1
    )  # incarnations; the last is the re-attached shard 0
    Cache = Int(0, 0)

    socket = Socket(Message=Shard, to_server=c2s, to_client=window)
    connection_cancel = Token()
    bucket = TokenBucket()
    timelines = Timelines(
        Timeline=Timeline,
        Cache=Cache,
        kind="weak" if handle == "weak" else "strong",
        twice=shutdown_twice,
        ingest=client == "wal",
    )
    tenants = Tenants(Shard=Shard, Timeline=Timeline, shards=shards, rcu=rcu, timelines=timelines)
    connection = Connection(
        handle=handle,
        mode=mode,
        compare=compare,
        throttle=throttle,
        timeout=timeout,
        rcu=rcu,
        shards=shards,
        max_batch=max_batch,
        Shard=Shard,
        Timeline=Timeline,
        Cache=Cache,
        timelines=timelines,
        tenants=tenants,
        socket=socket,
        cancel=connection_cancel,
        bucket=bucket,
    )
    compute = Compute(client=client, requests=requests, Shard=Shard, socket=socket, tenants=tenants)

    # --- management operations ---------------------------------------------------------------------

    @task(when=scenario == "stop")
    async def stop(self):
        """`lib.rs: shutdown_pageserver`: all tenants first, the connections after them."""
        for shard in self.Shard:
            self.tenants.ending[shard].spawn()
        for shard in self.Shard:
            await at("tenants", self.tenants.ending[shard].joined())
        self.connection_cancel.cancel()
        await at("connections", self.connection.ending.joined())

    @task(when=scenario == "detach")
    async def detach(self):
        """`detach_tenant`, of shard 0."""
        self.tenants.slot[0] = "in_progress"
        self.tenants.ending[0].spawn()
        await at("tenant", self.tenants.ending[0].joined())
        self.tenants.slot[0] = "gone"

    @task(when=scenario == "reattach")
    async def reattach(self):
        """`upsert_location`, slow path, of shard 0: a higher generation is a new tenant."""
        self.tenants.slot[0] = "in_progress"
        self.tenants.ending[0].spawn()
        await at("tenant", self.tenants.ending[0].joined())
        self.tenants.renewed = True
        self.tenants.slot[0] = "attached"

    @task(duty=fault, when=kill == "on")
    async def network(self):
        """The compute closes its end, or the connection is reset. At any time, once."""
        await at("cut", step())
        if choose(("close", "reset")) == "close":
            self.socket.client_close()
        else:
            self.socket.reset()

    # --- properties --------------------------------------------------------------------------------

    stop_ends = progress(stop)
    detach_ends = progress(detach)
    reattach_ends = progress(reattach)
    tenant_shutdown_ends = progress(tenants.tenant_shutdown)
    timeline_shutdown_ends = progress(tenants.timeline_shutdown)

    # Liveness (PAGE_SERVICE P1, P2, P5, P8): the server is fair, the compute and the token bucket owe nothing.
    gate_closes = leads_to(
        lambda self, timeline: self.timelines.cancels[timeline].is_cancelled(),
        lambda self, timeline: self.timelines.handles[timeline].gate.closed,
        over=Timeline,
        when=scenario != "none",
    )
    stops = leads_to(lambda self: self.stop.at("tenants"), lambda self: self.stop.finished, when=scenario == "stop")
    batcher_follows = leads_to(
        lambda self: self.connection.executor.at("join"),
        lambda self: self.connection.batcher.finished or self.deaf_to_the_executor(),
        when=mode == "pipelined",
    )
    connection_ends = leads_to(
        lambda self: self.connection.executor.at("join") and self.connection.batcher.finished,
        lambda self: self.connection.ending.state == "over",
        when=mode == "pipelined",
    )
    slot_is_decided = leads_to(
        lambda self, shard: self.tenants.slot[shard] == "in_progress",
        lambda self, shard: self.tenants.slot[shard] != "in_progress",
        over=Shard,
        when=scenario == "detach" or scenario == "reattach",
    )

    def deaf_to_the_executor(self):
        """The Batcher is where the Executor's exit does not wake it (PAGE_SERVICE 6)."""
        return self.connection.batcher.at("throttle") or self.connection.batcher.at("resolve")

    def queued_is_cancelled(self):
        """A batch is in the queue, and its timeline's token has fired."""
        return (
            self.connection.spsc_fold.value is not None
            and len(self.connection.spsc_fold.value.requests) > 0
            and self.timelines.cancels[self.connection.spsc_fold.value.queued.timeline].is_cancelled()
        )

    def flush_blocked(self):
        return (
            self.connection.executor.at("flush")
            and len(self.socket.s2c) == self.window
            and not self.socket.client_closed
            and not self.socket.server_closed
        )

    @sometimes(when=mode == "pipelined" and scenario != "none")
    def hung_before_fix(self):
        return self.flush_blocked() and self.queued_is_cancelled()

    @sometimes(when=mode == "pipelined" and scenario != "none")
    def decoupled(self):
        """A timeline's gate has closed while the Executor is still in flush."""
        return self.connection.executor.at("flush") and any(
            self.timelines.handles[timeline].gate.closed for timeline in self.Timeline
        )

    @sometimes(when=shards == 2 and mode == "pipelined" and scenario == "detach")
    def shard_0_gone_while_flushing(self):
        return (
            self.tenants.slot[0] == "gone" and self.connection.executor.at("flush") and self.connection.incarnation == 1
        )

    @sometimes(when=timeout == "on" and handle != "weak" and mode == "pipelined" and scenario != "none")
    def step5(self):
        """The reader has timed out: the Batcher is in send with the error, the shutdown is stuck."""
        return self.flush_blocked() and self.connection.batcher.at("send_error") and self.connection.holds_up_shutdown()

    @sometimes(
        when=timeout == "on" and handle != "weak" and kill == "on" and mode == "pipelined" and scenario != "none"
    )
    def released(self):
        """Steps 6-8: the connection broke, the flush failed, the queued batch was dropped, the gate has closed."""
        return self.connection.freed and any(self.timelines.handles[timeline].gate.closed for timeline in self.Timeline)

    @transition(when=mode == "pipelined")
    def flush_is_left_for_its_own_reasons(self, old):
        """With an error only through the socket, connection cancel, or cancel of the timeline it flushes for."""
        return (
            not old.connection.executor.at("flush")
            or self.connection.executor.at("flush")
            or self.connection.outcome == "running"
            or old.socket.client_closed
            or old.socket.server_closed
            or old.connection_cancel.is_cancelled()
            or old.timelines.cancels[old.connection.incarnation].is_cancelled()
        )

    @invariant
    def a_batch_is_of_one_incarnation(self):
        """Every message in a queued batch was resolved at the incarnation whose handle the batch owns."""
        return self.connection.spsc_fold.value is None or all(
            request == self.connection.spsc_fold.value.queued.timeline
            for request in self.connection.spsc_fold.value.requests
        )

    @invariant
    def no_response_across_incarnations(self):
        return all(request == self.connection.incarnation for request in self.connection.answering)

    @invariant
    def nobody_inside_a_closed_gate(self):
        return all(
            not self.timelines.handles[held.timeline].gate.closed for held in owned(self.timelines.handles.Handle)
        )

    @invariant(when=lint == "on")
    def no_channel_contains_a_handle(self):
        return self.connection.spsc_fold.value is None or self.connection.spsc_fold.value.queued.handle is None

    @invariant(when=lint == "on")
    def a_handle_is_held_only_where_cancel_is_heard(self):
        """Who holds one is in throttle (if that listens) or reads pages: all other waits are deaf to the timeline."""
        reading = self.connection.executor.at("exec") or self.connection.serial.at("exec")
        throttled = self.connection.batcher.at("throttle") or self.connection.serial.at("throttle")
        heard = (1 if reading else 0) + (1 if throttled and self.throttle == "listens" else 0)
        return sum(1 for _ in owned(self.timelines.handles.Handle)) == heard

    EXPECTED = (
        # C1: tenants are shut down before connections are cancelled
        Expect(
            "deadlock",
            handle="strong",
            scenario="stop",
            states=6422,
            transitions=22959,
            depth=27,
            violated=("gate_closes[0]", "stops"),
        ),
        # H1, the incident
        Expect(
            "hostage",
            handle="strong",
            states=6075,
            transitions=21568,
            depth=27,
            violated=("gate_closes[0]", "slot_is_decided[0]"),
        ),
        Expect(
            "hostage",
            handle="strong",
            timeout="on",
            states=10345,
            transitions=38407,
            depth=28,
            violated=("gate_closes[0]", "slot_is_decided[0]"),
        ),
        # the fix
        Expect("holds", states=7069, transitions=25760, depth=39),
        Expect("holds", scenario="stop", states=7520, transitions=27596, depth=39),
        Expect("holds", timeout="on", states=12497, transitions=48546, depth=41),
        # without a queue
        Expect("holds", handle="strong", mode="serial", states=1186, transitions=4053, depth=33),
        Expect("holds", handle="strong", mode="serial", scenario="stop", states=1256, transitions=4365, depth=33),
        # C4 and C5: through the compute
        Expect(
            "deadlock",
            handle="strong",
            scenario="reattach",
            client="lock",
            states=59666,
            transitions=203809,
            depth=29,
            violated=("gate_closes[0]", "slot_is_decided[0]"),
        ),
        Expect(
            "deadlock",
            handle="strong",
            scenario="reattach",
            client="wal",
            states=15206,
            transitions=43980,
            depth=28,
            violated=("gate_closes[0]", "slot_is_decided[0]"),
        ),
        Expect("holds", scenario="reattach", client="lock", states=78876, transitions=278749, depth=44),
        Expect("holds", scenario="reattach", client="wal", states=20705, transitions=62754, depth=42),
        # C2: a client that cannot read while its send is blocked; no shutdown needed, and none held up
        Expect(
            "deadlock",
            client="blocking",
            scenario="none",
            requests=8,
            states=972,
            transitions=2460,
            depth=32,
            violated=(),
        ),
        Expect(
            "deadlock",
            client="blocking",
            scenario="none",
            requests=8,
            handle="strong",
            states=972,
            transitions=2460,
            depth=32,
            violated=(),
        ),
        Expect("deadlock", client="blocking", requests=8, states=7963, transitions=25857, depth=28, violated=()),
        # H6: one connection, two shards
        Expect("holds", shards=2, states=39594, transitions=149208, depth=41),
        Expect("action property", handle="peek", shards=2, states=20779, transitions=71646, depth=22, violated=()),
        # incarnations
        Expect("invariant", compare="id", scenario="reattach", states=5992, transitions=19822, depth=24, violated=()),
        Expect("holds", scenario="reattach", states=8188, transitions=28821, depth=39),
        Expect("assertion", shutdown_twice="panics", states=1620, transitions=4523, depth=16),
        Expect(
            "hostage",
            throttle="deaf",
            states=491,
            transitions=1256,
            depth=11,
            violated=("gate_closes[0]", "slot_is_decided[0]"),
        ),
        Expect(
            "invariant",
            lint="on",
            handle="strong",
            states=240,
            transitions=551,
            depth=8,
            violated=("gate_closes[0]", "slot_is_decided[0]"),
        ),
        Expect("holds", lint="on", states=7069, transitions=25760, depth=39),
        # H11: the class of bug again, one resource further
        Expect("hostage", rcu="queued", states=24963, transitions=102088, depth=30, violated=("slot_is_decided[0]",)),
        Expect(
            "deadlock", rcu="queued", scenario="stop", states=25908, transitions=106904, depth=30, violated=("stops",)
        ),
    )
