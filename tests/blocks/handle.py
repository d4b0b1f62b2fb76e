"""Conformance of `Handles` (PAGE_SERVICE 8): get, queue, upgrade, shutdown, the cache's drop; both variants.

`stage_one` gets a handle and queues what `queue` makes of it; `stage_two` may take it and upgrade, or never look
(`reader="idle"`), which is what keeps the gate open before the fix.
"""

from model import (
    Bool,
    Expect,
    Int,
    Spec,
    drop,
    invariant,
    may,
    move,
    param,
    progress,
    rest,
    sometimes,
    step,
    task,
    transition,
)
from model.fold import FoldChannel
from model.handle import Handles
from model.token import Token


class HandleSuite(Spec):
    kind = param("strong", "weak", default="weak")
    twice = param("noop", "panics", default="noop")
    reader = param("reads", "idle", default="idle")
    cached = param(Bool(), default=True)  # the cache outlives the request; else it is dropped beside the shutdown

    Cache = Int(0, 0)

    timeline = Handles(Cache, kind=kind, twice=twice)

    def never(self, queued, item):
        return False

    def fold(self, queued, item):
        return move(queued)

    queue = FoldChannel(timeline.Queued, can_fold=never, fold=fold)
    wakes = Token()
    upgraded = Bool()
    refused = Bool()
    hit = Bool()
    done = Bool()

    @task
    async def stage_one(self):
        await step()
        handle = self.timeline.register(0)
        if handle is None:
            self.refused = True
            return
        await step()
        again = self.timeline.get(0)
        if again is not None:
            self.hit = True
        drop(again)
        await self.queue.send(self.timeline.queue(move(handle)))
        if not self.cached:
            await self.timeline.forget(0)

    @task
    async def stage_two(self):
        if self.reader == "idle":
            await rest(self.wakes.fired())  # nobody fires it
        queued = await rest(may(self.queue.recv()), when=True)
        handle = self.timeline.upgrade(move(queued))
        if handle is None:
            self.refused = True
        else:
            self.upgraded = True
            await step()

    @task
    async def shutdown(self):
        await step()
        await self.timeline.shutdown()
        await step()
        await self.timeline.gate.close()
        self.done = True

    ends = progress(shutdown)

    @invariant
    def nothing_after_the_end(self):
        return not self.done or self.timeline.inner[0] is None

    @transition
    def down_is_for_good(self, old):
        return not old.timeline.down or self.timeline.down

    @transition
    def nothing_registers_once_down(self, old):
        return not old.timeline.down or old.timeline.inner[0] is not None or self.timeline.inner[0] is None

    @sometimes
    def the_window_after_the_map_is_taken(self):
        return self.timeline.down and self.timeline.inner[0] is not None

    @sometimes(when=kind == "weak" and cached)
    def closed_while_queued(self):
        return self.done and self.queue.value is not None

    @sometimes
    def both_outcomes(self):
        return self.refused

    EXPECTED = (
        Expect("holds", states=27, transitions=36, depth=8),
        Expect("holds", reader="reads", states=42, transitions=59, depth=10),
        Expect("holds", cached=False, states=27, transitions=36, depth=8),
        Expect("assertion", cached=False, twice="panics", states=23, transitions=28, depth=6),
        Expect("orphan", kind="strong", states=23, transitions=30, depth=7),  # nobody takes what is queued
        Expect(
            "hostage", kind="strong", reader="reads", states=29, transitions=39, depth=7
        ),  # who takes it may, but need not
    )
