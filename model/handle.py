"""neon's timeline handles (pageserver/src/tenant/timeline/handle.rs): what keeps a timeline's gate open, and for whom.

One block is one timeline: its gate, its `PerTimelineState` and, per connection's `Cache`, the `HandleInner`. A handle
is held while a request runs; the question the fix turned on is what is *queued* between two stages of a connection.
"""

from model import Block, Bool, Key, Map, Own, Record, Type, drop, move, own, param, step
from model.gate import Gate


class Handles(Block):
    """`Handles(Connection)` with what may be queued: `kind="strong"` before the fix, `"weak"` after it.

    - `get(cache)`: the synchronous hit, None if this cache has no live entry; then the spec resolves the timeline (a
      wait of its own) and calls `register(cache)`, which enters the gate: None once it closes or the timeline is shut.
    - `queue(handle)` makes what is queued of a handle, `upgrade(queued)` a handle of what was queued. Strong: it is the
      handle, and its guard is held on the way. Weak: a reference, and `upgrade` gives None once the timeline shut down.
    - `await shutdown()`: one step takes the map (then `register` fails), one step for each cache releases the
      timeline's own guard (then `get` and `upgrade` fail). The second call does nothing. Closing the gate comes after.
    - `await forget(cache)`: the drop of a connection's cache.

    With `twice="panics"` (the fix, until 72130d7d6c) shutting one entry down twice fails: `forget` and `shutdown` race.
    """

    Cache = param(Type)
    kind = param("strong", "weak", default="weak")
    twice = param("noop", "panics", default="noop")

    gate = Gate()
    Handle = Record(timeline=Key, cache=Cache, guard=Own(gate.Guard))
    Queued = Record(timeline=Key, cache=Cache, handle=Own(Handle))  # weak: the slot stays empty

    inner = Map(Cache, Own(gate.Guard))  # the guard the timeline keeps for this cache's entry while it is open
    shut = Map(Cache, Bool())  # entry shut down by its cache, not yet out of the map
    down = Bool()  # the map was taken

    def get(self, cache: Cache):
        if self.inner[cache] is None:
            return None
        return own(self.Handle(timeline=self.key, cache=cache, guard=self.gate.Guard(gate=self.gate.key)))

    def register(self, cache: Cache):
        guard = self.gate.enter()
        if guard is None or self.down:
            return None
        self.inner[cache] = move(guard)
        return self.get(cache)

    def queue(self, handle: Own(Handle)):
        if self.kind == "strong":
            return self.Queued(timeline=self.key, cache=handle.cache, handle=move(handle))
        return self.Queued(timeline=self.key, cache=handle.cache)

    def upgrade(self, queued: Queued):
        if self.kind == "strong":
            return move(queued.handle)
        return self.get(queued.cache)

    async def shutdown(self):
        if not self.down:
            self.down = True
            for cache in self.Cache:
                if self.inner[cache] is not None or self.shut[cache]:
                    await step()
                    self.shut_down(cache)

    async def forget(self, cache: Cache):
        if self.inner[cache] is not None and (self.kind == "weak" or not self.down):
            self.shut_down(cache)
            if self.kind == "weak" and self.twice == "panics":
                self.shut[cache] = True
                await step()
                if not self.down:
                    self.shut[cache] = False

    def shut_down(self, cache: Cache):
        assert not self.shut[cache], "HandleInner shut down twice"
        if self.inner[cache] is not None:
            drop(self.inner[cache])
