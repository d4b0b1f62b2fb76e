"""asyncio.Semaphore of Python 3.10: a wake-up that a cancelled task was given locks out all who come later (gh-90155).

`release` gives the unit back, wakes the first waiter, and marks that somebody is about to take it, so that nobody
overtakes. A waiter that is cancelled before it runs wakes the next, if there is one. If there is none, the mark stays:
the unit is free, and every later `acquire` waits to be woken by a release that nobody can come to.

`python=3.11`: whether somebody is about to take it is read off the waiters, and goes with them.
What is abstracted away: the semaphore has one unit, and each task takes it once.
"""

from model import (
    Actor,
    Block,
    Bool,
    Expect,
    Int,
    Map,
    Seq,
    Spec,
    at,
    awaitable,
    first,
    me,
    param,
    progress,
    sometimes,
    step,
    task,
    wait,
)


class AsyncioSemaphore(Block):
    """`acquire` and `release` as in Lib/asyncio/locks.py; a future in the deque is an actor in `waiters`."""

    marked = param(Bool())  # 3.10: with `_wakeup_scheduled`

    value = Int(0, 1, init=1)
    wakeup_scheduled = Bool()
    waiters = Seq(Actor)
    woken = Map(Actor, Bool())

    async def acquire(self):
        while self.taken():
            await at("waiter", self.waiter())
            self.wakeup_scheduled = False
        self.value -= 1

    def taken(self):
        about_to = self.wakeup_scheduled if self.marked else any(self.woken[task] for task in Actor)
        return self.value == 0 or about_to

    def release(self):
        self.value += 1
        self.wake_up_next()

    def wake_up_next(self):
        if len(self.waiters) > 0:
            self.woken[self.waiters.pop(0)] = True
            self.wakeup_scheduled = True

    @awaitable
    def waiter(self):
        def start():
            self.waiters.append(me())

        def ready():
            return self.woken[me()]

        def finish():
            self.woken[me()] = False

        def drop():  # `except CancelledError: self._wake_up_next(); raise`
            if self.woken[me()]:
                self.woken[me()] = False
            else:
                self.waiters.remove(me())
            self.wake_up_next()

        return wait(start, ready, finish, drop)


class SemaphoreUsers(Spec):
    python = param("3.10", "3.11", default="3.10")
    tasks = param(Int(1, 4), default=2)

    Task = Int(0, tasks - 1)

    semaphore = AsyncioSemaphore(marked=python == "3.10")

    @task(over=Task)
    async def user(self, me):
        await self.semaphore.acquire()
        await at("work", step())
        self.semaphore.release()

    @task
    async def impatient(self):
        got = await at("acquire", first(acquired=self.semaphore.acquire(), cancelled=step()))
        if got.acquired:
            await at("work", step())
            self.semaphore.release()

    users_end = progress(user)

    @sometimes
    def a_wake_up_is_on_its_way(self):
        return self.semaphore.wakeup_scheduled and self.impatient.at("acquire")

    EXPECTED = (
        Expect("orphan", states=80, transitions=148, depth=7),
        Expect("holds", tasks=1, python="3.11", states=19, transitions=28, depth=6),
        Expect("holds", python="3.11", states=82, transitions=158, depth=8),
        Expect("holds", python="3.11", tasks=3, states=396, transitions=888, depth=10),
    )
