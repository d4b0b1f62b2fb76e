"""Conformance of `Watch`: the newest is seen by all, not every value is, the end comes after the newest."""

from model import Bool, Expect, Int, Map, Spec, invariant, param, sometimes, step, task
from model.watch import Watch


class WatchSuite(Spec):
    receivers = param(Int(1, 2), default=2)
    values = param(Int(1, 3), default=2)
    sender = param("drops", "forgets", default="drops")

    Receiver = Int(0, receivers - 1)
    Value = Int(0, values)

    status = Watch(Value, Receiver)
    last = Map(Receiver, Value)
    skipped = Bool()
    ended = Map(Receiver, Bool())

    @task
    async def sends(self):
        for number in range(self.values):
            self.status.send(number + 1)
            await step()
        if self.sender == "drops":
            self.status.drop_sender()

    @task(over=Receiver)
    async def watches(self, me):
        while True:
            if not await self.status.changed(me):
                self.ended[me] = True
                return
            assert self.status.value > self.last[me], "newer each time"
            if self.status.value > self.last[me] + 1:
                self.skipped = True
            self.last[me] = self.status.value

    @invariant
    def the_newest_is_not_missed(self):
        return all(not self.ended[r] or self.last[r] == self.values for r in self.Receiver)

    @invariant
    def seen_means_read(self):
        return all(not self.status.seen[r] or self.last[r] == self.status.value for r in self.Receiver)

    @sometimes(when=values > 1)
    def one_is_skipped(self):
        return self.skipped

    @sometimes(when=sender == "drops")
    def ends(self):
        return any(self.ended[r] for r in self.Receiver)

    EXPECTED = (
        Expect("holds", states=47, transitions=79, depth=10),
        Expect("holds", values=3, states=93, transitions=179, depth=13),
        Expect("orphan", sender="forgets", states=21, transitions=24, depth=5),
    )
