"""A family of tasks over a domain, each with its own locals and block of a Map of blocks."""

from model import Expect, Int, Map, Spec, sometimes, step, task
from model.mutex import Mutex


class Family(Spec):
    Shard = Int(0, 2)
    locks = Map(Shard, Mutex())
    n = Map(Shard, Int(0, 1))

    @task(over=Shard)
    async def worker(self, me):
        with await self.locks[me].lock():
            await step()
            self.n[me] = 1

    @sometimes
    def all_inside_their_own(self):
        return all(self.worker[s].at("step") for s in self.Shard)

    EXPECTED = (Expect("holds", states=64, transitions=144, depth=10),)
