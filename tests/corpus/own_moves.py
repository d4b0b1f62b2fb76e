"""An Own value is moved from slot to slot; one place at a time."""

from model import Bool, Expect, Own, Record, Spec, count, drop, invariant, move, owned, sometimes, step, task


class Moves(Spec):
    Ring = Record(gold=Bool())
    a = Own(Ring)
    b = Own(Ring)

    @task
    async def run(self):
        await step()
        self.a = self.Ring(gold=True)
        await step()
        hand = move(self.a)
        await step()
        self.b = move(hand)
        await step()
        drop(self.b)

    @invariant
    def one_ring(self):
        return count(True for _ in owned(self.Ring)) <= 1

    @sometimes
    def arrives(self):
        return self.b is not None and self.a is None

    @sometimes
    def in_hand(self):
        return self.a is None and self.b is None and any(r.gold for r in owned(self.Ring))

    EXPECTED = (Expect("holds", states=5, transitions=4, depth=5),)
