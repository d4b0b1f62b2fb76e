"""Conformance of `Gate` (PAGE_SERVICE 9): visitors enter and leave, one or two close, a close is dropped."""

from model import Bool, Expect, Int, Map, Spec, first, invariant, may, param, sometimes, step, task, transition
from model.gate import Gate
from model.token import Token


class GateSuite(Spec):
    visitors = param(Int(1, 2), default=2)
    closers = param(Int(1, 2), default=2)
    visits = param("leave", "stay", default="leave")
    dropped = param(Bool(), default=False)  # the first closer may be dropped while it waits

    Visitor = Int(0, visitors - 1)
    Closer = Int(0, closers - 1)

    gate = Gate()
    cancel = Token()
    give_up = Token()
    inside = Map(Visitor, Bool())
    refused = Bool()
    cancelled_then_entered = Bool()
    close_was_dropped = Bool()
    dropped_then_entered = Bool()
    returned = Map(Closer, Bool())

    @task(over=Visitor)
    async def visitor(self, me):
        await step()
        guard = self.gate.enter()
        if guard is None:
            self.refused = True
            return
        self.inside[me] = True
        if self.cancel.is_cancelled():
            self.cancelled_then_entered = True
        if self.close_was_dropped:
            self.dropped_then_entered = True
        if self.visits == "stay":
            await self.give_up.fired()
        await step()
        self.inside[me] = False

    @task(over=Closer)
    async def closer(self, me):
        self.cancel.cancel()
        await step()
        if self.dropped and me == 0:
            got = await first(dropped=self.give_up.fired(), closed=self.gate.close())
            if got.dropped:
                self.close_was_dropped = True
                return
        else:
            await self.gate.close()
        self.returned[me] = True

    @task(duty=may, when=dropped)
    async def dropper(self):
        self.give_up.cancel()

    @invariant
    def closed_means_empty(self):
        return not any(self.returned[c] for c in self.Closer) or not any(self.inside[v] for v in self.Visitor)

    @invariant
    def returned_means_closed(self):
        return not any(self.returned[c] for c in self.Closer) or self.gate.closed

    @transition
    def nobody_enters_while_it_closes(self, old):
        shut = old.gate.closed or len(old.gate.closers) > 0
        return not shut or all(old.inside[v] or not self.inside[v] for v in self.Visitor)

    @sometimes
    def between_cancel_and_close_it_is_open(self):
        return self.cancelled_then_entered

    @sometimes(when=dropped and closers == 1)
    def open_again_after_the_close_is_dropped(self):
        return self.dropped_then_entered

    @sometimes
    def somebody_is_refused(self):
        return self.refused

    @sometimes(when=closers == 2)
    def two_wait(self):
        return len(self.gate.closers) == 2

    EXPECTED = (
        Expect("holds", states=262, transitions=626, depth=11),
        Expect("holds", closers=1, states=62, transitions=107, depth=8),
        Expect("holds", dropped=True, states=647, transitions=1773, depth=12),
        Expect("holds", dropped=True, closers=1, states=160, transitions=330, depth=9),
        Expect("orphan", visits="stay", states=5, transitions=4, depth=2),  # nobody makes the visitors leave
    )
