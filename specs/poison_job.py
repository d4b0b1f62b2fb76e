"""A drain that waits until no job is left, while a job that always fails goes round and round.

The worker takes the job from `ready` or `retry` and runs it. A healthy job is done then; a poison job fails, and goes
to `retry`, each time. The drain waits until both queues are empty and nothing runs. Each of the three is true again and
again, and who makes it so can always move: no single state shows that they are never true together, so there is no
certificate. Complete detection knows, from all states that can still follow. Other checkers see a system that goes on.

`give_up=on`: a job that failed twice is put away. What is abstracted away: there is one job, and its first run shows
what it is.
"""

from model import (
    Bool,
    Enum,
    Expect,
    Int,
    Spec,
    at,
    awaitable,
    choose,
    param,
    progress,
    rest,
    sometimes,
    step,
    task,
    wait,
)


class PoisonJob(Spec):
    give_up = param("off", "on", default="off")

    ready = Bool(init=True)
    retry = Bool()
    running = Bool()
    job_is = Enum("unknown", "healthy", "poison")
    failures = Int(0, 2)

    @awaitable
    def job(self):
        def ready():
            return self.ready or self.retry

        def finish():
            self.running = True
            self.ready = False
            self.retry = False

        def idle():
            return not self.ready and not self.retry

        return wait(ready, finish, idle)

    @awaitable
    def drained(self):
        def ready():
            return not self.ready and not self.retry and not self.running

        return wait(ready)

    @task
    async def worker(self):
        while True:
            await at("queues", rest(self.job()))
            await at("run", step())
            self.running = False
            if self.job_is == "unknown":
                self.job_is = choose(("healthy", "poison"))
            if self.job_is == "poison":
                self.fail()

    def fail(self):
        if self.give_up == "off":
            self.retry = True
        else:
            self.failures += 1
            self.retry = self.failures < 2

    @task
    async def drain(self):
        await at("drained", self.drained())

    drain_ends = progress(drain)

    @sometimes
    def drained_at_last(self):
        return self.drain.finished

    @sometimes
    def again(self):
        return self.running and self.job_is == "poison"

    EXPECTED = (
        Expect("orphan", states=6, transitions=6, depth=4),
        Expect("holds", give_up="on", states=8, transitions=7, depth=6),
    )
