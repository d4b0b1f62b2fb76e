"""Two workers and a lock: that everybody can get it does not mean that everybody does.

`lock=grab`: whoever finds the lock free may take it. From every state each worker can still work (`progress`), and yet
one may take the lock again and again while the other looks away: it starves. Weak fairness allows that, as the lock is
never free for good; `fair=strong` does not. `lock=queue`: a FIFO mutex, as most runtimes have it; weak fairness is
enough. What is abstracted away: work takes its time, but always ends.
"""

from model import Bool, Expect, Int, Spec, at, awaitable, leads_to, param, progress, step, task, wait
from model.mutex import Mutex


class Starvation(Spec):
    lock = param("grab", "queue", default="grab")
    fair = param("weak", "strong", default="weak")

    Worker = Int(0, 1)

    busy = Bool()
    mutex = Mutex()

    @task(over=Worker, fair=fair)
    async def worker(self, me):
        while True:
            if self.lock == "grab":
                await at("lock", self.free())
                self.busy = True
                await at("work", step())
                self.busy = False
            else:
                with await at("lock", self.mutex.lock()):
                    await at("work", step())

    @awaitable
    def free(self):
        def ready():
            return not self.busy

        return wait(ready)

    can_work = progress(worker, to=lambda self, me: self.worker[me].at("work"))
    works = leads_to(
        lambda self, me: self.worker[me].at("lock"), lambda self, me: self.worker[me].at("work"), over=Worker
    )

    EXPECTED = (
        Expect("leads_to", states=8, transitions=14, depth=4, violated=("works[0]", "works[1]")),
        Expect("holds", fair="strong", states=8, transitions=14, depth=4),
        Expect("holds", lock="queue", states=9, transitions=14, depth=4),
    )
