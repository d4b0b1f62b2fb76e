"""neon's pagestream pipeline (`specs/page_service`) with two connections and two shards; shard 0 is detached."""

from model import Int, Spec, at, fault, invariant, owned, param, progress, step, task
from model.sock import Socket
from model.token import Token
from specs.page_service.bucket import TokenBucket
from specs.page_service.compute import Compute
from specs.page_service.connection import Connection
from specs.page_service.tenants import Tenants
from specs.page_service.timelines import Timelines


class TwoConnections(Spec):
    shards = param(Int(1, 2), default=2)
    requests = param(Int(1, 8), default=1)
    max_batch = param(Int(1, 4), default=1)
    kill = param("on", "off", default="off")

    Shard = Int(0, shards - 1)
    Timeline = Int(0, shards - 1)
    Cache = Int(0, 1)

    timelines = Timelines(Timeline=Timeline, Cache=Cache, kind="weak", twice="noop", ingest=False)
    tenants = Tenants(Shard=Shard, Timeline=Timeline, shards=shards, rcu="off", timelines=timelines)

    socket_0 = Socket(Message=Shard, to_server=1, to_client=1)
    socket_1 = Socket(Message=Shard, to_server=1, to_client=1)
    cancel_0 = Token()
    cancel_1 = Token()
    bucket_0 = TokenBucket()
    bucket_1 = TokenBucket()
    connection_0 = Connection(
        handle="weak",
        mode="pipelined",
        compare="identity",
        throttle="listens",
        timeout="off",
        rcu="off",
        shards=shards,
        max_batch=max_batch,
        Shard=Shard,
        Timeline=Timeline,
        Cache=Cache,
        cache=0,
        timelines=timelines,
        tenants=tenants,
        socket=socket_0,
        cancel=cancel_0,
        bucket=bucket_0,
    )
    connection_1 = Connection(
        handle="weak",
        mode="pipelined",
        compare="identity",
        throttle="listens",
        timeout="off",
        rcu="off",
        shards=shards,
        max_batch=max_batch,
        Shard=Shard,
        Timeline=Timeline,
        Cache=Cache,
        cache=1,
        timelines=timelines,
        tenants=tenants,
        socket=socket_1,
        cancel=cancel_1,
        bucket=bucket_1,
    )
    compute_0 = Compute(client="idle", requests=requests, Shard=Shard, socket=socket_0, tenants=tenants)
    compute_1 = Compute(client="idle", requests=requests, Shard=Shard, socket=socket_1, tenants=tenants)

    @task
    async def detach(self):
        self.tenants.slot[0] = "in_progress"
        self.tenants.ending[0].spawn()
        await at("tenant", self.tenants.ending[0].joined())
        self.tenants.slot[0] = "gone"

    @task(duty=fault, when=kill == "on")
    async def network(self):
        await at("cut", step())
        self.socket_0.reset()

    detach_ends = progress(detach)

    @invariant
    def nobody_inside_a_closed_gate(self):
        return all(
            not self.timelines.handles[held.timeline].gate.closed for held in owned(self.timelines.handles.Handle)
        )
