"""Blocks in a Map: each has its key; a guard of one does not hold up another."""

from model import Bool, Expect, Int, Map, Spec, invariant, owned, sometimes, step, task
from model.gate import Gate


class Gates(Spec):
    Shard = Int(0, 1)
    gates = Map(Shard, Gate())
    closed = Map(Shard, Bool())

    @task
    async def holder(self):
        guard = self.gates[0].enter()
        if guard is not None:
            await step()
            await step()

    @task(over=Shard)
    async def closer(self, me):
        await self.gates[me].close()
        self.closed[me] = True

    @invariant
    def closed_means_empty(self):
        return all(not self.closed[g.gate] for g in owned(self.gates.Guard))

    @sometimes
    def the_other_closes_while_one_is_held(self):
        return self.closed[1] and not self.closed[0] and any(g.gate == 0 for g in owned(self.gates.Guard))

    EXPECTED = (Expect("holds", states=30, transitions=59, depth=6),)
