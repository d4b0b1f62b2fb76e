"""neon's live migration of a tenant shard, and how the source's hang spreads to the target (storage_controller).

The storage controller moves a location from one pageserver to another: it attaches the target, tells the compute, then
asks the source to become secondary, which shuts the tenant down there. A backend that does not read keeps the source's
gate open when Handles are queued (`handle=strong`; `check page_service`). The request times out, its repetition gets a
409, the migration has failed; the next reconcile finds the target not as it wants it, gives out a new generation, and
so makes the healthy target shut down and attach anew: there the next backend that does not read keeps the gate open.
With `handle=weak` the shutdowns end, and whatever timed out, the controller gets where it wants to go.

The first finding under `handle=strong` is the source's hang. With `timeout=hung`, `--property target_put_ends` and
`--witness spread` show the whole way to the target's: nothing else makes a request time out.

Facts: PAGE_SERVICE 11-13, before the fix at b0838a68e5, after it at c47c5f4ace. Abstracted away:

- steps 1-3 and 6 of the migration: the target is warm from the start, LSNs are not compared;
- a generation is kept as "is the newest given out", all that it is asked for; requests arrive when they are sent;
- of the controller's waits at most `timeouts` time out: any (`timeout=any`), or only those for a handler that waits for
  a gate somebody is inside of (`timeout=hung`); with that the three attempts are never used up;
- one backend and one connection a location, not reopened once closed; the target's begins when the compute is told; it
  is met with its window full, and its requests have arrived; reading one, and reading a page, takes no time;
- a batch is one request (a larger one owns one handle as well); neither throttle nor TimeoutReader, whose waits listen
  to the timeline or hold nothing; an error ends the Batcher instead of being queued; `kill=on` breaks the source's
  connection only;
- a tenant is one timeline; uploads, tasks other than the gate's holders, and the tenant's own gate take no time.
"""

from model import Expect, Int, Spec, at, invariant, owned, param, progress, sometimes, step, task
from specs.migration.connection import Connection
from specs.migration.location import Location, RequestTimer


class Migration(Spec):
    handle = param("weak", "strong", default="weak")
    kill = param("off", "on", default="off")
    timeout = param("any", "hung", default="any")
    timeouts = param(Int(1, 2), default=1)
    requests = param(Int(1, 3), default=2)

    timer = RequestTimer(timeouts)
    source = Location(handle=handle, first_config="single", attachments=1, timeout=timeout, timer=timer)
    target = Location(  # attached by the migration, and anew once for each timeout at most
        handle=handle, first_config="secondary", attachments=1 + timeouts, timeout=timeout, timer=timer
    )
    source_connection = Connection(requests=requests, kill=kill, location=source, told_at_first=True)
    target_connection = Connection(requests=requests, kill="off", location=target, told_at_first=False)

    # --- storage controller ------------------------------------------------------------------------

    @task
    async def controller(self):
        """`reconciler.rs`: `live_migrate`, and reconciles until both locations are as they should be."""
        moved = await self.live_migrate()
        while not moved:
            await at("next reconcile", step())
            moved = await self.reconcile()

    async def live_migrate(self):
        self.source.change_mode("stale")
        self.new_generation()
        if not await self.target.put("multi"):
            return False
        self.notify_compute()
        if not await self.source.put("secondary"):
            return False
        self.target.change_mode("single")
        return True

    async def reconcile(self):
        """The general case; a target that is already attached is not migrated to again."""
        if not self.target.matches("single"):
            self.new_generation()
            if not await self.target.put("single"):
                return False
            self.notify_compute()
        if not self.source.matches("secondary"):
            return await self.source.put("secondary")
        return True

    def new_generation(self):
        self.target.outdate()

    def notify_compute(self):
        self.target_connection.told = True

    # --- properties --------------------------------------------------------------------------------

    source_put_ends = progress(source.upsert)
    target_put_ends = progress(target.upsert)
    migrates = progress(controller, to=lambda self: self.controller.finished)

    def hung_before_fix(self, location: Location, connection: Connection):
        """A shutdown waits for the gate; the Executor flushes into a full window, with a batch queued behind it."""
        return (
            location.upsert.at("gate")
            and connection.executor.at("flush")
            and len(connection.socket.s2c) == 1
            and connection.spsc_fold.value is not None
        )

    @sometimes(when=handle == "strong" or timeout == "any")
    def spread(self):
        """The source's hang has reached the target; with `handle=weak` for a moment only."""
        return self.hung_before_fix(self.source, self.source_connection) and self.hung_before_fix(
            self.target, self.target_connection
        )

    @sometimes
    def decoupled(self):
        """The migration is over while both Executors still flush to backends that do not read."""
        return (
            self.controller.finished
            and self.source_connection.executor.at("flush")
            and self.target_connection.executor.at("flush")
        )

    @sometimes(when=handle == "strong" or timeout == "any")
    def attached_anew(self):
        return self.target.incarnations == 1 + self.timeouts

    @invariant
    def one_may_delete(self):
        """Layers are deleted in mode single only: never at both locations."""
        return self.source.config != "single" or self.target.config != "single"

    @invariant
    def nobody_inside_a_closed_gate(self):
        return all(
            not self.source.timelines.handles[held.timeline].gate.closed
            for held in owned(self.source.timelines.handles.Handle)
        ) and all(
            not self.target.timelines.handles[held.timeline].gate.closed
            for held in owned(self.target.timelines.handles.Handle)
        )

    EXPECTED = (
        Expect("holds", states=38836, transitions=157511, depth=38),
        Expect("holds", timeout="hung", kill="on", states=7669, transitions=30645, depth=31),
        Expect("hostage", handle="strong", states=1331, transitions=3538, depth=12),
        Expect("hostage", handle="strong", timeout="hung", states=443, transitions=1082, depth=12),
        Expect("hostage", handle="strong", timeouts=2, states=1762, transitions=4667, depth=12),
        Expect("hostage", handle="strong", kill="on", states=3279, transitions=9654, depth=12),
    )
