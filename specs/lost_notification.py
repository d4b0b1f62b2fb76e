"""A notification that comes between the check and the wait.

The waiter looks at the flag, then goes to sleep; the notifier sets the flag and wakes whoever sleeps. On two threads
the wake-up may come between look and sleep, and wakes nobody. With `stored=on` the notification is kept for the next
who waits (tokio's `Notify::notify_one`); without (`notify_waiters`, a condition variable used without its mutex) it is
lost. Nobody holds anything against the waiter and there is no cycle: it is an orphan.
"""

from model import Bool, Expect, Spec, at, param, progress, sometimes, step, task
from model.notify import Notify


class LostNotification(Spec):
    stored = param("off", "on", default="off")

    ready = Bool()
    wake_up = Notify(stored=stored == "on")

    @task
    async def waiter(self):
        while not self.ready:
            await at("about to wait", step())
            await self.wake_up.notified()

    @task
    async def notifier(self):
        self.ready = True
        await step()
        self.wake_up.notify_one()

    waiter_ends = progress(waiter)

    @sometimes
    def asleep(self):
        return self.waiter.at("wake_up.notified") and not self.ready

    EXPECTED = (
        Expect("orphan", states=12, transitions=13, depth=5),
        Expect("holds", stored="on", states=12, transitions=14, depth=6),
    )
