"""Futurelock: a future has the next turn at a mutex, and is polled by nobody (Oxide, RFD 609; omicron 9259).

A task waits with `select!` on `&mut future` and on a timeout. When the timeout wins nothing is dropped: the future
keeps its place in the queue of the mutex, and is polled again only when its task comes back to it. Before, the task
locks the same mutex. The lock is handed over to the future, which cannot take it; no lock is held, and both wait for
ever.

`future=dropped`: the select owns the future, which leaves the queue when it loses. `future=spawned`: it is a task of
its own, polled by the runtime. What is abstracted away: the timeout comes at any time, also before the mutex is
taken.
"""

from model import (
    Bool,
    Expect,
    Spec,
    at,
    awaitable,
    count,
    first,
    me,
    own,
    owned,
    param,
    progress,
    sometimes,
    step,
    task,
    until,
    wait,
)
from model.mutex import Mutex


class Futurelock(Spec):
    future = param("borrowed", "dropped", "spawned", default="borrowed")

    mutex = Mutex()
    polled = Bool()  # is there somebody who polls the future?
    result = Bool()

    @task
    async def background(self):
        with await at("lock", self.mutex.lock()):
            await at("work", step())

    @task
    async def main(self):
        if self.future == "dropped":
            await at("select", first(result=self.operation(), timeout=step()))
        else:
            self.polled = True
            await at("select", first(result=until(lambda: self.result), timeout=step()))
            self.polled = self.future == "spawned"
        await self.operation()
        if self.future != "dropped":
            self.polled = True
            await at("future again", until(lambda: self.result))

    async def operation(self):
        with await at("operation", self.mutex.lock()):
            await at("work", step())

    @task(when=future != "dropped")
    async def borrowed(self):
        await at("first poll", until(lambda: self.polled))
        with await at("lock", self.lock_when_polled()):
            await at("work", step())
        self.result = True

    @awaitable
    def lock_when_polled(self):
        """The mutex's own `lock`, taken in a step of whoever polls."""

        def start():
            self.mutex.waiting.append(me())

        def ready():
            return self.polled and self.mutex.waiting[0] == me() and count(True for _ in owned(self.mutex.Guard)) == 0

        def finish():
            self.mutex.waiting.pop(0)
            return own(self.mutex.Guard())

        return wait(start, ready, finish)

    main_ends = progress(main)

    @sometimes
    def the_timeout_came_first(self):
        return self.main.at("operation") and not self.result

    EXPECTED = (
        Expect("deadlock", states=16, transitions=17, depth=4),
        Expect("holds", future="dropped", states=32, transitions=56, depth=8),
        Expect("holds", future="spawned", states=76, transitions=122, depth=12),
    )
