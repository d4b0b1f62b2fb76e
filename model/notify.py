"""Edge-triggered notification (tokio's `sync::Notify`; without stored permit, a condition variable)."""

from model import Actor, Block, Bool, Enum, Map, Seq, awaitable, me, param, wait


class Notify(Block):
    """`notify_one` wakes the one that waits longest, `notify_all` all that wait now.

    With `stored` (tokio), a `notify_one` that finds nobody is kept, once, for the next who comes. Without it, it is
    lost, as with a condition variable: who waits after the check and the notification waits for ever (an orphan).

    The wake-up is an edge, so it is kept with the waiter until that moves. A wait that is dropped leaves the queue; if
    `notify_one` had chosen it already, the notification goes on to the next (as in tokio).
    """

    stored = param(Bool(), default=True)

    waiting = Seq(Actor)
    woken = Map(Actor, Enum("no", "one", "all"))
    permit = Bool()

    @awaitable
    def notified(self):
        def start():
            if self.permit:
                self.permit = False
                self.woken[me()] = "one"
            else:
                self.waiting.append(me())

        def ready():
            return self.woken[me()] != "no"

        def finish():
            self.woken[me()] = "no"

        def drop():
            if self.woken[me()] == "no":
                self.waiting.remove(me())
            elif self.woken[me()] == "one":
                self.woken[me()] = "no"
                self.notify_one()
            else:
                self.woken[me()] = "no"

        return wait(start, ready, finish, drop)

    def notify_one(self):
        if len(self.waiting) > 0:
            waiter = self.waiting.pop(0)
            self.woken[waiter] = "one"
        elif self.stored:
            self.permit = True

    def notify_all(self):
        for waiter in self.waiting:
            self.woken[waiter] = "all"
        self.waiting.clear()
