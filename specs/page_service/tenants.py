"""Tenants: their slots, and how one is shut down (`tenant/mgr.rs`, `tenant.rs`; PAGE_SERVICE 11-12)."""

from model import Block, Bool, Enum, Int, Map, Type, at, awaitable, param, rest, step, task, wait
from model.token import Token
from specs.page_service.operation import Operation
from specs.page_service.rcu import Rcu
from specs.page_service.timelines import Timelines


class Tenants(Block):
    """Tenant = shard = one timeline. Shard 0 may be re-attached: then `renewed`, with incarnation `shards`."""

    Shard = param(Type)
    Timeline = param(Type)
    shards = param(Int(1, 2))
    rcu = param("off", "queued")
    timelines = param(Timelines)

    slot = Map(Shard, Enum("attached", "stopping", "in_progress", "gone"))
    renewed = Bool()
    ending = Map(Shard, Operation())
    timeline_ending = Map(Shard, Operation())
    cancels = Map(Shard, Token())
    cutoffs = Map(Timeline, Rcu())
    gc_ending = Map(Shard, Operation())

    def current(self, shard: Shard) -> Timeline:
        return self.shards if shard == 0 and self.renewed else shard

    def ingests(self, shard: Shard):
        return self.timelines.walreceiver[self.current(shard)]

    @awaitable
    def resolve(self, shard: Shard):
        """An InProgress slot is waited for, looking at no token. None: the tenant is gone, or stopping."""

        def ready():
            return self.slot[shard] != "in_progress"

        def finish():
            if self.slot[shard] != "attached":
                return None
            return self.current(shard)

        return wait(ready, finish)

    @task(over=Shard)
    async def timeline_shutdown(self, me):
        await at("begin", rest(self.timeline_ending[me].spawned()))
        await self.timelines.shutdown(me)
        self.timeline_ending[me].complete()

    @task(over=Shard)
    async def tenant_shutdown(self, me):
        """`Tenant::shutdown`. Nobody here enters the tenant's own gate, so that closing it does not wait."""
        await at("begin", rest(self.ending[me].spawned()))
        if self.slot[me] == "attached":
            self.slot[me] = "stopping"
        self.timeline_ending[me].spawn()
        await at("timeline", self.timeline_ending[me].joined())
        self.cancels[me].cancel()
        if self.rcu == "queued":
            await at("gc", self.gc_ending[me].joined())
        self.ending[me].complete()

    @task(over=Shard, when=rcu == "queued")
    async def gc(self, me):
        """One iteration of the GC loop: it begins unless the tenant is cancelled, then waits for readers."""
        await at("due", step())
        if not self.cancels[me].is_cancelled():
            self.cutoffs[me].store()
            await at("readers", self.cutoffs[me].readers_gone())
        self.gc_ending[me].complete()
