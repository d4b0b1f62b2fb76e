"""A local is dropped at the end of its scope; `drop` empties a slot earlier; a slot inside a record counts."""

from model import Bool, Expect, Int, Own, Record, Seq, Spec, count, drop, invariant, own, owned, sometimes, step, task


class Drops(Spec):
    Ring = Record(gold=Bool())
    Box = Record(size=Int(0, 1), ring=Own(Ring))
    shelf = Seq(Box, 2)
    alive = Int(0, 2)

    async def look(self):
        ring = own(self.Ring(gold=True))
        self.alive += 1
        await step()
        if ring.gold:
            self.alive -= 1
            return

    @task
    async def run(self):
        await self.look()
        await step()
        self.shelf.append(self.Box(size=1, ring=self.Ring()))
        self.alive = 1
        await step()
        box = self.shelf.pop(0)
        drop(box.ring)
        self.alive = 0
        await step()

    @invariant
    def counted(self):
        return count(True for _ in owned(self.Ring)) == self.alive

    @sometimes
    def boxed(self):
        return len(self.shelf) == 1 and self.alive == 1

    EXPECTED = (Expect("holds", states=6, transitions=5, depth=6),)
