"""Conformance of `Notify`: the stored permit, the lost notification without it, and a chosen waiter that is dropped."""

from model import Bool, Expect, Int, Spec, first, invariant, may, param, rest, sometimes, step, task
from model.notify import Notify
from model.token import Token


class NotifySuite(Spec):
    waiters = param(Int(1, 2), default=1)
    calls = param(Int(1, 2), default=1)
    stored = param(Bool(), default=True)
    everybody = param(Bool(), default=False)  # notify_all
    cancelled = param(Bool(), default=False)  # the first waiter may be dropped

    Waiter = Int(0, waiters - 1)

    notify = Notify(stored)
    stop = Token()
    woken = Int(0, waiters)
    called = Int(0, calls)
    given_up = Bool()
    chosen = Bool()

    @task(over=Waiter)
    async def waiter(self, me):
        if self.cancelled and me == 0:
            got = await first(stopped=self.stop.fired(), woken=self.notify.notified())
            if got.stopped:
                self.given_up = True
                return
        elif self.cancelled:
            await rest(self.notify.notified())
        else:
            await self.notify.notified()
        self.woken += 1

    @task
    async def notifier(self):
        if self.cancelled:
            await self.gathered()
        for number in range(self.calls):
            if self.everybody:
                self.notify.notify_all()
            else:
                self.notify.notify_one()
            self.called = number + 1
            await step()

    async def gathered(self):
        while len(self.notify.waiting) < self.waiters:
            await step()

    @task(duty=may, when=cancelled)
    async def canceller(self):
        # chosen by the call, and not yet awake
        self.chosen = self.called == 1 and self.waiter[0] not in self.notify.waiting and self.woken == 0
        self.stop.cancel()

    @invariant
    def one_call_wakes_one(self):
        return self.everybody or self.woken <= self.called

    @invariant
    def at_most_one_is_stored(self):
        return not self.notify.permit or (self.stored and len(self.notify.waiting) == 0)

    @sometimes(when=not cancelled)
    def all_wake(self):
        return self.woken == self.waiters

    @sometimes(when=stored and not everybody and not cancelled)
    def called_before_anybody_waits(self):
        return self.called == 1 and self.notify.permit

    @sometimes(when=cancelled)
    def passed_on(self):
        return self.chosen and self.given_up and self.woken == 1

    EXPECTED = (
        Expect("holds", states=8, transitions=10, depth=5),
        Expect("holds", waiters=2, cancelled=True, states=50, transitions=97, depth=8),
        Expect("orphan", stored=False, states=9, transitions=9, depth=4),  # the lost notification
        Expect("orphan", everybody=True, states=9, transitions=9, depth=4),  # notify_all stores nothing
        Expect(
            "orphan", waiters=2, calls=2, states=42, transitions=68, depth=6
        ),  # two calls before anybody waits store one permit
    )
