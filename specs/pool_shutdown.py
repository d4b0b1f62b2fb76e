"""A worker pool that ends when its channel closes, while each worker keeps a sender to put back what failed.

`recv` gives None when no sender is left. A sender is a value in a slot, as a clone of tokio's `mpsc::Sender` is a
value in a variable: nobody counts them, the channel is open as long as a slot is full. So the report can say which
slots keep it open: the workers' own. They wait for themselves, and `main` waits for them.

`retry=weak`: a worker puts a job back only while somebody else keeps the channel open (`WeakSender::upgrade`). The pool
ends, and a job that fails last is lost. What is abstracted away: what the jobs are; a job fails at most once.
"""

from model import (
    Block,
    Bool,
    Expect,
    Int,
    Key,
    Record,
    Seq,
    Spec,
    Type,
    at,
    awaitable,
    choose,
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


class Jobs(Block):
    """A queue that is open as long as somebody holds a `Sender`."""

    Item = param(Type)
    capacity = param(Int(1, 9))

    Sender = Record(channel=Key)
    queue = Seq(Item, capacity)

    def sender(self):
        return own(self.Sender(channel=self.key))

    def is_open(self):
        return any(sender.channel == self.key for sender in owned(self.Sender))

    @awaitable
    def recv(self):
        def ready():
            return len(self.queue) > 0 or not self.is_open()

        def finish():
            if len(self.queue) == 0:
                return None
            return self.queue.pop(0)

        return wait(ready, finish)


class PoolShutdown(Spec):
    retry = param("strong", "weak", default="strong")
    workers = param(Int(1, 3), default=2)
    jobs = param(Int(1, 4), default=2)

    Worker = Int(0, workers - 1)
    Job = Record(failed=Bool())

    channel = Jobs(Job, capacity=jobs)
    receiver = Mutex()
    lost = Bool()

    @task(over=Worker)
    async def worker(self, me):
        if self.retry == "strong":
            _sender = self.channel.sender()
        while True:
            with await at("receiver", self.receiver.lock()):
                job = await at("next job", self.channel.recv())
            if job is None:
                return
            await at("run", step())
            fails = choose((True, False))
            if fails and not job.failed:
                self.put_back()

    def put_back(self):
        if self.retry == "strong" or self.channel.is_open():
            self.channel.queue.append(self.Job(failed=True))
        else:
            self.lost = True

    @task
    async def main(self):
        with self.channel.sender():
            for _ in range(self.jobs):
                self.channel.queue.append(self.Job())
                await at("submit", step())
        for worker in self.Worker:
            await self.join(worker)

    async def join(self, worker: Worker):
        await at("join", until(lambda: self.worker[worker].finished))

    workers_end = progress(worker)

    @sometimes
    def a_job_is_run_again(self):
        return any(job.failed for job in self.channel.queue)

    @sometimes(when=retry == "weak")
    def a_job_is_lost(self):
        return self.lost

    EXPECTED = (
        Expect("deadlock", states=226, transitions=538, depth=13),
        Expect("deadlock", workers=1, jobs=1, states=20, transitions=28, depth=8),
        Expect("holds", retry="weak", states=447, transitions=1008, depth=18),
        Expect("holds", retry="weak", workers=3, states=2407, transitions=6646, depth=22),
    )
